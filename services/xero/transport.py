"""How requests leave this process: only to the configured hosts, or to a WSGI app within the process."""

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError
from urllib3.exceptions import SSLError as TlsError

from services.xero import errors


def network_session(bases: Iterable[str]) -> requests.Session:
    """A session that reaches the hosts of ``bases`` and no other; proxies of the environment do not apply.

    Plain http is taken for the loopback only. Nothing is retried below us: the adapter's default of
    no retries stays, since a repeated PUT would be a second document.
    """
    session = _bare_session()
    for base in bases:
        session.mount(_origin(base), HTTPAdapter(max_retries=0))
    return session


def in_process_session(base: str, app: Callable, dropped: type[Exception] | tuple = ()) -> requests.Session:
    """A session whose ``base`` is the WSGI ``app``; ``dropped`` is what it raises for a broken connection."""
    session = _bare_session()
    session.mount(_origin(base), WsgiAdapter(app, dropped))
    return session


def _bare_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    return session


def _origin(base: str) -> str:
    parts = urlsplit(base)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(f"{base}: plain http is for this machine only")
    return f"{parts.scheme}://{parts.netloc}/"  # the slash keeps api.xero.com.example.net out


@contextmanager
def faults_told_apart() -> Iterator[None]:
    """Turns what ``requests`` raises into NotSent (certainly nothing arrived) or NoAnswer (anything else)."""
    try:
        yield
    except requests.RequestException as error:
        raise (errors.NotSent() if _never_left(error) else errors.NoAnswer()) from error


def _never_left(error: requests.RequestException) -> bool:
    """True only where no connection came about; in doubt the request counts as sent."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidSchema | requests.exceptions.InvalidURL):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(reason, TlsError):
        return any(isinstance(part, ssl.SSLCertVerificationError) for part in reason.args)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


class WsgiAdapter(BaseAdapter):
    """Lets ``requests`` talk to a WSGI app in this process: no port, no thread, no wait."""

    def __init__(self, app: Callable, dropped: type[Exception] | tuple = ()):
        super().__init__()
        self._app = app
        self._dropped = dropped

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None) -> requests.Response:
        try:
            raw = _ask(self._app, _environ(request))
        except self._dropped as error:
            raise requests.ConnectionError("the connection was closed without an answer", request=request) from error
        response = HTTPAdapter().build_response(request, raw)
        response.content  # noqa: B018 - read whole, as over a network with stream=False
        return response

    def close(self) -> None:
        """Nothing is held open."""


def _environ(request: requests.PreparedRequest) -> dict:
    """The request as WSGI has it (PEP 3333)."""
    url = urlsplit(request.url)
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    environ = {
        "REQUEST_METHOD": request.method, "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query, "SERVER_NAME": url.hostname, "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "wsgi.version": (1, 0), "wsgi.url_scheme": url.scheme, "wsgi.input": BytesIO(body), "wsgi.errors": _Quiet(),
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }
    plain = {name: value for name, value in request.headers.items()
             if name.lower() not in ("content-type", "content-length", "host")}
    return environ | {"HTTP_" + name.upper().replace("-", "_"): value for name, value in plain.items()}


class _Quiet(BytesIO):
    """Where the app may write its errors; they are not ours to print."""

    def write(self, text) -> int:
        return len(text)


def _ask(app: Callable, environ: dict) -> urllib3.HTTPResponse:
    told: list = []

    def start_response(status: str, headers: list, exc_info=None):
        told[:] = [status, headers]
        return lambda data: None

    parts = app(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    code = int(told[0].split()[0])
    return urllib3.HTTPResponse(
        body=BytesIO(body), headers=urllib3.HTTPHeaderDict(told[1]), status=code,
        reason=told[0].partition(" ")[2] or HTTPStatus(code).phrase, preload_content=False)
