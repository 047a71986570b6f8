"""Access taken back at Xero by its user, behind the app's back: one organisation, or the whole app."""

from werkzeug.wrappers import Request

from sandbox.xero.oauth import client_login, grants
from sandbox.xero.oauth.signing import BadToken
from sandbox.xero.parts import Parts


def disconnect(parts: Parts, request: Request) -> None:
    """The organisation that the request is for; all of the app's when it names none."""
    tenant = request.headers.get("Xero-Tenant-Id", "").lower()
    with parts.store.write() as db:
        grants.disconnect(db, _client_id(parts, request), tenant)


def revoke(parts: Parts, request: Request) -> None:
    with parts.store.write() as db:
        grants.revoke_app(db, _client_id(parts, request))


def _client_id(parts: Parts, request: Request) -> str:
    """Of the bearer token or, at the token endpoint, of the client's own sign-in; empty for a stranger."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            return parts.signing.claims(token.strip()).get("client_id", "")
        except BadToken:
            return ""
    return client_login.sent(request)[0]
