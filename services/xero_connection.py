"""Connecting Xero: the card, the consent there and back, choosing an organisation, and letting go again."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import OAuthAttempt, XeroConnection
from services import audit, numbering, reference_data, xero_tokens
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError, NotConnected, Refused
from services.parts import Parts
from services.token_vault import TokenVault
from services.xero import connections, scopes
from services.xero.oauth import Tokens
from services.xero.reference import ConnectionFacts
from services.xero_access import client
from services.xero_tokens import CHOOSING, CONNECTED, DISCONNECTED, RECONNECT

__all__ = [
    "CHOOSING", "CONNECTED", "DISCONNECTED", "RECONNECT", "AuthorisationCancelled", "CallbackRefused", "Card",
    "Choice", "NoOrganisation", "OtherOrganisation", "begin", "card", "choose", "client", "disconnect", "finish",
]

log = logging.getLogger(__name__)

TIME_TO_CONSENT = timedelta(minutes=30)
KEEP_ATTEMPTS = timedelta(days=1)
NO_ORGANISATION = (
    "No Xero organisation found for this Xero user. Create one in Xero (its Demo Company will do), or ask the owner "
    "of one to invite you as Standard user or Adviser; then press Connect Xero again."
)


class AuthorisationCancelled(AppError):
    """The user pressed Cancel at Xero."""


class CallbackRefused(AppError):
    """An answer from Xero that does not belong to a sign-in started here, by this browser, just now."""


class NoOrganisation(AppError):
    """The Xero user has no organisation to connect."""


class OtherOrganisation(Refused):
    """The workspace is tied to another organisation."""


@dataclass(frozen=True)
class Choice:
    tenant_id: str
    name: str


@dataclass(frozen=True)
class Card:
    """The connection as Settings → Account shows it; ``reason`` is the sentence of *Reconnect required*."""

    state: str  # connected, reconnect_required, disconnected, choosing
    organisation: str
    linked_at: datetime | None
    linked_by: str
    refreshed_at: datetime | None
    day_remaining: int | None  # API calls left today, as Xero last said
    reason: str
    choices: list[Choice]

    @property
    def is_connected(self) -> bool:
        return self.state == CONNECTED


def card(parts: Parts) -> Card:
    link = xero_tokens.row()
    return Card(
        state=link.state, organisation=link.tenant_name, linked_at=link.linked_at, linked_by=link.linked_by,
        refreshed_at=link.refreshed_at, day_remaining=link.day_remaining, reason=link.reason,
        choices=[Choice(each["tenant_id"], each["tenant_name"]) for each in link.choices])


# --- there and back ---------------------------------------------------------------------------


def begin(parts: Parts, actor: Actor, browser: str) -> str:
    """The address at Xero to send this browser to. ``browser``: an opaque id of the browser's session."""
    if not browser:
        raise ValueError("a sign-in is bound to a browser")
    now, state, nonce, verifier = parts.clock.now(), *(secrets.token_urlsafe(48) for _ in range(3))
    sealed = TokenVault(parts.config.token_keys).seal(verifier, _verifier_place(_hash(state)))
    with write_txn():
        OAuthAttempt.delete().where(OAuthAttempt.started_at < now - KEEP_ATTEMPTS).execute()
        OAuthAttempt.create(
            state_hash=_hash(state), browser_hash=_hash(browser), nonce=nonce, verifier_sealed=sealed,
            started_by=actor.name, started_at=now)
    return xero_tokens.sign_in(parts).authorise_url(scopes.SCOPES, state, nonce, verifier)


def finish(parts: Parts, query: Mapping[str, str], browser: str, actor: Actor) -> str:
    """Xero's callback: "connected", or "choosing" when several organisations came with one consent.

    Raises AuthorisationCancelled, CallbackRefused, NoOrganisation, OtherOrganisation or a
    XeroError; whatever is raised, the connection is as it was before.
    """
    if query.get("error") == "access_denied" and "state" not in query:
        raise _cancelled()
    attempt = _taken(parts, query.get("state", ""), browser)
    if query.get("error") == "access_denied":
        raise _cancelled()
    if query.get("error") or not query.get("code"):
        raise CallbackRefused("Xero ended the sign-in without an authorisation. Nothing was changed; "
                              "press Connect Xero to try again.")
    verifier = TokenVault(parts.config.token_keys).open(attempt.verifier_sealed, _verifier_place(attempt.state_hash))
    tokens = xero_tokens.sign_in(parts).exchange(query, attempt.nonce, verifier)
    _check_permissions(tokens)
    consent = connections.of_event(parts.xero_http(), parts.config.xero_api_url, tokens.access_token, tokens.event_id)
    return _settle(parts, tokens, consent, actor)


def _taken(parts: Parts, state: str, browser: str) -> OAuthAttempt:
    """The attempt this callback belongs to, used up by taking it."""
    attempt = OAuthAttempt.get_or_none(OAuthAttempt.state_hash == _hash(state))
    if attempt is None or not hmac.compare_digest(attempt.browser_hash, _hash(browser)):
        raise CallbackRefused("This answer from Xero does not belong to a sign-in that was started in this browser. "
                              "Nothing was changed; press Connect Xero here to start one.")
    now = parts.clock.now()
    with write_txn():
        ours = OAuthAttempt.update(used_at=now).where(
            (OAuthAttempt.id == attempt.id) & OAuthAttempt.used_at.is_null()).execute()
    if not ours:
        raise CallbackRefused("This answer from Xero was used already. Nothing was changed; "
                              "if Xero is not connected, press Connect Xero to start again.")
    if now - attempt.started_at > TIME_TO_CONSENT:
        raise CallbackRefused("This sign-in was started more than 30 minutes ago. Nothing was changed; "
                              "press Connect Xero to start again.")
    return attempt


def _cancelled() -> AuthorisationCancelled:
    return AuthorisationCancelled("Authorisation cancelled. Nothing was changed; press Connect Xero to try again.")


def _check_permissions(tokens: Tokens) -> None:
    """A consent that leaves out what every post needs is no connection."""
    lacking = scopes.missing(tokens.scopes) if tokens.scopes else []
    if lacking or not tokens.refresh_token:
        asked = "; ".join(permission.asks for permission in lacking) or "to stay connected while you are away"
        raise CallbackRefused(f"Xero did not give TrueBooks all it asked for. Missing: {asked}. Nothing was changed; "
                              "press Connect Xero again and allow everything.")


# --- which organisation -----------------------------------------------------------------------


def _settle(parts: Parts, tokens: Tokens, consent: connections.Consent, actor: Actor) -> str:
    link = xero_tokens.row()
    found = consent.organisations
    if not found:
        _let_go(parts, tokens)
        raise NoOrganisation(NO_ORGANISATION)
    if link.state in (CONNECTED, RECONNECT):
        found = [_the_same(parts, tokens, link, consent)]
    if len(found) > 1:
        return _offer(parts, tokens, found, actor)
    return _connect(parts, found[0], actor, xero_tokens.sealed_fields(parts, tokens))


def _the_same(parts: Parts, tokens: Tokens, link: XeroConnection, consent: connections.Consent) -> ConnectionFacts:
    for each in consent.organisations:
        if each.tenant_id == link.tenant_id:
            return each
    for each in consent.organisations if consent.is_exact else []:  # this consent alone let it in: nothing half-open
        _tell_xero(lambda each=each: connections.delete(
            parts.xero_http(), parts.config.xero_api_url, tokens.access_token, each.id))
    names = " and ".join(each.tenant_name for each in consent.organisations)
    if names == link.tenant_name:  # Xero's Demo Company becomes another organisation whenever it is reset
        names = f"another organisation that is called {names} too"
    raise OtherOrganisation(
        f"This workspace belongs to {link.tenant_name}, and you picked {names}. Nothing was changed. Connect again "
        f"and pick {link.tenant_name}; to change to another organisation, press Disconnect first.")


def _offer(parts: Parts, tokens: Tokens, found: list[ConnectionFacts], actor: Actor) -> str:
    choices = [
        {"tenant_id": each.tenant_id, "tenant_name": each.tenant_name, "connection_id": each.id} for each in found]
    with xero_tokens.alone(parts), write_txn():
        _save(state=CHOOSING, choices=choices, linked_by=actor.name, **xero_tokens.sealed_fields(parts, tokens))
    return CHOOSING


def choose(parts: Parts, tenant_id: str, actor: Actor) -> str:
    """Connects the organisation picked from the card's choices; Refused when it is not among them."""
    link = xero_tokens.row()
    picked = [each for each in link.choices if each["tenant_id"] == tenant_id]
    if link.state != CHOOSING or not picked:
        raise Refused("That organisation is not there to be chosen. Press Connect Xero to start again.")
    organisation = ConnectionFacts(picked[0]["connection_id"], tenant_id, picked[0]["tenant_name"], "ORGANISATION")
    return _connect(parts, organisation, actor, {})


def _connect(parts: Parts, organisation: ConnectionFacts, actor: Actor, token_fields: dict) -> str:
    now = parts.clock.now()
    with xero_tokens.alone(parts), write_txn():
        _save(state=CONNECTED, reason="", tenant_id=organisation.tenant_id, tenant_name=organisation.tenant_name,
              connection_id=organisation.id, choices=[], linked_at=now, linked_by=actor.name, **token_fields)
        audit.record(actor, "xero.connected", "workspace", now, organisation=organisation.tenant_name)
    _after_connecting(parts, actor)
    return CONNECTED


def _after_connecting(parts: Parts, actor: Actor) -> None:
    """What is known about the organisation is fetched at once; a failure is told in its panel and undoes nothing."""
    try:
        reference_data.sync(parts, actor)
        numbering.move_past(client(parts))
    except AppError as error:
        log.warning("connected, but the first sync failed: %s", error.message)


def _save(**fields) -> None:
    XeroConnection.insert(id=1).on_conflict_ignore().execute()
    XeroConnection.update(**fields).where(XeroConnection.id == 1).execute()


# --- letting go -------------------------------------------------------------------------------


def disconnect(parts: Parts, actor: Actor) -> str:
    """Tells Xero to drop the connection and the token, clears them here, and says what came of it.

    The token is revoked only when it reaches no further organisation: revoking ends every
    connection this user gave to the app, another workspace's too (xero.md 1.7).
    """
    with xero_tokens.alone(parts):
        link = xero_tokens.row()
        if link.state == DISCONNECTED:
            raise NotConnected("Xero is not connected, so there is nothing to disconnect.")
        was_told = _tell_xero(lambda: _take_leave(parts, link))
        with write_txn():
            _save(state=DISCONNECTED, reason="", tenant_id="", tenant_name="", connection_id="", choices=[], scopes="",
                  linked_at=None, linked_by="", access_sealed=None, access_expires_at=None, refresh_sealed=None,
                  previous_refresh_sealed=None, refreshed_at=None, day_remaining=None, minute_remaining=None)
            audit.record(actor, "xero.disconnected", "workspace", parts.clock.now(), organisation=link.tenant_name)
    if was_told:
        return "Disconnected. Documents stay in Xero; history, mappings and settlements stay here."
    return ("Disconnected here, but Xero could not be told. One thing is left to do: in Xero, open Settings → "
            "Connected apps and disconnect TrueBooks there if it is still listed.")


def _take_leave(parts: Parts, link: XeroConnection) -> None:
    http, api = parts.xero_http(), parts.config.xero_api_url
    token = xero_tokens.last_token(parts, link)
    if link.connection_id:
        connections.delete(http, api, token, link.connection_id)
    if not connections.organisations(http, api, token):
        xero_tokens.sign_in(parts).revoke(xero_tokens.refresh_token(parts, xero_tokens.row()))


def _let_go(parts: Parts, tokens: Tokens) -> None:
    if tokens.refresh_token:
        _tell_xero(lambda: xero_tokens.sign_in(parts).revoke(tokens.refresh_token))


def _tell_xero(say) -> bool:
    """Whether Xero heard it; that it did not must not keep the user from going on."""
    try:
        say()
    except AppError as error:
        log.warning("Xero could not be told: %s", error.message)
        return False
    return True


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _verifier_place(state_hash: str) -> str:
    return f"oauth_attempt:{state_hash}:verifier_sealed"
