"""Xero's identity host: tokens, their revocation, discovery and the public keys."""

import sqlite3
import uuid

from flask import Blueprint, Response, jsonify, request

from sandbox.xero import switches
from sandbox.xero.accounting import limits
from sandbox.xero.accounting.answers import Refusal
from sandbox.xero.oauth import grants, tokens
from sandbox.xero.oauth.client_login import BadClient, Client, client_of
from sandbox.xero.oauth.grants import Grant
from sandbox.xero.oauth.scopes import meanings
from sandbox.xero.parts import parts


class TokenError(Exception):
    """An answer of the token endpoint: 400 with ``{"error": …}`` and often no description (xero.md 1.8)."""


blueprint = Blueprint("identity", __name__)


@blueprint.post("/connect/token")
def token() -> Response:
    client = client_of(request, parts().client_id, parts().client_secret)
    answer = jsonify(_tokens(client))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/connect/revocation")
def revocation() -> Response:
    client = client_of(request, parts().client_id, parts().client_secret)
    with parts().store.write() as db:
        grants.revoke(db, request.form.get("token", ""), client.id)
    return Response(status=200)


@blueprint.get("/.well-known/openid-configuration")
def discovery() -> Response:
    return jsonify(_discovery(base()))


@blueprint.get("/.well-known/openid-configuration/jwks")
def keys() -> Response:
    return jsonify(parts().signing.public())


@blueprint.errorhandler(BadClient)
@blueprint.errorhandler(TokenError)
def refused(error: Exception) -> tuple[Response, int]:
    status = 400
    if str(error) == "invalid_client":
        with parts().store.read() as db:
            status = int(switches.value(db, "invalid_client_status"))
    return jsonify(error=str(error)), status


@blueprint.errorhandler(grants.InvalidGrant)
def spent(error: grants.InvalidGrant) -> tuple[Response, int]:
    return jsonify(error="invalid_grant"), 400


@blueprint.errorhandler(Refusal)
def limited(refusal: Refusal) -> Response:
    return refusal.answer.response()


def base() -> str:
    """The address this sandbox is known by, without a slash at the end; it is the issuer too."""
    return parts().base_url.rstrip("/") or request.host_url.rstrip("/")


def _tokens(client: Client) -> dict:
    used = request.form.get("refresh_token", "")
    with parts().in_flight.entered(("refresh", used or uuid.uuid4())) as users, parts().store.write() as db:
        now_ms = parts().now_ms(db)
        limits.count_identity(db, client.id, now_ms)
        if users > 1 and switches.value(db, "concurrent_refresh") == "first_only":
            raise grants.InvalidGrant
        grant = _grant(db, client, now_ms)
        offline, token_id = "offline_access" in grant.scopes, uuid.uuid4().hex
        refresh = grants.issue_refresh_token(db, grant, now_ms) if offline else ""
        grants.replace_access(db, grant.event_id, token_id)
    return tokens.answer(parts().signing, grant, base(), refresh, now_ms // 1000, token_id)


def _grant(db: sqlite3.Connection, client: Client, now_ms: int) -> Grant:
    """What the code or refresh token stands for. Raises InvalidGrant, BadClient and TokenError."""
    form = request.form
    if form.get("grant_type") == "refresh_token":
        return grants.redeem_refresh_token(db, form.get("refresh_token", ""), client.id, now_ms)
    if form.get("grant_type") != "authorization_code":
        raise TokenError(switches.value(db, "unknown_grant_error"))
    code, verifier = form.get("code", ""), form.get("code_verifier", "")
    if verifier and client.proved and switches.value(db, "pkce_with_secret") == "refused":
        raise grants.InvalidGrant
    grant = grants.redeem_code(db, code, client.id, form.get("redirect_uri", ""), verifier, now_ms)
    if not grant.verified and not client.proved:
        raise BadClient("invalid_client")
    return grant


def _discovery(issuer: str) -> dict:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/identity/connect/authorize",
        "token_endpoint": f"{issuer}/connect/token",
        "revocation_endpoint": f"{issuer}/connect/revocation",
        "jwks_uri": f"{issuer}/.well-known/openid-configuration/jwks",
        "scopes_supported": list(meanings()),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
    }
