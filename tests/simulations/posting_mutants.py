"""Each guard of posting taken out in turn: the simulation must see it."""

from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

from models import Posting
from services import (
    integrity_repair,
    integrity_scan,
    leases,
    posting_book,
    posting_intents,
    posting_tasks,
    postings,
    stray_drafts,
)
from services.core import posting_protocol, posting_states
from services.core.posting_moves import Sending, Standing
from services.core.posting_states import Decision
from services.errors import Refused
from tests.simulations import posting_directed, posting_line


def _no_look(self):
    return None
    yield


def _no_adopting(wanted, found, recorded=None, doomed=frozenset()):
    decision = posting_states.decide_as_it_is(wanted, found, recorded, doomed)
    return Decision(remove=tuple(each for each in decision.remove)) if decision.adopt else decision


@contextmanager
def without_lookup():
    with mock.patch.object(posting_protocol._Post, "take_what_is_there", _no_look):
        yield


@contextmanager
def without_adopting():
    with (mock.patch.object(posting_states, "decide_as_it_is", posting_states.decide, create=True),
          mock.patch.object(posting_states, "decide", _no_adopting)):
        yield


@contextmanager
def created_approved():
    """No harmless draft first: the create itself makes the approved document."""
    real = posting_line.Line.__init__

    def init(self, *args):
        real(self, *args)
        self.creates_status = "AUTHORISED"

    with mock.patch.object(posting_line.Line, "__init__", init):
        yield


@contextmanager
def without_lease():
    with mock.patch.object(leases, "claim", lambda *_: "sim/0/1"), mock.patch.object(leases, "extend", lambda *_: True):
        yield


@contextmanager
def without_frozen_payload():
    """Every send plans anew, with the mappings as they are by then."""
    real = posting_book.Book.keep

    def keep(self, what):
        if isinstance(what, Sending):
            posting = Posting.get_by_id(self.posting_id)
            plan = postings.bookkeeping.gather().plan(posting.settlement)
            frozen = posting_intents._frozen(posting.settlement, plan)
            Posting.update(payload=frozen["payload"], plan=frozen["plan"], tax=frozen["tax"]).where(
                Posting.id == self.posting_id).execute()
        return real(self, what)

    with mock.patch.object(posting_book.Book, "keep", keep):
        yield


@contextmanager
def without_every_line():
    """The last line is lost between the plan and the payload, and the total follows it."""
    real = posting_intents._frozen

    def frozen(settlement, plan):
        last = plan.document_lines[-1]
        lines = tuple(line for line in plan.lines if line is not last)
        return real(settlement, replace(plan, lines=lines, total=plan.total - last.gross)) | {"plan_hash": plan.hash}

    with mock.patch.object(posting_intents, "_frozen", frozen):
        yield


@contextmanager
def without_remembering_ends():
    """A document whose voiding was begun may be taken for the settlement again."""
    real = posting_protocol.states.decide

    def decide(wanted, found, recorded=None, doomed=frozenset()):
        return real(wanted, found, recorded, frozenset())

    with mock.patch.object(posting_protocol.states, "decide", decide):
        yield


@contextmanager
def without_compare_and_set():
    """A commit is made whoever made one since, wherever the posting is by then, and whichever document it names."""

    def move(self, expected, *conditions, **fields):
        Posting.update(**fields).where(Posting.id == self.posting_id).execute()
        return Standing(True, Posting.get_by_id(self.posting_id).document_id)

    with mock.patch.object(posting_book.Book, "_move", move):
        yield


@contextmanager
def without_sweeper():
    with mock.patch.object(stray_drafts, "sweep", lambda *_: 0):
        yield


@contextmanager
def without_every_list():
    """Looked up only where the settlement would be posted now."""
    with mock.patch.object(posting_tasks, "kinds", lambda settlement, had=(): (
            ("credit_note", "invoice") if settlement.total < 0 else ("invoice",))):
        yield


@contextmanager
def without_the_organisation():
    """A posting is taken to be in whichever organisation is connected; so it is as if it had no other."""
    real = integrity_scan.scan

    def scan(client, progress=lambda documents: None):
        Posting.update(tenant_id=client.tenant_id).execute()
        return real(client, progress)

    with mock.patch.object(integrity_scan, "scan", scan):
        yield


@contextmanager
def without_looking_again():
    """A repair does what the scan said, whatever was done to the settlement since."""
    def as_it_was(self, seen):
        posting = Posting.get_or_none(Posting.active == self.settlement.id) if self.settlement else None
        if posting is None and self.finding.kind in ("voided", "missing", "changed"):
            raise Refused("There is nothing left to bring into line.")
        return posting

    with mock.patch.object(integrity_repair._Repair, "_as_it_was", as_it_was):
        yield


HARMS = (0.0, 0.25, 0.45, 0.25)  # in turn: some guards are only missed where nothing else fails
MUTANTS = {
    "lookup": without_lookup, "adopt": without_adopting, "compare-and-set": without_compare_and_set,
    "approve by id (create approved at once)": created_approved, "lease": without_lease,
    "frozen payload": without_frozen_payload, "every line": without_every_line,
    "ends are remembered": without_remembering_ends,
    "sweeper": without_sweeper, "repair looks again": without_looking_again,
    "every list": without_every_list, "the organisation": without_the_organisation,
}  # fmt: skip


def directed(workspaces, guard: str, mutant=mock.MagicMock) -> str:
    """What the guard's directed schedule sees."""
    kind, schedule = posting_directed.DIRECTED[guard]
    with mutant():
        return posting_directed.seen(workspaces.world(kind, 0, 0.0), schedule)


def show(workspaces, kind: str, seeds: int, run_seed) -> None:
    """A table: the guard taken out, how many seeds saw it, and the first of them with what it saw."""
    for name in posting_directed.DIRECTED:
        told = [directed(workspaces, name, mutant) or "nothing" for mutant in (mock.MagicMock, MUTANTS[name])]
        print(f"| {name} | its own schedule | with it: {told[0]}; without: {told[1]} |", flush=True)
    for name, mutant in {"(none)": mock.MagicMock, **MUTANTS}.items():
        seen = seen_by(workspaces, kind, seeds, run_seed, mutant)
        first = next(iter(seen.items()), ("–", "not seen"))
        print(f"| {name} | {len(seen)} of {seeds} | seed {first[0]}: {first[1]} |", flush=True)


def seen_by(workspaces, kind: str, seeds: int, run_seed, mutant) -> dict[int, str]:
    """Seed → what was violated."""
    with mutant():
        told = {seed: run_seed(workspaces, kind, seed, HARMS[seed % 4]) for seed in range(seeds)}
    return {seed: wrong for seed, wrong in told.items() if wrong}
