"""Signing in at Xero: the authorise address, codes and refresh tokens into tokens, and revoking them."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests
from authlib.integrations.requests_client import OAuth2Session

from services.xero import answers, errors, sign_in_answers, transport
from services.xero.id_token import IdTokens

TIMEOUT_SECONDS = (5, 30)
UNKNOWN_APP = ("invalid_client", "unauthorized_client")
_VISIBLE = re.compile(r"[!-~]+")
_START_AGAIN = "Nothing was changed; press Connect Xero to start again."


@dataclass(frozen=True)
class Registration:
    """The app as registered with Xero, and the three hosts; addresses without a trailing slash."""

    client_id: str
    client_secret: str = field(repr=False)  # empty for a public app, which signs in with PKCE alone
    redirect_uri: str
    login_url: str
    identity_url: str
    api_url: str


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gave. ``seconds`` the access token's life; ``event_id`` the consent it stems from."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    seconds: int
    scopes: str  # space-separated; empty when Xero did not say
    event_id: str = ""
    issued: datetime | None = None  # by Xero's clock


class SignIn:
    """OpenID Connect with Xero. ``open_http`` gives a session that reaches the hosts of ``registration``."""

    def __init__(self, open_http: Callable[[], requests.Session], registration: Registration,
                 now: Callable[[], datetime]):
        self._open_http = open_http
        self._registration = registration
        self._id_tokens = IdTokens(open_http, registration.identity_url, registration.client_id, now)

    def authorise_url(self, scopes: tuple[str, ...], state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent: code flow with state, nonce and PKCE S256 (RFC 9700)."""
        address = f"{self._registration.login_url}/identity/connect/authorize"
        url, _ = self._session().create_authorization_url(
            address, state=state, code_verifier=verifier, nonce=nonce, scope=" ".join(scopes))
        return url

    def exchange(self, query: Mapping[str, str], nonce: str, verifier: str) -> Tokens:
        """The callback's code into tokens, once its issuer and the ID token have been checked.

        Raises SignInRefused in words; NoAnswer and the like when Xero cannot be asked.
        """
        self._id_tokens.check_issuer_parameter(query.get("iss"))
        with transport.faults_told_apart():
            token = self._session().fetch_token(
                f"{self._registration.identity_url}/connect/token", grant_type="authorization_code",
                code=query["code"], code_verifier=verifier, allow_redirects=False)
        self._id_tokens.check(token, nonce)
        return _tokens(token)

    def refresh(self, refresh_token: str) -> Tokens:
        """A new pair for the old refresh token; GrantInvalid when Xero says that it is spent."""
        with transport.faults_told_apart():
            token = self._session().refresh_token(
                f"{self._registration.identity_url}/connect/token", refresh_token=refresh_token, allow_redirects=False)
        return _tokens(token)

    def revoke(self, refresh_token: str) -> None:
        """Ends the refresh token, and with it every connection this user gave to the app (xero.md 1.7)."""
        with transport.faults_told_apart():
            response = self._session().revoke_token(
                f"{self._registration.identity_url}/connect/revocation", token=refresh_token,
                token_type_hint="refresh_token", allow_redirects=False)  # noqa: S106 - the kind of token, not one
        sign_in_answers.raise_for_refusal(response)

    def _session(self) -> OAuth2Session:
        session = OAuth2Session(
            self._registration.client_id, self._registration.client_secret or None,
            redirect_uri=self._registration.redirect_uri, code_challenge_method="S256", default_timeout=TIMEOUT_SECONDS)
        session.trust_env = False
        session.adapters = self._open_http().adapters
        session.register_compliance_hook("access_token_response", _refused_or_whole)
        session.register_compliance_hook("refresh_token_response", _renewed_or_turned_away)
        return session


def _refused_or_whole(response: requests.Response) -> requests.Response:
    """Lets only an answer that holds tokens through; the rest is raised as what it is."""
    body = answers.as_json(response)
    told = body.get("error") if isinstance(body, dict) else None
    if isinstance(told, str) and 400 <= response.status_code < 500 and response.status_code != 429:
        raise _refusal(told)
    sign_in_answers.raise_for_refusal(response)
    if not isinstance(body, dict) or "error" in body or not _is_token(body.get("access_token")):
        raise errors.Unreadable()
    if not _is_token(body.get("refresh_token", "-")) or not _is_a_life(str(body.get("expires_in", 1800))):
        raise errors.Unreadable()
    if not str(body.get("scope") or "").isascii():
        raise errors.Unreadable()
    return response


def _renewed_or_turned_away(response: requests.Response) -> requests.Response:
    """Of a refresh, only ``invalid_grant`` and an unknown app need a person; any other no may pass by itself."""
    try:
        return _refused_or_whole(response)
    except errors.SignInRefused as error:
        if isinstance(error, errors.GrantInvalid) or error.xero_words in UNKNOWN_APP:
            raise
        raise errors.SignInTurnedAway(xero_words=error.xero_words) from error


def _is_a_life(seconds: str) -> bool:
    """A token's life in seconds, a day at most: Xero's is half an hour."""
    return seconds.isascii() and seconds.isdigit() and len(seconds) <= 5


def _is_token(value: object) -> bool:
    """What a header can carry (RFC 6750: visible ASCII); anything else would break every call it is used for."""
    return isinstance(value, str) and bool(_VISIBLE.fullmatch(value))


def _refusal(error: str) -> errors.SignInRefused:
    """The OAuth error codes of xero.md 1.8 in words."""
    if error == "invalid_grant":
        return errors.GrantInvalid(
            "Xero did not take this authorisation: it was used before, or has run out. " + _START_AGAIN, error)
    if error in UNKNOWN_APP:
        return errors.SignInRefused(
            "Xero does not know this app. Check XERO_CLIENT_ID and XERO_CLIENT_SECRET against the app's page "
            "at Xero (see Going live), then restart TrueBooks.", error)
    return errors.SignInRefused("Xero refused the sign-in. " + _START_AGAIN, error)


def _tokens(token: Mapping) -> Tokens:
    access_token = token["access_token"]
    return Tokens(
        access_token=access_token, refresh_token=token.get("refresh_token", ""),
        seconds=int(token.get("expires_in", 1800)), scopes=str(token.get("scope") or ""),
        event_id=event_id_of(access_token), issued=_issued(_claims_of(access_token).get("nbf")))


def event_id_of(access_token: str) -> str:
    """The consent's id inside the access token; unverified, since it only narrows a list that Xero gives us itself."""
    return str(_claims_of(access_token).get("authentication_event_id") or "")


def _claims_of(access_token: str) -> dict:
    try:
        body = access_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, RecursionError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}


def _issued(seconds: object) -> datetime | None:
    """When the token began (``nbf``, xero.md 1.4), to tell what is recent at Xero; None where it does not say."""
    is_moment = type(seconds) is int and 0 < seconds < 1 << 33
    return datetime.fromtimestamp(seconds, UTC) if is_moment else None
