"""An authorisation request, checked by Xero's rules before anybody is asked for consent (xero.md 1.2, 1.3)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

from sandbox.xero.oauth import scopes

PLAIN_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?")  # no wildcard, no user, nothing that could end a header's value
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43,128}")


class Refused(Exception):
    """Shown on Xero's error page, never redirected back to the app."""

    def __init__(self, error: str, sentence: str):
        super().__init__(sentence)
        self.error = error
        self.sentence = sentence


@dataclass(frozen=True)
class Authorisation:
    response_type: str
    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    acr_values: str

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "Authorisation":
        return cls(**{name: form.get(name, "") for name in cls.__dataclass_fields__})

    @property
    def scopes(self) -> list[str]:
        return self.scope.split()

    @property
    def takes_several(self) -> bool:
        """Whether the app left bulk connections on [MNV]."""
        return "bulk_connect:false" not in self.acr_values.split()

    @property
    def origin(self) -> str:
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    def hidden_inputs(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    def redirect(self, **answer: str) -> str:
        """The way back to the app, with the state it sent."""
        parts = urlsplit(self.redirect_uri)
        query = urlencode({name: value for name, value in {**answer, "state": self.state}.items() if value})
        return urlunsplit(SplitResult(*parts[:3], f"{parts.query}&{query}" if parts.query else query, ""))


def check(asked: Authorisation, client_id: str, loopback: bool = False) -> None:
    """``client_id`` is the only app let in, or empty for any; ``loopback`` lets http://127.0.0.1 in. Raises Refused."""
    if not asked.client_id or client_id not in ("", asked.client_id):
        raise Refused("unauthorized_client", "No app is registered with this client id.")
    if not redirect_is_allowed(asked.redirect_uri, loopback):
        raise Refused(
            "invalid_redirect_uri",
            "The redirect address must be https, or http on localhost, and hold no wildcard or fragment. "
            f"The app sent “{asked.redirect_uri}”.",
        )
    if asked.response_type != "code":
        raise Refused("unsupported_response_type", "Only response_type=code is known.")
    _check_scopes(asked.scopes)
    _check_challenge(asked)


def _check_scopes(asked: list[str]) -> None:
    unknown = scopes.unknown(asked)
    if not asked or unknown:
        named = f": {', '.join(unknown)}" if unknown else ""
        raise Refused("invalid_scope", f"Invalid scope for client{named}.")


def _check_challenge(asked: Authorisation) -> None:
    if not asked.code_challenge and not asked.code_challenge_method:
        return
    if asked.code_challenge_method != "S256" or not CHALLENGE.fullmatch(asked.code_challenge):
        raise Refused("invalid_request", "The PKCE code challenge must be an S256 one.")


def redirect_is_allowed(uri: str, loopback: bool = False) -> bool:
    """https anywhere, plain http for ``localhost`` alone: not for 127.0.0.1 unless told so (FAQ-OAUTH, MNV)."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port  # the port is read to be checked
    except ValueError:
        return False
    if not host or not uri.isprintable() or " " in uri or parts.fragment or not PLAIN_HOST.fullmatch(parts.netloc):
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and (host == "localhost" or (loopback and host == "127.0.0.1"))
    )
