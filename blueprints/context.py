"""What a view needs of its surroundings: the parts, who acts, and where a form may lead back to."""

import re

from flask import current_app, request
from flask_login import current_user

from services.audit import Actor
from services.parts import Parts

# A path on this very site: no scheme, no host (//host, /\host), nothing a browser would strip or turn into one.
_OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./?=&%+,~]*", re.ASCII)


def parts() -> Parts:
    return current_app.extensions["parts"]


def actor() -> Actor:
    """The signed-in user, as the audit log names them."""
    return Actor(current_user.email, client_address())


def client_address() -> str:
    """Where the request came from; on Fly the proxy says it in a header of its own."""
    header = current_app.config["CLIENT_ADDRESS_HEADER"]
    return (request.headers.get(header) if header else None) or request.remote_addr or ""


def own_path(path: str | None, otherwise: str) -> str:
    """``path`` if it stays on this site, else ``otherwise``: a sign-in must not lead to a stranger's page."""
    return path if path and len(path) <= 2000 and _OWN_PATH.fullmatch(path) else otherwise


def own_origins() -> set[str]:
    """The origins our own pages have: the public one, and the one this request came in by."""
    public = current_app.extensions["parts"].config.public_url
    return {origin(public), f"{request.scheme}://{request.host}".lower()}


def origin(url: str) -> str:
    """``https://host:port`` of an address, as browsers write it."""
    return "/".join(url.split("/", 3)[:3]).lower()
