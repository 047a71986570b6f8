"""Connecting Xero: the card, the consent there and back, and choosing an organisation."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from models import JobRun, ListRead, XeroConnection
from services import (
    audit,
    numbers_taken,
    reference_data,
    xero_attempts,
    xero_farewell,
    xero_limits,
    xero_permissions,
    xero_tokens,
)
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError, Refused
from services.parts import Parts
from services.xero import connections
from services.xero.errors import SignInRefused, XeroError
from services.xero.oauth import Tokens
from services.xero.reference import ConnectionFacts
from services.xero_access import client
from services.xero_attempts import CallbackRefused
from services.xero_farewell import disconnect
from services.xero_tokens import CHOOSING, CONNECTED, DISCONNECTED, RECONNECT

__all__ = [
    "CHOOSING", "CONNECTED", "DISCONNECTED", "RECONNECT", "AuthorisationCancelled", "CallbackRefused", "Card",
    "Choice", "NoOrganisation", "OtherOrganisation", "begin", "card", "choose", "client", "disconnect", "finish",
]

log = logging.getLogger(__name__)

NO_ORGANISATION = (
    "No Xero organisation found for this Xero user. Create one in Xero (its Demo Company will do), or ask the owner "
    "of one to invite you as Standard user or Adviser; then press Connect Xero again."
)


class AuthorisationCancelled(AppError):
    """The user pressed Cancel at Xero."""


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
    day_remaining: int | None  # API calls left today, as Xero last said at limits_at
    reason: str
    choices: list[Choice]
    minute_remaining: int | None = None
    limits_at: datetime | None = None
    parked_until: datetime | None = None  # Xero takes no call before; None when it takes them now
    parked_words: str = ""
    lacks: str = ""  # permissions this workspace needs by now and did not ask for when it was connected

    @property
    def is_connected(self) -> bool:
        return self.state == CONNECTED


def card(parts: Parts) -> Card:
    link = xero_tokens.row()
    parked = xero_limits.parked(link, parts.clock.now())
    return Card(
        state=link.state, organisation=link.tenant_name, linked_at=link.linked_at, linked_by=link.linked_by,
        refreshed_at=link.refreshed_at, day_remaining=link.day_remaining, reason=link.reason,
        choices=[Choice(each["tenant_id"], each["tenant_name"]) for each in link.choices],
        minute_remaining=link.minute_remaining, limits_at=link.limits_at,
        parked_until=parked.until if parked else None, parked_words=parked.message if parked else "",
        lacks=xero_permissions.lacking_now(link) if link.state == CONNECTED else "")


# --- there and back ---------------------------------------------------------------------------


def begin(parts: Parts, actor: Actor, browser: str) -> str:
    """The address at Xero to send this browser to. ``browser``: an opaque id of the browser's session."""
    xero_farewell.finish(parts, wait=True)  # later it would take away what this sign-in brings
    ours = xero_attempts.start(parts, actor, browser)
    return xero_tokens.sign_in(parts).authorise_url(
        xero_permissions.asked_for(), ours.state, ours.nonce, ours.verifier)


def finish(parts: Parts, query: Mapping[str, str], browser: str, actor: Actor) -> str:
    """Xero's callback: "connected", or "choosing" when several organisations came with one consent.

    Raises AuthorisationCancelled, CallbackRefused, NoOrganisation, OtherOrganisation or a
    XeroError; whatever is raised, the connection is as it was before.
    """
    if query.get("error") == "access_denied" and "state" not in query:
        raise _cancelled()
    attempt = xero_attempts.take(parts, query, browser)
    if query.get("error") == "access_denied":
        raise _cancelled()
    if query.get("error") or not query.get("code"):
        raise CallbackRefused("Xero ended the sign-in without an authorisation. Nothing was changed; "
                              "press Connect Xero to try again.")
    try:
        tokens = xero_tokens.sign_in(parts).exchange(query, attempt.nonce, attempt.verifier)
        with _leaving_nothing_new(parts, tokens):
            _check_permissions(tokens)
            consent = connections.of_event(
                parts.xero_http(), parts.config.xero_api_url, tokens.access_token, tokens.event_id,
                tokens.issued)
            return _settle(parts, tokens, consent, actor)
    except XeroError as error:
        if not isinstance(error, SignInRefused):  # which says so itself
            error.message += " Nothing was changed here: press Connect Xero to start again."
        raise


@contextmanager
def _leaving_nothing_new(parts: Parts, tokens: Tokens) -> Iterator[None]:
    """What a refused sign-in newly brought is taken away at Xero again, but for what this workspace is tied to."""
    try:
        yield
    except AppError:
        link = xero_tokens.row()
        kept = {link.tenant_id, *(each["tenant_id"] for each in link.choices)}
        xero_farewell.let_go_of_what_came(parts, tokens, kept)
        raise


def _cancelled() -> AuthorisationCancelled:
    return AuthorisationCancelled("Authorisation cancelled. Nothing was changed; press Connect Xero to try again.")


def _check_permissions(tokens: Tokens) -> None:
    """A consent that leaves out what every post needs is no connection."""
    lacking = xero_permissions.lacking(tokens.scopes)
    if lacking or not tokens.refresh_token:
        asked = "; ".join(permission.asks for permission in lacking) or "to stay connected while you are away"
        raise CallbackRefused(f"Xero did not give TrueBooks all it asked for. Missing: {asked}. Nothing was changed; "
                              "press Connect Xero again and allow everything.")


# --- which organisation -----------------------------------------------------------------------


def _settle(parts: Parts, tokens: Tokens, consent: connections.Consent, actor: Actor) -> str:
    link = xero_tokens.row()
    found = consent.organisations
    if not found:
        raise _none_came(parts, tokens, link)
    if link.state in (CONNECTED, RECONNECT):
        found = [_the_same(link, consent)]
    if len(found) > 1:
        return _offer(parts, tokens, consent, actor)
    return _connect(parts, found[0], actor, tokens, consent.new)


def _none_came(parts: Parts, tokens: Tokens, link: XeroConnection) -> NoOrganisation:
    """Revoking would end every connection of this user, so it is done only where nothing is connected here."""
    if link.state in (CONNECTED, RECONNECT):
        return NoOrganisation(
            f"Xero named no organisation for this sign-in. Nothing was changed, and this workspace stays tied to "
            f"{link.tenant_name}. Press Reconnect Xero again, as a Xero user who may open {link.tenant_name}.")
    if link.state == DISCONNECTED:
        xero_farewell.let_go_of_token(parts, tokens)
    return NoOrganisation(NO_ORGANISATION)


def _the_same(link: XeroConnection, consent: connections.Consent) -> ConnectionFacts:
    """The organisation the workspace is tied to, unless Xero shows that another one was picked."""
    for each in consent.organisations:
        if each.tenant_id == link.tenant_id and (each in consent.touched or not consent.touched):
            return each
    names = " and ".join(each.tenant_name for each in consent.touched or consent.organisations)
    if names == link.tenant_name:
        raise OtherOrganisation(
            f"This workspace belongs to {names}, and you picked another organisation that is called {names} too: "
            "Xero's Demo Company becomes another one whenever it is reset. Nothing was changed. To post to the new "
            "one, press Disconnect first, then Connect Xero again.")
    raise OtherOrganisation(
        f"This workspace belongs to {link.tenant_name}, and you picked {names}. Nothing was changed. Connect again "
        f"and pick {link.tenant_name}; to change to another organisation, press Disconnect first.")


def _offer(parts: Parts, tokens: Tokens, consent: connections.Consent, actor: Actor) -> str:
    """The organisations to choose from; ``ours``: a consent given here was the first to let it in, so it is let
    go of if not chosen. One that an earlier choice offered, and this one does not, is let go of now."""
    before = _ours(xero_tokens.row())
    choices = [
        {"tenant_id": each.tenant_id, "tenant_name": each.tenant_name, "connection_id": each.id,
         "ours": each.id in consent.new | before}
        for each in consent.organisations]
    with xero_tokens.alone(parts), write_txn():
        _save(state=CHOOSING, choices=choices, linked_by=actor.name, **xero_tokens.sealed_fields(parts, tokens))
    xero_farewell.let_go_of(parts, tokens.access_token, before - {each.id for each in consent.organisations})
    return CHOOSING


def _ours(link: XeroConnection) -> set[str]:
    """The connections that consents given here let in, of those that stand to be chosen from."""
    return {each["connection_id"] for each in link.choices if each.get("ours")}


def choose(parts: Parts, tenant_id: str, actor: Actor) -> str:
    """Connects the organisation picked from the card's choices; Refused when it is not among them."""
    link = xero_tokens.row()
    picked = [each for each in link.choices if each["tenant_id"] == tenant_id]
    if link.state != CHOOSING or not picked:
        raise Refused("That organisation is not there to be chosen. Press Connect Xero to start again.")
    organisation = ConnectionFacts(picked[0]["connection_id"], tenant_id, picked[0]["tenant_name"], "ORGANISATION")
    return _connect(parts, organisation, actor)


def _connect(
    parts: Parts, organisation: ConnectionFacts, actor: Actor, tokens: Tokens | None = None,
    new: frozenset[str] = frozenset(),
) -> str:
    """Connects it; of what this or an earlier consent let in (``new``: connection ids) the rest is let go of."""
    now, others = parts.clock.now(), (_ours(xero_tokens.row()) | new) - {organisation.id}
    with xero_tokens.alone(parts), write_txn():
        _still_free_for(organisation, by_choice=tokens is None)
        _save(state=CONNECTED, reason="", tenant_id=organisation.tenant_id, tenant_name=organisation.tenant_name,
              connection_id=organisation.id, choices=[], linked_at=now, linked_by=actor.name, parked_until=None,
              parked_by=None, **(xero_tokens.sealed_fields(parts, tokens) if tokens else {}))
        JobRun.update(next_due=now).where(JobRun.next_due > now).execute()  # what waited goes on
        ListRead.delete().execute()  # what was known of another organisation's lists says nothing about this one's
        audit.record(actor, "xero.connected", "workspace", now, organisation=organisation.tenant_name)
    if others:  # they were let in and not taken
        xero_farewell.tell_xero(lambda: xero_farewell.let_go_of(parts, xero_tokens.access_token(parts), others))
    _after_connecting(parts, actor)
    _still_connected()
    return CONNECTED


def _still_free_for(organisation: ConnectionFacts, by_choice: bool) -> None:
    """Read again under the lock: another tab may have connected, chosen or disconnected meanwhile."""
    link = xero_tokens.row()
    if link.state in (CONNECTED, RECONNECT) and link.tenant_id not in ("", organisation.tenant_id):
        raise OtherOrganisation(
            f"This workspace was connected to {link.tenant_name} meanwhile, and you picked {organisation.tenant_name}. "
            "Nothing was changed. To change the organisation, disconnect first.")
    if by_choice and link.state != CHOOSING:
        raise Refused("That choice is over: the connection changed meanwhile. Press Connect Xero to start again.")


def _still_connected() -> None:
    """Raises NotConnected where the first look showed that the sign-in is dead, as after long choosing."""
    xero_tokens.require_connected(xero_tokens.row())


def _after_connecting(parts: Parts, actor: Actor) -> None:
    """What is known about the organisation is fetched at once; a failure is told in its panel and undoes nothing."""
    try:
        reference_data.sync(parts, actor)
        numbers_taken.move_past(client(parts), actor, parts.clock.now())
    except AppError as error:
        log.warning("connected, but the first sync failed: %s", error.message)


def _save(**fields) -> None:
    XeroConnection.insert(id=1).on_conflict_ignore().execute()
    XeroConnection.update(**fields).where(XeroConnection.id == 1).execute()
