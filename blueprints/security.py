"""The walls round every page: sign-in by default, own origin only, throttling, and the headers on every answer."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask_limiter import Limiter
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from htmx_flask import make_response

from blueprints.context import client_address, origin, own_origins, own_path
from blueprints.roles import demand_role
from services import users
from services.config import Config

limiter = Limiter(key_func=client_address, storage_uri="memory://")
csrf = CSRFProtect()


def throttled(view: Callable) -> Callable:
    """Twenty failures from one address in a quarter of an hour are enough; successes cost nothing."""
    return limiter.limit("20 per 15 minutes", deduct_when=lambda response: response.status_code >= 400)(view)


def public(view: Callable) -> Callable:
    """Marks a view as open to people who have not signed in; tests list them all."""
    view.is_public = True
    return view


def init_app(app: Flask, config: Config) -> None:
    app.before_request(refuse_other_origins)
    app.before_request(demand_sign_in)  # before CSRF reads the form: strangers upload nothing
    app.before_request(demand_role)
    csrf.init_app(app)
    limiter.init_app(app)
    app.config["CONTENT_POLICY"] = content_policy(config)
    app.config["HSTS"] = config.public_url.startswith("https:")
    app.after_request(add_headers)


def refuse_other_origins() -> None:
    """A second wall behind the CSRF token: browsers say where a writing request comes from."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, source = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none") or (source and source.lower() not in own_origins()):
        abort(403, "This request came from another site, so nothing was done. Use the buttons on TrueBooks’ own pages.")


def demand_sign_in() -> Response | None:
    if request.endpoint is None or current_user.is_authenticated or is_public(request.endpoint):
        return None
    return ask_to_sign_in()


def is_public(endpoint: str) -> bool:
    return endpoint == "static" or getattr(current_app.view_functions.get(endpoint), "is_public", False)


def ask_to_sign_in() -> Response:
    """To the sign-in page (on a new installation, to the first admin's), and afterwards back to where one was."""
    page = "sign_in.first_admin" if users.first_admin_needed() else "sign_in.show"
    wanted = own_path(_wanted(), "")
    target = url_for(page, next=wanted) if wanted not in ("", "/") else url_for(page)
    if request.htmx:
        return make_response("", 401, redirect=target)
    return redirect(target, 303)


def _wanted() -> str | None:
    if request.htmx:
        here = urlsplit(request.htmx.current_url or "")
        return here.path
    if request.endpoint == "xero_connection.callback":  # what Xero sent along is for nobody else's address bar
        return request.path
    return request.full_path.rstrip("?") if request.method == "GET" else None


def content_policy(config: Config) -> str:
    """The strict policy. Chromium holds redirects after a form to form-action: *Connect Xero* leads to Xero."""
    xero = {origin(config.xero_login_url)}
    if urlsplit(config.xero_login_url).hostname.endswith(".xero.com"):
        xero.add("https://*.xero.com")
    return "; ".join([
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self' " + " ".join(sorted(xero)),
        "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'",
    ])


def add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", current_app.config["CONTENT_POLICY"])
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.add("Vary", "HX-Request")
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if current_app.config["HSTS"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
