"""One workspace and the processes that work on it: each moves only between two boundaries, as chance has it.

A boundary stands before and after each commit and each call. There another process may go on, time may
pass (a suspended machine: minutes), the disk may be full, the process may die. Processes are greenlets:
what runs is services/ as it is; only the line to Xero and the clock are simulated, and nothing sleeps.
"""

import json
import random
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

import greenlet
from peewee import OperationalError

from models import (
    AuditEntry,
    Batch,
    BatchRow,
    IntegrityRun,
    KeySeen,
    Lease,
    ListRead,
    Mapping,
    Organisation,
    Posting,
    Setting,
    Settlement,
    Workspace,
    XeroConnection,
    database,
)
from services import (
    batches,
    bookkeeping,
    document_states,
    integrity,
    keys_seen,
    leases,
    postings,
    stray_drafts,
    xero_connection,
)
from services.audit import Actor
from services.core import posting_states as states
from services.errors import AppError
from services.xero import many
from tests.simulations.posting_expectations import Choices, Expected, Watched, choices
from tests.simulations.posting_ledger import Ledger
from tests.simulations.posting_line import Line, Weather

BOOKS: dict[Choices, object] = {}
FIRST, OTHER = "first", "another"  # organisations
START = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DISK_FULL = "database or disk is full"
PERSON, JOB = Actor("person@example.com"), Actor("job: simulation")


class Violation(AssertionError):
    """Something that must never be so."""


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Process(greenlet.greenlet):
    """One process of TrueBooks, or one request in it."""

    def __init__(self, body: Callable[[], None], number: int, wakes_at: datetime):
        super().__init__(body)
        self.number, self.wakes_at, self.is_dead_here = number, wakes_at, False


class World:
    """The clock, the line, the processes and the rows of one seed; ``harm`` 0 means that nothing fails."""

    def __init__(self, seed: int, parts, harm: float, settlement_ids: list[str]):
        self.seed, self.chance = seed, random.Random(seed)
        self.parts, self.harm, self.settlement_ids = parts, harm, settlement_ids
        self.pauses = harm / 25  # of a suspended machine, at each boundary
        self.moment, self.hub = START, greenlet.getcurrent()
        self.processes: list[Process] = []
        self.started, self.gone = 0, set()
        self.tenant_id = FIRST
        self.lines = {tenant_id: self._line(place, tenant_id) for place, tenant_id in enumerate((FIRST, OTHER))}
        self.line = self.lines[FIRST]
        self.ledger = self.line.ledger  # of the first organisation, where hands are at work
        self.is_restless = self.chance.random() < 0.4  # people change settings and files between two presses
        self.weather = Weather(self.chance, START, 0.15 if harm else 0)
        self.expected: dict[tuple[str, str], Expected] = {}  # by settlement and plan: as it was at the press
        self.troubles: list[str] = []
        self.deeds: list[str] = []  # of a hand in Xero
        self.planted: set[str] = set()  # documents that TrueBooks did not make
        self.edited: set[str] = set()  # and such as a hand changed

    def _line(self, place: int, tenant_id: str) -> Line:
        return Line(Ledger(self.chance.random() < 0.3, place, self.now), self, self.chance, self.harm, tenant_id)

    def deliver(self) -> None:
        for line in self.lines.values():
            line.deliver()

    def client(self, parts) -> Line:
        """What services are given: the line to the organisation connected now."""
        self.weather.holds_back(self.moment)
        return self.lines[self.tenant_id]

    # --- time and turns ---------------------------------------------------------------------

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.boundary(seconds, calm=True)

    def boundary(self, seconds: float = 0.0, calm: bool = False) -> None:
        """Hands over; time passes, now and then a lot of it."""
        me = greenlet.getcurrent()
        pause = seconds + self.chance.uniform(0.001, 0.4)
        if not calm and self.chance.random() < self.pauses:
            pause += self.chance.uniform(60, 1000)
        if not isinstance(me, Process):
            self.moment += timedelta(seconds=pause)
            return
        if me.is_dead_here:
            raise Killed
        me.wakes_at = self.moment + timedelta(seconds=pause)
        self.hub.switch()
        if me.is_dead_here:
            raise Killed

    def die(self) -> None:
        me = greenlet.getcurrent()
        if isinstance(me, Process):
            me.is_dead_here = True
            self.gone.add(me.number)
            raise Killed

    def stop_all_others(self) -> None:
        for process in self.processes:
            if process is not greenlet.getcurrent():
                process.is_dead_here = True
                self.gone.add(process.number)

    def start(self, body: Callable[[], None], after: float = 0.0) -> None:
        self.started += 1
        number = self.started

        def to_its_end() -> None:
            try:
                if not greenlet.getcurrent().is_dead_here:
                    body()
            except Killed:
                pass
            except (AppError, OperationalError) as error:
                if isinstance(error, OperationalError) and str(error) != DISK_FULL:
                    raise
                self.troubles.append(str(error))

        self.processes.append(Process(to_its_end, number, self.moment + timedelta(seconds=after)))

    def run(self) -> None:
        """Until nobody is left."""
        while self.processes:
            following = min(self.processes, key=lambda each: (each.wakes_at, each.number))
            self.moment = max(self.moment, following.wakes_at)
            following.switch()
            died = following.dead and following.is_dead_here
            if following.dead:
                self.processes.remove(following)
            if died and self.harm and "old backup" not in self.deeds:
                for recover in (self.settle, self.work, self.repair):
                    self.start(recover, after=self.chance.uniform(1, 90))

    def number_now(self) -> int:
        me = greenlet.getcurrent()
        return me.number if isinstance(me, Process) else 0

    # --- what is done -------------------------------------------------------------------------

    def settle(self) -> None:
        postings.settle_all(self.parts, JOB)

    def work(self) -> None:
        batches.work(self.parts)

    def repair(self) -> None:
        """Carries on what the integrity tools were asked for."""
        if integrity.unfinished():
            integrity.work(self.parts)

    def refresh(self) -> None:
        """The daily look at what changed in Xero, and the button."""
        document_states.refresh(self.parts, JOB)

    def sweep(self) -> None:
        stray_drafts.sweep(self.parts, JOB)

    def settlement(self, index: int = 0) -> Settlement:
        return Settlement.get(Settlement.settlement_id == self.settlement_ids[index])

    def active(self, index: int = 0) -> Posting | None:
        return postings.active_posting(self.settlement(index))

    # --- what must have been kept before a call (I8) --------------------------------------------

    def intent_is_written(self, payload: str) -> None:
        element = next(iter(json.loads(payload).values()))[0]
        words = " ".join(str(element.get(name, "")) for name in ("Reference", "Narration", "InvoiceNumber"))
        for posting in Posting.select().where(Posting.state == states.INTENT):
            if posting.key in words and posting.sent_at:
                return
        if not any(key in words for key in self._overtaken_keys()):
            raise Violation("I8: a create without an intent")

    def _overtaken_keys(self) -> list[str]:
        """A process that slept through its lease may still send for a posting that has moved since."""
        return [posting.key for posting in Posting.select().where(Posting.sends > 0)]

    def change_was_intended(self, ledger: Ledger, to: str, document_id: str) -> None:
        document = ledger.documents.get(document_id)
        if to == "deleted" or document is None:
            return
        row = IntegrityRun.get_or_none(IntegrityRun.finished_at.is_null())
        if row and row.mode != integrity.REPAIR and not self.deeds_of_postings(document_id):
            raise Violation(f"a {row.mode} changes {document_id}")
        if self.deeds_of_postings(document_id) or self.deeds_of_repairs(document_id):
            return
        raise Violation(f"I8: {document_id} is {to} without an intent")

    def deeds_of_postings(self, document_id: str) -> bool:
        return any(document_id == posting.document_id or document_id in (posting.doomed or [])
                   for posting in Posting.select())

    def deeds_of_repairs(self, document_id: str) -> bool:
        return any(document_id in entry.facts["voids"]
                   for entry in AuditEntry.select().where(AuditEntry.action == "integrity.repairing"))

    # --- everything of the outside that is simulated ---------------------------------------------

    @contextmanager
    def patched(self):
        with ExitStack() as stack:
            def patch(where, name, what):
                stack.enter_context(mock.patch.object(where, name, what))

            patch(xero_connection, "client", self.client)
            patch(bookkeeping, "gather", self._read_once(bookkeeping.gather))
            patch(leases, "mark", lambda: f"sim/{self.number_now()}/1")
            patch(leases, "is_gone", lambda owner: int(owner.split("/")[1]) in self.gone and self.seed % 2 == 0)
            patch(leases, "kept", leases.held)  # how a lease is renewed is tested by itself
            patch(many, "listed", lambda line, *args, **named: line.listed(*args, **named))
            patch(many, "find", lambda line, *args: line.find(*args))
            patch(many, "by_ids", lambda line, *args: line.by_ids(*args))
            patch(many, "create", lambda line, *args: line.create_many(*args))
            patch(many, "change", lambda line, *args: line.change_many(*args))
            patch(database.obj, "atomic", self._commits(database.obj.atomic))
            yield self

    def _read_once(self, gather):
        """The workspace's books are read once for each of the choices in force; every plan is watched."""

        def read(only=None):
            chosen = choices()
            if chosen not in BOOKS:
                BOOKS[chosen] = gather()
            return Watched(BOOKS[chosen], chosen, self.expected)

        return read

    def _commits(self, real):
        @contextmanager
        def atomic(*args, **named):
            if database.in_transaction():  # nobody comes in between
                with real(*args, **named):
                    yield
                return
            self.boundary()
            me, spoiled = greenlet.getcurrent(), self.chance.random() < self.harm / 6
            kind = self.chance.choice(("kill before", "kill after", "disk full")) if spoiled else ""
            if kind == "kill before":
                self.die()
            with real(*args, **named):
                yield
                if kind == "disk full" and isinstance(me, Process):
                    raise OperationalError(DISK_FULL)
            if kind == "kill after":
                self.die()
            self.boundary()

        return atomic


def cleared() -> None:
    """The rows of the last seed are gone; settlements and reference data stay."""
    for table in (BatchRow, Batch, IntegrityRun, Posting, KeySeen, Lease, AuditEntry, Setting):
        table.delete().execute()
    connected(FIRST)
    ListRead.delete().where(ListRead.name == document_states.LIST).execute()
    ListRead.update(whole_at=START, changes_since=START).where(ListRead.name == keys_seen.LOOK).execute()
    Settlement.update(state="in_hand", state_reason="", doomed=None).execute()
    Mapping.update(account_code="401").where(Mapping.category == "SELLER_FEES").execute()
    Workspace.update(voided_numbers_held=False, next_number=20000, numbers_seen_in=FIRST).execute()


def connected(tenant_id: str) -> None:
    """That organisation is connected, and its lists (which are the same) were read."""
    XeroConnection.update(tenant_id=tenant_id, tenant_name=f"The {tenant_id} organisation").execute()
    Organisation.update(organisation_id=tenant_id).execute()
