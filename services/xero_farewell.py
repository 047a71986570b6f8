"""Letting go of Xero: the connection and the token are dropped there, then forgotten here."""

import logging
from collections.abc import Callable

from models import XeroConnection
from services import audit, xero_tokens
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError, NotConnected
from services.parts import Parts
from services.xero import connections
from services.xero.oauth import Tokens
from services.xero_tokens import DISCONNECTED

log = logging.getLogger(__name__)

NOTHING = {
    "state": DISCONNECTED, "reason": "", "tenant_id": "", "tenant_name": "", "connection_id": "", "choices": [],
    "scopes": "", "linked_at": None, "linked_by": "", "access_sealed": None, "access_expires_at": None,
    "refresh_sealed": None, "previous_refresh_sealed": None, "refreshed_at": None, "day_remaining": None,
    "minute_remaining": None, "limits_at": None, "parked_until": None, "parked_by": None,
}


def disconnect(parts: Parts, actor: Actor) -> str:
    """Tells Xero to drop the connection and the token, clears them here, and says what came of it.

    The token is revoked only when it reaches no further organisation: revoking ends every
    connection this user gave to the app, another workspace's too (xero.md 1.7).
    """
    with xero_tokens.alone(parts):
        link = xero_tokens.row()
        if link.state == DISCONNECTED:
            raise NotConnected("Xero is not connected, so there is nothing to disconnect.")
        was_told = tell_xero(lambda: _take_leave(parts, link))
        with write_txn():
            XeroConnection.update(**NOTHING).where(XeroConnection.id == 1).execute()
            audit.record(actor, "xero.disconnected", "workspace", parts.clock.now(), organisation=link.tenant_name)
    if was_told:
        return "Disconnected. Documents stay in Xero; history, mappings and settlements stay here."
    return ("Disconnected here, but Xero could not be told. One thing is left to do: in Xero, open Settings → "
            "Connected apps and disconnect TrueBooks there if it is still listed.")


def _take_leave(parts: Parts, link: XeroConnection) -> None:
    http, api = parts.xero_http(), parts.config.xero_api_url
    token = xero_tokens.last_token(parts, link)
    for connection_id in [link.connection_id, *(each["connection_id"] for each in link.choices if each.get("ours"))]:
        if connection_id:
            connections.delete(http, api, token, connection_id)
    if not connections.organisations(http, api, token):
        xero_tokens.sign_in(parts).revoke(xero_tokens.refresh_token(parts, xero_tokens.row()))


def let_go_of_token(parts: Parts, tokens: Tokens) -> None:
    """A consent that connects nothing leaves nothing behind."""
    if tokens.refresh_token:
        tell_xero(lambda: xero_tokens.sign_in(parts).revoke(tokens.refresh_token))


def let_go_of(parts: Parts, access_token: str, connection_ids: list[str]) -> None:
    """Takes TrueBooks' access to these organisations away again."""
    for connection_id in connection_ids:
        tell_xero(lambda connection_id=connection_id: connections.delete(
            parts.xero_http(), parts.config.xero_api_url, access_token, connection_id))


def tell_xero(say: Callable[[], object]) -> bool:
    """Whether Xero heard it; that it did not must not keep the user from going on."""
    try:
        say()
    except AppError as error:
        log.warning("Xero could not be told: %s", error.message)
        return False
    return True
