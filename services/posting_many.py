"""Carries many postings through in step: each follows its own protocol, and what they ask alike goes in one call."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from models import Posting
from services import leases, posting_asks, posting_organisation, xero_connection
from services.audit import Actor
from services.core import posting_states as states
from services.core.posting_moves import Ask, Change, Create, LookUp, Record, Refused, Script, Silent
from services.core.posting_protocol import script
from services.errors import NotConnected
from services.parts import Parts
from services.posting_asks import answered, found, refused
from services.posting_book import Book
from services.posting_run import LEASE_SECONDS, lease_name
from services.posting_tasks import task
from services.xero import many
from services.xero.errors import Rejected, XeroError

FEW = 3  # looked up one by one: cheaper than reading the list
ORDER = ("LookUp", "Numbered", "Fetch", "renamed", "deleted", "voided", "Create", "approved")


class OneOfMany:
    """One posting's run among the others."""

    def __init__(self, parts: Parts, posting: Posting, actor: Actor, owner: str):
        self.posting_id, self.lease, self.owner = posting.id, lease_name(posting.settlement), owner
        self.book = Book(parts, posting, actor)
        self.run: Script = script(task(posting), parts.clock.now)
        self.adopted = False
        self.asks: Ask | None = None

    def go_on(self, answer: Any = None) -> None:
        """Keeps what is to be kept, up to the next thing it asks of Xero; ``asks`` is None once it has ended."""
        try:
            move = self.run.send(answer)
            while not isinstance(move, Ask):
                self.adopted |= isinstance(move, Record) and move.adopted
                move = self.run.send(self.book.keep(move))
            self.asks = move
        except StopIteration:
            self.asks = None


def carry_on(parts: Parts, postings: Iterable[Posting], actor: Actor, ended: Callable[[OneOfMany], None]) -> None:
    """Carries all of them as far as they go; those that another runner has are left to it.

    ``ended`` hears of each as soon as its run is over. Raises NotConnected or XeroError when no
    call can be made at all.
    """
    client = xero_connection.client(parts)
    runs = [run for posting in postings if (run := _taken_up(parts, posting, actor))]
    try:
        _in_step(parts, client, runs, ended)
    finally:
        for run in runs:
            leases.release(run.lease, run.owner)


def _taken_up(parts: Parts, posting: Posting, actor: Actor) -> OneOfMany | None:
    owner = leases.claim(lease_name(posting.settlement), parts.clock.now(), LEASE_SECONDS)
    if owner is None:
        return None
    posting = Posting.get_by_id(posting.id)
    if posting.state in states.UNSETTLED and not posting_organisation.elsewhere(posting):
        return OneOfMany(parts, posting, actor, owner)
    leases.release(lease_name(posting.settlement), owner)
    return None


def _in_step(parts: Parts, client: Any, runs: list[OneOfMany], ended: Callable) -> None:
    for run in runs:
        run.go_on()
    waiting = _still_asking(runs, ended)
    while waiting:
        alike = _alike(waiting)
        alike = [run for run in alike if _keeps_its_lease(parts, run)]
        for run, answer in _answers(client, alike):
            run.go_on(answer)
        waiting = _still_asking(waiting, ended)


def _still_asking(runs: list[OneOfMany], ended: Callable) -> list[OneOfMany]:
    for run in runs:
        if run.asks is None:
            ended(run)
    return [run for run in runs if run.asks is not None]


def _keeps_its_lease(parts: Parts, run: OneOfMany) -> bool:
    """A run whose lease is gone sends nothing more: another runner may be at it."""
    if leases.extend(run.lease, run.owner, parts.clock.now(), LEASE_SECONDS):
        return True
    run.run.close()
    run.asks = None
    return False


def _alike(runs: list[OneOfMany]) -> list[OneOfMany]:
    """Those that ask the earliest kind of thing; as many as go into one write."""
    first = min(runs, key=lambda run: ORDER.index(_name(run.asks)))
    same = [run for run in runs if _group(run.asks) == _group(first.asks)]
    return same if isinstance(first.asks, LookUp) else same[:many.MOST_TO_A_WRITE]


def _name(ask: Ask) -> str:
    return ask.to if isinstance(ask, Change) else type(ask).__name__


def _group(ask: Ask) -> tuple:
    return (_name(ask), "" if isinstance(ask, LookUp) else ask.kind)


def _answers(client: Any, alike: list[OneOfMany]) -> list[tuple[OneOfMany, Any]]:
    try:
        if not alike:
            return []
        if isinstance(alike[0].asks, LookUp):
            found_there = _look(client, [run.asks for run in alike])
            return [(run, found_there[run.asks.key]) for run in alike]
        if isinstance(alike[0].asks, Create | Change) and len(alike) > 1:
            return list(zip(alike, _write(client, alike), strict=True))
        return [(run, posting_asks.answer(client, run.asks, run.posting_id)) for run in alike]
    except (NotConnected, XeroError) as error:
        return [(run, Silent(error.message, sent=False)) for run in alike]


def _look(client: Any, asks: list[LookUp]) -> dict[str, Any]:
    """The documents of each key, every list read once; one that cannot be read leaves all of them unanswered."""
    there: dict[str, list] = {ask.key: [] for ask in asks}
    for kind in sorted({kind for ask in asks for kind in ask.kinds}):
        keys = [ask.key for ask in asks if kind in ask.kinds]
        answer = answered(lambda kind=kind, keys=keys: _of_list(client, kind, keys), writes=False)
        if isinstance(answer, Silent | Refused):
            return dict.fromkeys(there, answer)
        for key, documents in answer.items():
            there[key] += [found(each) for each in documents if each.kind in many.RESOURCES]
    return there


def _of_list(client: Any, kind: str, keys: list[str]) -> dict[str, list]:
    if len(keys) <= FEW:
        return {key: client.find_documents(kind, key) for key in keys}
    return many.find(client, kind, keys)


def _write(client: Any, alike: list[OneOfMany]) -> list[Any]:
    """One call for all; where Xero refuses the call as a whole, each alone."""
    ask = alike[0].asks
    if isinstance(ask, Create):
        bodies = [Posting.get_by_id(run.posting_id).payload for run in alike]
        answer = answered(lambda: many.create(client, ask.kind, bodies, secrets.token_hex(16)))
    else:
        named = [(run.asks.document_id, run.asks.number) for run in alike]
        answer = answered(lambda: many.change(client, ask.to, ask.kind, named))
    if isinstance(answer, Refused):
        return [posting_asks.answer(client, run.asks, run.posting_id) for run in alike]
    if isinstance(answer, Silent):
        return [answer] * len(alike)
    return [refused(each) if isinstance(each, Rejected) else found(each) for each in answer]
