"""The Xero tokens: sealed in one row, refreshed by one refresher at a time, stored before they are used.

Xero's refresh tokens are good for one use; the old one is taken again for 30 minutes in case its
answer got lost (xero.md 1.4). Losing a pair, or spending one twice, would cost the connection.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from models import XeroConnection
from services import audit, token_vault
from services.audit import Actor
from services.database import Prepared, write_txn
from services.errors import AppError, NotConnected
from services.leases import claim, is_held, release
from services.parts import Parts
from services.xero import errors
from services.xero.oauth import Registration, SignIn, Tokens

log = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(minutes=5)
KEEP_ALIVE_BEFORE = timedelta(minutes=15)  # the job comes every 10 minutes
LAST_USE = timedelta(seconds=30)  # less than this left is not worth starting a call with
GRACE = timedelta(minutes=30)
LEASE = "xero tokens"
LEASE_SECONDS = 300  # two tokens tried twice and a farewell to Xero, each call with its time-outs
WAIT_SECONDS, WAIT_STEP_SECONDS = 40, 0.1
CONNECTED, CHOOSING, RECONNECT, DISCONNECTED = "connected", "choosing", "reconnect_required", "disconnected"
GRANT_INVALID = (
    "Xero no longer accepts TrueBooks' sign-in: it was withdrawn at Xero, or not used for 60 days. "
    "Reconnect Xero under Settings → Account; nothing posted is lost."
)

_refreshing = threading.RLock()  # threads wait here without polling; other processes are kept out by the lease


_ROW = Prepared(lambda: XeroConnection.select().where(XeroConnection.id == 1))


def row() -> XeroConnection:
    """The connection as it stands; a blank one before the first."""
    return _ROW.model() or XeroConnection(id=1)


def sign_in(parts: Parts) -> SignIn:
    config = parts.config
    return SignIn(parts.xero_http, Registration(
        config.xero_client_id, config.xero_client_secret, config.redirect_uri,
        config.xero_login_url, config.xero_identity_url, config.xero_api_url), parts.clock.now)


def require_connected(link: XeroConnection) -> None:
    """Raises NotConnected with what to do."""
    if link.state == RECONNECT:
        raise NotConnected(link.reason or "Xero needs to be reconnected. Go to Settings → Account.")
    if link.state != CONNECTED:
        raise NotConnected("Xero is not connected yet. Go to Settings → Account and press Connect Xero.")


def access_token(parts: Parts, tenant_id: str = "", refused: str = "") -> str:
    """A token with more than five minutes left; ``refused`` is one that Xero turned down, and is not given again.

    ``tenant_id`` is the organisation the caller works for: NotConnected when the workspace has left it.
    """
    link = row()
    require_connected(link)
    if tenant_id and link.tenant_id != tenant_id:
        raise NotConnected("The workspace was connected to another organisation meanwhile. Start again.")
    token = _fresh_enough(parts, link, refused, RENEW_BEFORE)
    return token or _renewed(parts, refused, RENEW_BEFORE)


def keep_alive(parts: Parts) -> bool:
    """Refreshes ahead of time, so that work never waits and an idle connection lives on; True if it did.

    Raises NoToken when it could not, even while the old token still serves: it is time to try again soon.
    """
    link = row()
    if link.state != CONNECTED or _fresh_enough(parts, link, "", KEEP_ALIVE_BEFORE):
        return False
    _renewed(parts, "", KEEP_ALIVE_BEFORE)
    was_renewed = row().refreshed_at != link.refreshed_at
    if not was_renewed and not is_held(LEASE, parts.clock.now()):  # nor is anybody else at it
        raise errors.NoToken()
    return was_renewed


def _fresh_enough(parts: Parts, link: XeroConnection, refused: str, margin: timedelta) -> str:
    """The stored access token, or nothing when it is about to run out or was refused."""
    if link.access_sealed is None or link.access_expires_at is None:
        return ""
    if link.access_expires_at - parts.clock.now() <= margin:
        return ""
    token = _open(parts, link, "access")
    return "" if token == refused else token


def _renewed(parts: Parts, refused: str, margin: timedelta) -> str:
    """Single flight: whoever holds the tokens refreshes; the others use the old token while it lasts, or wait."""
    spare = _fresh_enough(parts, row(), refused, LAST_USE)
    with alone(parts, wait=not spare) as ours:
        if not ours:
            return spare
        link = row()
        require_connected(link)
        usable = _fresh_enough(parts, link, refused, margin)
        if not usable and refused and _was_forced(parts, link, refused):
            raise errors.RenewedTokenRefused()
        return usable or usable_token(parts, link, refused)


def _was_forced(parts: Parts, link: XeroConnection, refused: str) -> bool:
    """Whether the token that Xero turned down was itself got because Xero turned one down; a moment of
    renewal that is still to come shows that the clock was wrong then, and with it the token's end."""
    return bool(link.forced) and is_current(parts, link, refused) and link.refreshed_at <= parts.clock.now()


def is_current(parts: Parts, link: XeroConnection, token: str) -> bool:
    """Whether ``token`` is the access token that ``link`` holds."""
    return link.access_sealed is not None and _open(parts, link, "access") == token


@contextmanager
def alone(parts: Parts, wait: bool = True) -> Iterator[bool]:
    """Nobody else, thread or process, reads and changes the tokens meanwhile.

    Without ``wait`` it yields False when somebody does; with it, raises NoToken after 40 seconds.
    """
    if not _refreshing.acquire(blocking=wait):
        yield False
        return
    try:
        owner = _claimed(parts, WAIT_SECONDS if wait else 0)
        if wait and not owner:
            raise errors.NoToken("Another part of TrueBooks is busy signing in at Xero. Try again in a minute.")
        try:
            yield bool(owner)
        finally:
            if owner:
                release(LEASE, owner)
    finally:
        _refreshing.release()


def _claimed(parts: Parts, seconds: float) -> str:
    """The lease's owner token; other processes give no sign when they are done, hence the looking again."""
    for _ in range(1 + int(seconds / WAIT_STEP_SECONDS)):
        owner = claim(LEASE, parts.clock.now(), LEASE_SECONDS)
        if owner:
            return owner
        if seconds:
            parts.clock.sleep(WAIT_STEP_SECONDS)
    return ""


def usable_token(parts: Parts, link: XeroConnection, refused: str = "") -> str:
    """A refreshed token, or the old one where Xero cannot be asked; call it inside ``alone``."""
    try:
        tokens = _ask_for_new(parts, link)
    except errors.GrantInvalid:
        require_reconnect(link, GRANT_INVALID, parts)
        raise NotConnected(GRANT_INVALID) from None
    except AppError as error:
        # Limits, outages and silence never cost the connection: the old token serves while it lasts.
        log.warning("the Xero token could not be refreshed: %s", error.message)
        remaining = _fresh_enough(parts, link, refused, LAST_USE)
        if remaining:
            return remaining
        raise
    _replace(parts, link, tokens, forced=bool(refused))
    return tokens.access_token


def last_token(parts: Parts, link: XeroConnection) -> str:
    """A token for taking leave of Xero, whatever state the card shows; call it inside ``alone``."""
    return _fresh_enough(parts, link, "", LAST_USE) or usable_token(parts, link)


def _ask_for_new(parts: Parts, link: XeroConnection) -> Tokens:
    """The current refresh token; when Xero says it is spent, the one before, once, within its grace."""
    at_xero = sign_in(parts)
    try:
        return _asked_twice(at_xero, _open(parts, link, "refresh"))
    except errors.GrantInvalid:
        if not _previous_in_grace(parts, link):
            raise
        log.warning("Xero calls the refresh token spent; trying the one before it")
        return _asked_twice(at_xero, _open(parts, link, "previous_refresh"))


def _asked_twice(at_xero: SignIn, refresh_token: str) -> Tokens:
    """A lost answer is asked for again at once: Xero takes the same refresh token for 30 more minutes."""
    try:
        return at_xero.refresh(refresh_token)
    except (errors.NotSent, errors.NoAnswer):
        return at_xero.refresh(refresh_token)


def _previous_in_grace(parts: Parts, link: XeroConnection) -> bool:
    return (link.previous_refresh_sealed is not None and link.refreshed_at is not None
            and parts.clock.now() - link.refreshed_at < GRACE)


def _replace(parts: Parts, link: XeroConnection, tokens: Tokens, forced: bool) -> None:
    """Stores the new pair, the old refresh token beside it, if the row is still the one that was read."""
    before = _open(parts, link, "refresh")
    with write_txn():
        fields = sealed_fields(parts, tokens, refresh_token=tokens.refresh_token or before)
        fields["forced"] = forced
        fields["previous_refresh_sealed"] = token_vault.of(parts.config).seal(before, place("previous_refresh"))
        changed = XeroConnection.update(**fields).where(
            (XeroConnection.id == 1) & (XeroConnection.refresh_sealed == link.refresh_sealed)).execute()
    if not changed:
        raise NotConnected("The connection to Xero was changed meanwhile. Start again.")


def keep(parts: Parts, tokens: Tokens) -> None:
    """Stores a new pair in place of the present one; call it inside ``alone`` and a writing transaction."""
    XeroConnection.update(**sealed_fields(parts, tokens)).where(XeroConnection.id == 1).execute()


def sealed_fields(parts: Parts, tokens: Tokens, refresh_token: str = "") -> dict:
    """The columns that hold ``tokens``, sealed; call it inside the transaction that writes them.

    The access token counts from now, whatever Xero's clock says.
    """
    vault, now = token_vault.of(parts.config), parts.clock.now()
    fields = {
        "access_sealed": vault.seal(tokens.access_token, place("access")),
        "access_expires_at": now + timedelta(seconds=tokens.seconds),
        "refresh_sealed": vault.seal(refresh_token or tokens.refresh_token, place("refresh")),
        "previous_refresh_sealed": None,
        "refreshed_at": now,
        "forced": False,
    }
    return fields | ({"scopes": tokens.scopes} if tokens.scopes else {})


def require_reconnect(link: XeroConnection, reason: str, parts: Parts) -> None:
    """Turns the card to *Reconnect required*, unless the connection was renewed since ``link`` was read."""
    with write_txn():
        changed = XeroConnection.update(state=RECONNECT, reason=reason).where(
            (XeroConnection.id == 1) & (XeroConnection.state == CONNECTED)
            & (XeroConnection.refresh_sealed == link.refresh_sealed)).execute()
        if changed:
            audit.record(Actor("job: Xero connection"), "xero.reconnect_required", "workspace", parts.clock.now(),
                         reason=reason)


def refresh_token(parts: Parts, link: XeroConnection) -> str:
    """The refresh token in clear, for telling Xero to drop it; empty when there is none."""
    return _open(parts, link, "refresh") if link.refresh_sealed else ""


def place(column: str) -> str:
    return f"xero_connection:1:{column}"


def _open(parts: Parts, link: XeroConnection, column: str) -> str:
    """What ``link`` holds in clear; where its key was rotated away since it was read, the row is read again."""
    try:
        return token_vault.of(parts.config).open(getattr(link, f"{column}_sealed"), place(column))
    except token_vault.CannotOpen:
        now = getattr(row(), f"{column}_sealed")
        if now is None or now == getattr(link, f"{column}_sealed"):
            raise
        return token_vault.of(parts.config).open(now, place(column))
