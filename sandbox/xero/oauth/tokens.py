"""What a token answer holds: RS256 access and identity tokens with Xero's claims (xero.md 1.4, 1.5)."""

import base64
import hashlib

from sandbox.xero.oauth.grants import Grant
from sandbox.xero.oauth.signing import SigningKey
from sandbox.xero.seed import fixed_id

ACCESS_LIFE_SECONDS = 1800
IDENTITY_LIFE_SECONDS = 300

USER = {
    "sub": fixed_id("user").replace("-", ""),
    "xero_userid": fixed_id("user"),
    "preferred_username": "demo.user@sandbox.example",
    "email": "demo.user@sandbox.example",
    "given_name": "Demo",
    "family_name": "User",
}


def access_token(key: SigningKey, grant: Grant, issuer: str, now_seconds: int, token_id: str) -> str:
    claims = {
        "nbf": now_seconds, "exp": now_seconds + ACCESS_LIFE_SECONDS, "iss": issuer, "aud": f"{issuer}/resources",
        "client_id": grant.client_id, "sub": USER["sub"], "auth_time": now_seconds,
        "xero_userid": USER["xero_userid"], "global_session_id": grant.event_id.replace("-", ""),
        "jti": token_id, "authentication_event_id": grant.event_id, "scope": grant.scopes,
    }
    return key.sign(claims, "JWT")


def identity_token(key: SigningKey, grant: Grant, issuer: str, access: str, now_seconds: int) -> str:
    """Carries the nonce of the authorisation, and never the authentication_event_id."""
    session = grant.event_id.replace("-", "")
    half = hashlib.sha256(access.encode()).digest()[:16]
    claims = {
        "nbf": now_seconds, "exp": now_seconds + IDENTITY_LIFE_SECONDS, "iss": issuer, "aud": grant.client_id,
        "iat": now_seconds, "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(), "sid": session,
        "auth_time": now_seconds, "global_session_id": session, "amr": ["pwd"], "idp": "local", **USER,
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    return key.sign(claims, "JWT")


def answer(
    key: SigningKey, grant: Grant, issuer: str, refresh_token: str, now_seconds: int, token_id: str
) -> dict:
    """The token endpoint's answer; the refresh and identity tokens only with their scopes."""
    access = access_token(key, grant, issuer, now_seconds, token_id)
    body = {
        "access_token": access, "expires_in": ACCESS_LIFE_SECONDS, "token_type": "Bearer",
        "scope": " ".join(grant.scopes),
    }
    if refresh_token:
        body["refresh_token"] = refresh_token
    if "openid" in grant.scopes:
        body = {"id_token": identity_token(key, grant, issuer, access, now_seconds), **body}
    return body
