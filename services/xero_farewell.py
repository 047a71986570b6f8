"""Letting go of Xero: the connection and the token are dropped there, then forgotten here."""

import logging
from collections.abc import Callable, Collection, Iterable

from models import JobRun, XeroConnection
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
    "scopes": "", "linked_at": None, "linked_by": "", "access_sealed": None, "access_expires_at": None, "forced": False,
    "refresh_sealed": None, "previous_refresh_sealed": None, "refreshed_at": None, "day_remaining": None,
    "minute_remaining": None, "limits_at": None, "parked_until": None, "parked_by": None,
}


CUT_SHORT = (
    "The last Disconnect was interrupted before Xero was told of it. TrueBooks does that by itself within a minute "
    "while it runs. Should this stay here, disconnect TrueBooks in Xero under Settings → Connected apps."
)


def disconnect(parts: Parts, actor: Actor) -> str:
    """Tells Xero to drop the connection and the token, clears them here, and says what came of it.

    The card says *Not connected*, and the tokens serve nobody any more, before Xero is told: interrupted
    at any point it is never *Reconnect required*, and ``finish`` ends it.
    """
    with xero_tokens.alone(parts):
        link = xero_tokens.row()
        if link.state == DISCONNECTED and not is_unfinished(link):
            raise NotConnected("Xero is not connected, so there is nothing to disconnect.")
        _leave(parts, link, actor)
        was_told = _end(parts)
    if was_told:
        return "Disconnected. Documents stay in Xero; history, mappings and settlements stay here."
    return ("Disconnected here, but Xero could not be told. One thing is left to do: in Xero, open Settings → "
            "Connected apps and disconnect TrueBooks there if it is still listed.")


def is_unfinished(link: XeroConnection) -> bool:
    """Whether a Disconnect was begun and not ended: nothing is connected, and tokens are still here."""
    return link.state == DISCONNECTED and link.refresh_sealed is not None


def finish(parts: Parts, wait: bool = False) -> bool:
    """Ends a Disconnect that was interrupted; whether it did. Somebody who is at one is waited for, or left to it.

    Raises NoToken where it waited too long.
    """
    if not is_unfinished(xero_tokens.row()):
        return False
    with xero_tokens.alone(parts, wait) as ours:
        if not ours or not is_unfinished(xero_tokens.row()):
            return False
        if not _end(parts):
            log.warning("an interrupted Disconnect was ended here; Xero could not be told of it")
    return True


def _leave(parts: Parts, link: XeroConnection, actor: Actor) -> None:
    now = parts.clock.now()
    with write_txn():
        if link.state != DISCONNECTED:
            audit.record(actor, "xero.disconnected", "workspace", now, organisation=link.tenant_name)
        XeroConnection.update(state=DISCONNECTED, reason=CUT_SHORT).where(XeroConnection.id == 1).execute()
        JobRun.update(next_due=now).where(JobRun.next_due > now).execute()  # should this process end now


def _end(parts: Parts) -> bool:
    """Tells Xero and clears what is here; whether Xero heard it. Call it inside ``alone``."""
    was_told = tell_xero(lambda: _take_leave(parts, xero_tokens.row()))
    with write_txn():
        XeroConnection.update(**NOTHING).where(
            (XeroConnection.id == 1) & (XeroConnection.state == DISCONNECTED)).execute()
    return was_told


def _take_leave(parts: Parts, link: XeroConnection) -> None:
    """The token is revoked only when it reaches no further organisation: revoking ends every connection
    this user gave to the app, another workspace's too (xero.md 1.7)."""
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


def let_go_of_what_came(parts: Parts, tokens: Tokens, kept: Collection[str]) -> None:
    """A consent that is refused here leaves nothing new at Xero: the organisations that it was the first to let
    in (xero.md 1.6) are taken away again, but for those (``kept``, their ids) that this workspace uses."""
    def say() -> None:
        http, api = parts.xero_http(), parts.config.xero_api_url
        for each in connections.first_let_in(http, api, tokens.access_token, tokens.event_id):
            if each.tenant_id not in kept:
                connections.delete(http, api, tokens.access_token, each.id)

    tell_xero(say)


def let_go_of(parts: Parts, access_token: str, connection_ids: Iterable[str]) -> None:
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
