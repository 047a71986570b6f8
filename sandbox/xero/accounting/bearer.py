"""Who is calling: the access token, and the organisation it is used for (xero.md 1.6, 2.5, 7)."""

import sqlite3
from dataclasses import dataclass

from sandbox.xero import clock, switches
from sandbox.xero.accounting.answers import problem
from sandbox.xero.oauth.scopes import allows
from sandbox.xero.oauth.signing import BadToken
from sandbox.xero.parts import parts


@dataclass(frozen=True)
class Caller:
    client_id: str
    scopes: list[str]
    token_id: str


def caller_of(db: sqlite3.Connection, authorization: str) -> Caller:
    """Reads ``Authorization: Bearer …``. Raises Refusal with one of the two 401 bodies."""
    scheme, _, token = authorization.partition(" ")
    try:
        claims = parts().signing.claims(token.strip())
    except BadToken as error:
        raise problem(401, "Unauthorized", "AuthenticationUnsuccessful") from error
    if scheme.lower() != "bearer" or "client_id" not in claims:
        raise problem(401, "Unauthorized", "AuthenticationUnsuccessful")
    if parts().now_ms(db) >= claims["exp"] * 1000:
        expired = clock.moment(claims["exp"] * 1000).strftime("%m/%d/%Y %H:%M:%S")
        raise problem(401, "Unauthorized", f"TokenExpired: token expired at {expired}")
    return Caller(claims["client_id"], claims["scope"], claims["jti"])


def demand_connection(db: sqlite3.Connection, caller: Caller, tenant_id: str) -> None:
    """403 for an organisation that is unknown, missing from the header, or no longer connected."""
    if not db.execute(
        "SELECT 1 FROM connections WHERE client_id = ? AND tenant_id = ?", (caller.client_id, tenant_id)
    ).fetchone():
        raise problem(403, "Forbidden", "AuthenticationUnsuccessful")


def demand_scope(db: sqlite3.Connection, caller: Caller, scope: str, writing: bool) -> None:
    if allows(caller.scopes, scope, writing):
        return
    if switches.value(db, "missing_scope") == "403":
        raise problem(403, "Forbidden", "AuthorizationUnsuccessful")
    raise problem(
        401, "Unauthorized", "AuthorizationUnsuccessful", WWW_Authenticate='Bearer error="insufficient_scope"'
    )
