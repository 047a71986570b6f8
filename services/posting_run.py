"""Carries one posting through: drives its run, asks Xero, keeps each step; one runner at a time.

The protocol is in services/core/posting_protocol.py, its reasons in docs/architecture.md ("Posting").
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import Posting, Settlement
from services import posting_asks, posting_organisation, xero_connection
from services.audit import Actor
from services.core import posting_states as states
from services.core.posting_moves import Ask, Failed, Record, Silent, Waiting
from services.core.posting_protocol import script
from services.errors import NotConnected
from services.leases import extend, held, is_held
from services.parts import Parts
from services.posting_book import Book
from services.posting_tasks import task
from services.xero.errors import XeroError

LEASE_SECONDS = 180  # longer than any call with its time-outs
RENEWED_SECONDS_BEFORE = 90
# At another runner's work: more and more seldom, some twenty seconds in all; then it is left to it.
PAUSES = tuple(min(0.1 * 1.2**look, 1.0) for look in range(28))


class LostTheLease(Exception):
    """Another runner may be at it: this one sends nothing more."""


def lease_name(settlement: Settlement) -> str:
    return f"posting:{settlement.settlement_id}"


def run(parts: Parts, posting_id: int, actor: Actor, patient: bool = False) -> bool:
    """Carries the posting as far as it goes; True when its document was found made already.

    One runner at a time (a lease): while another has it, this one waits for what comes of it.
    ``patient``: what cannot be begun now waits; otherwise it fails in words, for the person who
    is waiting. Raises NotConnected or XeroError when no call can be made at all.
    """
    xero_connection.client(parts)  # said before anything is begun
    name = lease_name(Posting.get_by_id(posting_id).settlement)
    for pause in PAUSES:
        if not is_held(name, parts.clock.now()):
            with held(name, parts.clock, LEASE_SECONDS) as owner:
                posting = Posting.get_by_id(posting_id)
                if owner and posting.state in states.UNSETTLED:
                    return Runner(parts, posting, actor, owner, patient).carry_on()
        if _is_settled(posting_id):
            return False
        parts.clock.sleep(pause)
    return False


def _is_settled(posting_id: int) -> bool:
    """Asked again and again by whoever waits for another runner: one column, not the payload."""
    return Posting.select(Posting.state).where(Posting.id == posting_id).scalar() not in states.UNSETTLED


class Runner:
    """One run over one posting, by one actor, under one lease."""

    def __init__(self, parts: Parts, posting: Posting, actor: Actor, owner: str, patient: bool):
        self.parts, self.posting, self.owner, self.patient = parts, posting, owner, patient
        self.book = Book(parts, posting, actor)
        self.client = xero_connection.client(parts)
        posting_organisation.check(posting)
        self.until: datetime = parts.clock.now() + timedelta(seconds=LEASE_SECONDS)
        self.adopted = False

    def carry_on(self) -> bool:
        drive(script(task(self.posting), self.parts.clock.now), self.reply)
        return self.adopted

    def reply(self, move: Any) -> Any:
        if isinstance(move, Ask):
            return self.ask(move)
        if isinstance(move, Waiting) and move.sure and not self.patient:
            move = Failed(f"{move.reason} Nothing was posted: post it again when this is over.")
        self.adopted |= isinstance(move, Record) and move.adopted
        return self.book.keep(move)

    def ask(self, ask: Ask) -> Any:
        try:
            self.stay_the_only_one()
            return posting_asks.answer(self.client, ask, self.posting.id)
        except (NotConnected, XeroError) as error:
            return Silent(error.message, sent=False)

    def stay_the_only_one(self) -> None:
        """A machine that was suspended finds its lease gone; the compare-and-set would stop it later."""
        now = self.parts.clock.now()
        if now + timedelta(seconds=RENEWED_SECONDS_BEFORE) < self.until:
            return
        if not extend(lease_name(self.posting.settlement), self.owner, now, LEASE_SECONDS):
            raise LostTheLease
        self.until = now + timedelta(seconds=LEASE_SECONDS)


def drive(run_of: Any, reply: Callable[[Any], Any]) -> None:
    """Sends a run the answer to all it yields until it ends, or until the lease is lost."""
    try:
        move = next(run_of)
        while True:
            move = run_of.send(reply(move))
    except (StopIteration, LostTheLease):
        run_of.close()
