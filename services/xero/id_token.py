"""Checks that the ID token was made by Xero, for us, now, and for the sign-in that was started here.

The checks Authlib leaves out are the measured ones of technology.md 1.5: a foreign audience with
our ``azp``, a missing ID token, two minutes of leeway, and the callback's ``iss`` (RFC 9207).
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import requests
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from services.xero import errors, sign_in_answers, transport

TIMEOUT_SECONDS = (5, 30)
LEEWAY_SECONDS = 10
KEEP = timedelta(hours=24)
_ALGORITHMS = ["RS256"]  # what Xero signs with (xero.md 1.1); "none" is thereby out
_WORDS = "The answer from Xero could not be trusted ({why}). Nothing was changed; press Connect Xero to start again."

# Xero's CDN turns away clients that fetch discovery too often, so it is kept for the whole process.
_kept: dict[str, tuple[datetime, dict]] = {}
_keeping = threading.Lock()


class IdTokens:
    """Discovery, keys and checks for one identity host."""

    def __init__(self, open_http: Callable[[], requests.Session], identity_url: str, client_id: str,
                 now: Callable[[], datetime]):
        self._open_http = open_http
        self._identity_url = identity_url
        self._client_id = client_id
        self._now = now

    def check_issuer_parameter(self, given: str | None) -> None:
        """RFC 9207: the callback's ``iss`` must be Xero's, and must be there where Xero announces it."""
        metadata = self._metadata()
        announced = metadata.get("authorization_response_iss_parameter_supported") is True
        if given != metadata["issuer"] and (announced or given is not None):
            raise _untrusted("it names another issuer")

    def check(self, token: Mapping, nonce: str) -> None:
        """Raises SignInRefused unless ``token`` holds an ID token that is Xero's, ours, fresh and of this sign-in."""
        id_token = token.get("id_token")
        if not id_token:
            raise _untrusted("it holds no proof of who signed in")
        try:
            claims = self._claims(id_token, token["access_token"], nonce)
            claims.validate(now=int(self._now().timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError) as error:
            raise _untrusted(_reason(error)) from error
        if claims["aud"] not in (self._client_id, [self._client_id]):
            raise _untrusted("it is meant for another app")

    def _claims(self, id_token: str, access_token: str, nonce: str) -> CodeIDToken:
        try:
            decoded = jwt.decode(id_token, self._keys(), algorithms=_ALGORITHMS)
        except (InvalidKeyIdError, BadSignatureError):
            # Xero has changed its keys since we fetched them.
            decoded = jwt.decode(id_token, self._keys(fresh=True), algorithms=_ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": self._metadata()["issuer"]},
            "aud": {"essential": True, "value": self._client_id},
        }
        proof = {"nonce": nonce, "client_id": self._client_id, "access_token": access_token}
        return _IdToken(decoded.claims, decoded.header, options, proof)

    def _metadata(self) -> dict:
        return self._document("openid-configuration", must_hold=("issuer", str))

    def _keys(self, fresh: bool = False) -> KeySet:
        return KeySet.import_key_set(self._document("openid-configuration/jwks", ("keys", list), fresh))

    def _document(self, name: str, must_hold: tuple[str, type], fresh: bool = False) -> dict:
        """A document of the identity host, as kept or anew; one that is not what it should be is not kept."""
        url, now = f"{self._identity_url}/.well-known/{name}", self._now()
        with _keeping:
            fetched_at, document = _kept.get(url, (None, {}))
            if fresh or fetched_at is None or not timedelta(0) <= now - fetched_at < KEEP:
                document = self._fetch(url, *must_hold)
                _kept[url] = (now, document)
        return document

    @errors.asking()
    def _fetch(self, url: str, field: str, kind: type) -> dict:
        with transport.faults_told_apart():
            response = self._open_http().get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        document = sign_in_answers.read(response)
        if not isinstance(document, dict) or not isinstance(document.get(field), kind):
            raise errors.Unreadable(xero_words=f"no {field} at {url}")
        return document


class _Times(JWTClaimsRegistry):
    """Expiry is checked; a start in the future is not: the token comes straight from Xero, and a slow
    clock on a small machine must not keep its owner from connecting."""

    def validate_nbf(self, value: object) -> None:
        """Taken as it is."""

    def validate_iat(self, value: object) -> None:
        """Taken as it is."""


class _IdToken(CodeIDToken):
    registry_cls = _Times


def _reason(error: Exception) -> str:
    claim = getattr(error, "claim", None)
    told = {
        "exp": "it has run out; check this machine's clock", "nonce": "it belongs to another sign-in",
        "aud": "it is meant for another app", "azp": "it is meant for another app", "iss": "it names another issuer",
    }
    return told.get(claim, "its signature is not Xero's")


def _untrusted(why: str) -> errors.SignInRefused:
    return errors.SignInRefused(_WORDS.format(why=why))
