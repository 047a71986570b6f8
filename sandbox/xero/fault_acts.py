"""Carries out the faults that were ordered, outside of everything else the sandbox does."""

from collections.abc import Callable, Iterable
from io import BytesIO

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from sandbox.xero import late, withdrawals
from sandbox.xero.faults import ConnectionDropped, Order
from sandbox.xero.parts import Parts

API = "/api.xro/"
FAULT = "sandbox.fault"  # key in the environ: faults that strike inside, where a call is counted and remembered
UNHANDLED = "An unhandled error with the Xero API occurred. Contact the Xero API team if problems persist."
MAINTENANCE = "The Xero API is currently offline for maintenance"
PROXY = "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center></body>\r\n</html>\r\n"
HTML = "text/html; charset=utf-8"

Environ = dict
Wsgi = Callable[[Environ, Callable], Iterable[bytes]]


def answer(parts: Parts, inner: Wsgi, order: Order, environ: Environ, start_response: Callable) -> Iterable[bytes]:
    """Answers as the order says. Raises ConnectionDropped where there is to be no answer."""
    act = ACTS.get(order.fault)
    if order.fault in INSIDE and environ["PATH_INFO"].startswith(API):
        environ[FAULT] = order
        return inner(environ, start_response)
    if order.fault == "401_expired":  # /connections takes a token too
        environ[FAULT] = order
    return act(parts, inner, order, environ)(environ, start_response) if act else inner(environ, start_response)


def _drop_before(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    raise ConnectionDropped("The sandbox was told to drop this connection before doing anything.")


def _drop_after(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    run_wsgi_app(inner, environ, buffered=True)
    raise ConnectionDropped("The sandbox was told to drop this connection once all was done.")


def _late(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    late.keep(parts, environ, order.struck_seconds)
    raise ConnectionDropped("The sandbox was told to deliver this request later, when its caller has given up.")


def _slow(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    done = _done(inner, environ)
    parts.sleep(order.struck_seconds)
    return done


def _limited(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    response = Response("", status=429)
    del response.headers["Content-Type"]
    name = order.fault.removeprefix("429_")
    response.headers["X-Rate-Limit-Problem"] = name
    if name != "concurrent":
        response.headers["Retry-After"] = str(order.struck_seconds)
    return response


def _broken_before(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    return Response(UNHANDLED, status=500, content_type=HTML)


def _broken_after(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    run_wsgi_app(inner, environ, buffered=True)
    return Response(UNHANDLED, status=500, content_type=HTML)


def _offline(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    return Response(MAINTENANCE, status=503, content_type="text/plain")


def _bad_gateway(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    return Response(PROXY.format("502 Bad Gateway"), status=502, content_type=HTML)


def _truncated(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    done = _done(inner, environ)
    done.set_data(done.get_data()[: done.calculate_content_length() // 2])
    return done


def _html(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    run_wsgi_app(inner, environ, buffered=True)
    return Response(PROXY.format("Please wait"), status=200, content_type=HTML)


def _disconnected(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    withdrawals.disconnect(parts, _whole(environ))
    return inner


def _revoked(parts: Parts, inner: Wsgi, order: Order, environ: Environ) -> Wsgi:
    withdrawals.revoke(parts, _whole(environ))
    return inner


def _done(inner: Wsgi, environ: Environ) -> Response:
    body, status, headers = run_wsgi_app(inner, environ, buffered=True)
    return Response(b"".join(body), status=status, headers=headers)


def _whole(environ: Environ) -> Request:
    """The request, its body read and put back for those who come after."""
    body = Request(environ).get_data(cache=False)
    environ["wsgi.input"] = BytesIO(body)
    return Request({**environ, "wsgi.input": BytesIO(body)})


INSIDE = {"500_before", "500_after", "401_expired", "429_minute", "429_day", "429_concurrent", "429_appminute"}
ACTS: dict[str, Callable[[Parts, Wsgi, Order, Environ], Wsgi]] = {
    "drop_before": _drop_before, "drop_after": _drop_after, "late": _late, "slow": _slow, "429_minute": _limited,
    "429_day": _limited, "429_concurrent": _limited, "429_appminute": _limited, "500_before": _broken_before,
    "500_after": _broken_after, "502": _bad_gateway, "503": _offline, "truncated": _truncated, "html": _html,
    "disconnected": _disconnected, "revoked": _revoked,
}
