"""What every page of the sandbox is guarded by: a strict content policy, and forms from itself only."""

from urllib.parse import urlsplit

from flask import abort, request
from werkzeug.wrappers import Response


def content_security(form_targets: list[str] | None = None) -> str:
    targets = " ".join(form_targets or ["'self'"])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action {targets}"
    )


def guard(response: Response) -> Response:
    """Puts the headers on; a page that brought its own content policy keeps it."""
    headers = response.headers
    if not request.path.startswith(("/sandbox/", "/identity/")):
        return response
    headers.setdefault("Content-Security-Policy", content_security())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype != "text/css":
        headers.setdefault("Cache-Control", "no-store")
    return response


def refuse_other_sites() -> None:
    """A browser says where a form comes from; scripts without a browser say nothing and are let in."""
    fetch_site = request.headers.get("Sec-Fetch-Site", "none")
    origin = request.headers.get("Origin")
    other = origin is not None and (origin == "null" or urlsplit(origin).netloc != request.host)
    if fetch_site not in ("same-origin", "none") or other:
        abort(403, "This form was sent from another site, so nothing was done.")
