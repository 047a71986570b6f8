"""Which app is calling the token endpoint: by HTTP Basic or in the form; public apps without a secret."""

from dataclasses import dataclass
from secrets import compare_digest
from urllib.parse import unquote_plus

from werkzeug.wrappers import Request


class BadClient(Exception):
    """The message is Xero's error word: unauthorized_client or invalid_client."""


@dataclass(frozen=True)
class Client:
    id: str
    proved: bool  # by a secret


def client_of(request: Request, only_id: str, only_secret: str) -> Client:
    """``only_id`` and ``only_secret`` are the one app let in, or empty for any. Raises BadClient."""
    client_id, secret = sent(request)
    if not client_id or only_id not in ("", client_id):
        raise BadClient("unauthorized_client")
    if only_secret and not compare_digest(only_secret.encode(), secret.encode()):
        raise BadClient("invalid_client")
    return Client(client_id, bool(secret))


def sent(request: Request) -> tuple[str, str]:
    """(client id, secret), each empty when it was not sent."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return unquote_plus(basic.username or ""), unquote_plus(basic.password or "")
    return request.form.get("client_id", ""), request.form.get("client_secret", "")
