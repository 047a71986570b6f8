"""Codes, refresh tokens and connections: what the user has granted to which app."""

import base64
import hashlib
import re
import secrets
import sqlite3
import uuid
from dataclasses import dataclass

from sandbox.xero.oauth import scopes as scope_words
from sandbox.xero.oauth.authorisation import Authorisation

CODE_LIFE_MS = 5 * 60 * 1000  # [MNV]
REFRESH_LIFE_MS = 60 * 24 * 3600 * 1000  # since issue, sliding [FAQ-OAUTH]
GRACE_MS = 30 * 60 * 1000  # the previous refresh token once more, when the answer got lost [FAQ-OAUTH]
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class InvalidGrant(Exception):
    """The code or refresh token is used up, too old, another app's, or its verifier is wrong."""


@dataclass(frozen=True)
class Grant:
    client_id: str
    scopes: list[str]
    event_id: str  # authentication_event_id
    nonce: str = ""
    verified: bool = False  # the code was bound to a PKCE verifier


def consent(db: sqlite3.Connection, asked: Authorisation, tenant_ids: list[str], now_ms: int) -> str:
    """Records what the user allowed and gives the code; without tenants nothing is connected."""
    event_id, code = str(uuid.uuid4()), secrets.token_urlsafe(32)
    granted = scope_words.joined(asked.scopes, granted_scopes(db, asked.client_id))
    db.execute("INSERT OR REPLACE INTO grants VALUES (?, ?)", (asked.client_id, " ".join(granted)))
    for tenant_id in tenant_ids:
        _connect(db, asked.client_id, tenant_id, event_id, now_ms)
    db.execute(
        "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        (_hash(code), asked.client_id, asked.redirect_uri, " ".join(granted), asked.nonce, asked.code_challenge,
         event_id, now_ms + CODE_LIFE_MS),
    )
    return code


def _connect(db: sqlite3.Connection, client_id: str, tenant_id: str, event_id: str, now_ms: int) -> None:
    """An organisation that is connected already keeps its first authEventId [BRZ X8]."""
    db.execute(
        "INSERT INTO connections VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (client_id, tenant_id) DO UPDATE SET updated_ms = excluded.updated_ms",
        (str(uuid.uuid4()), client_id, tenant_id, event_id, now_ms, now_ms),
    )


def granted_scopes(db: sqlite3.Connection, client_id: str) -> list[str]:
    """Scopes accumulate over consents [FAQ-OAUTH]."""
    row = db.execute("SELECT scopes FROM grants WHERE client_id = ?", (client_id,)).fetchone()
    return row["scopes"].split() if row else []


def redeem_code(
    db: sqlite3.Connection, code: str, client_id: str, redirect_uri: str, verifier: str, now_ms: int
) -> Grant:
    """A code is good once, for five minutes, for the app and address it was made for. Raises InvalidGrant."""
    row = db.execute("SELECT * FROM codes WHERE code_hash = ?", (_hash(code),)).fetchone()
    if row is None or row["used_ms"] or now_ms >= row["expires_ms"] or row["client_id"] != client_id:
        raise InvalidGrant
    if row["redirect_uri"] != redirect_uri or not _verifies(row["challenge"], verifier):
        raise InvalidGrant
    db.execute("UPDATE codes SET used_ms = ? WHERE code_hash = ?", (now_ms, row["code_hash"]))
    return Grant(client_id, row["scopes"].split(), row["event_id"], row["nonce"], bool(row["challenge"]))


def _verifies(challenge: str, verifier: str) -> bool:
    if not challenge:
        return True
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return bool(VERIFIER.fullmatch(verifier)) and secrets.compare_digest(digest, challenge)


def issue_refresh_token(db: sqlite3.Connection, grant: Grant, now_ms: int) -> str:
    token = secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO refresh_tokens VALUES (?, ?, ?, ?, ?, NULL)",
        (_hash(token), grant.client_id, " ".join(grant.scopes), grant.event_id, now_ms),
    )
    return token


def replace_access(db: sqlite3.Connection, event_id: str, token_id: str) -> None:
    """Remembers the latest access token of a consent, for those who end the earlier ones."""
    db.execute("INSERT OR REPLACE INTO latest_access VALUES (?, ?)", (event_id, token_id))


def redeem_refresh_token(db: sqlite3.Connection, token: str, client_id: str, now_ms: int) -> Grant:
    """Good once, and again for 30 minutes in case the answer got lost. Raises InvalidGrant."""
    row = db.execute("SELECT * FROM refresh_tokens WHERE token_hash = ?", (_hash(token),)).fetchone()
    if row is None or row["client_id"] != client_id or now_ms >= row["issued_ms"] + REFRESH_LIFE_MS:
        raise InvalidGrant
    if row["rotated_ms"] is not None and now_ms >= row["rotated_ms"] + GRACE_MS:
        raise InvalidGrant
    db.execute(
        "UPDATE refresh_tokens SET rotated_ms = ? WHERE token_hash = ? AND rotated_ms IS NULL",
        (now_ms, row["token_hash"]),
    )
    return Grant(client_id, row["scopes"].split(), row["event_id"])


def revoke(db: sqlite3.Connection, token: str, client_id: str) -> None:
    """A refresh token's revocation takes all of the user's connections to the app with it [FAQ-OAUTH]."""
    row = db.execute(
        "SELECT client_id FROM refresh_tokens WHERE token_hash = ? AND client_id = ?", (_hash(token), client_id)
    ).fetchone()
    if row:
        revoke_app(db, client_id)


def revoke_app(db: sqlite3.Connection, client_id: str) -> None:
    """Everything the user ever granted to the app is gone."""
    for table in ("refresh_tokens", "connections", "codes", "grants"):
        db.execute(f"DELETE FROM {table} WHERE client_id = ?", (client_id,))  # noqa: S608 our own names


def disconnect(db: sqlite3.Connection, client_id: str, tenant_id: str = "") -> None:
    """One organisation or, when none is named, all of them; the tokens stay good for others [RAIL]."""
    db.execute(
        "DELETE FROM connections WHERE client_id = ? AND ? IN ('', tenant_id)", (client_id, tenant_id)
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
