"""Who is calling: the access token, and the organisation it is used for (xero.md 1.6, 2.5, 7)."""

import base64
import binascii
import json
import sqlite3
from dataclasses import dataclass

from flask import request

from sandbox.xero import clock, switches
from sandbox.xero.accounting.answers import HTML, Answer, Refusal, problem
from sandbox.xero.fault_acts import FAULT
from sandbox.xero.late import ARRIVED_MS
from sandbox.xero.oauth.scopes import allows
from sandbox.xero.oauth.signing import BadToken
from sandbox.xero.parts import parts


@dataclass(frozen=True)
class Caller:
    client_id: str
    scopes: list[str]
    token_id: str


def claimed_client(authorization: str) -> str:
    """The app that a bearer token says it is for, unproved; empty when it says nothing."""
    try:
        payload = authorization.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["client_id"])
    except (IndexError, binascii.Error, ValueError, KeyError, TypeError):
        return ""


def caller_of(db: sqlite3.Connection, authorization: str) -> Caller:
    """Reads ``Authorization: Bearer …``. Raises Refusal with one of the two 401 bodies."""
    scheme, _, token = authorization.partition(" ")
    try:
        claims = parts().signing.claims(token.strip())
    except BadToken as error:
        raise problem(401, "Unauthorized", "AuthenticationUnsuccessful") from error
    if scheme.lower() != "bearer" or "client_id" not in claims or _was_replaced(db, claims):
        raise problem(401, "Unauthorized", "AuthenticationUnsuccessful")
    now_ms = request.environ.get(ARRIVED_MS) or parts().now_ms(db)
    ordered = request.environ.get(FAULT)
    if now_ms >= claims["exp"] * 1000 or (ordered and ordered.fault == "401_expired"):
        expired = clock.moment(min(now_ms, claims["exp"] * 1000)).strftime("%m/%d/%Y %H:%M:%S")
        raise problem(401, "Unauthorized", f"TokenExpired: token expired at {expired}")
    return Caller(claims["client_id"], claims["scope"], claims["jti"])


def _was_replaced(db: sqlite3.Connection, claims: dict) -> bool:
    """Whether a refresh has put another token in its place, where the switch lets that count."""
    if switches.value(db, "access_after_refresh") == "valid":
        return False
    latest = db.execute(
        "SELECT token_id FROM latest_access WHERE event_id = ?", (claims.get("authentication_event_id", ""),)
    ).fetchone()
    return latest is not None and latest["token_id"] != claims["jti"]


def demand_connection(db: sqlite3.Connection, caller: Caller, tenant_id: str) -> None:
    """403 for an organisation that is unknown, missing from the header, or no longer connected."""
    if not tenant_id and switches.value(db, "missing_tenant") == "400":
        raise problem(400, "Bad Request", "The xero-tenant-id header is missing.")
    if not db.execute(
        "SELECT 1 FROM connections WHERE client_id = ? AND tenant_id = ?", (caller.client_id, tenant_id)
    ).fetchone():
        raise problem(403, "Forbidden", "AuthenticationUnsuccessful")


def demand_scope(db: sqlite3.Connection, caller: Caller, scope: str, writing: bool) -> None:
    if allows(caller.scopes, scope, writing):
        return
    if scope == "accounting.attachments" and switches.value(db, "missing_attachment_scope") == "404":
        raise Refusal(Answer(404, "", HTML))
    if switches.value(db, "missing_scope") == "403":
        raise problem(403, "Forbidden", "AuthorizationUnsuccessful")
    spelt = switches.value(db, "scope_error_spelling")
    refusal = problem(401, "Unauthorized", "AuthorizationUnsuccessful", WWW_Authenticate=f'Bearer error="{spelt}"')
    if switches.value(db, "missing_scope_body") == "empty":
        raise Refusal(Answer(401, "", "", refusal.answer.headers))
    raise refusal
