"""Every live cell of the fault matrix: what strikes at which step, and what must come of it.

Cells that cannot occur here: a lookup is never *late* (a read that arrives late does nothing); nothing but a
create and a change is refused with 400; there is no step that verifies an approval apart (its own answer is the
verification, S8); the token is refreshed by one at a time (tests/services/test_xero_tokens.py, S3).
Cells held elsewhere are named in HELD_ELSEWHERE. How kinds differ, and faults in combination, is the simulation's.
"""

import re
from pathlib import Path

import pytest
import requests
import urllib3
from peewee import OperationalError

from app import assemble
from commands import consent
from models import Posting, XeroConnection, database
from services import posting_asks, posting_intents, postings, stray_drafts
from services.clock import FixedClock
from services.core.posting_moves import Record
from services.posting_book import Book
from tests.conftest import NOON, make_config
from tests.xero_world import ANN, World

STEPS = {
    "look up": ("GET", "Invoices"), "create": ("PUT", "Invoices"), "approve": ("POST", "Invoices/*"),
    "void": ("POST", "Invoices/*"),
}  # fmt: skip

# What the person is told at once, and what becomes of it. (first outcome, stored state of the settlement)
GOES_ON = "it goes on as if nothing had been"  # asked again, signed in anew, or looked up what became of it
UNSURE = "unsure, and settled by itself once Xero is well"
TOLD = "told that nothing was posted, and the next press posts"

MATRIX = {  # fault: (look up, create, approve, void)
    "drop_before": (GOES_ON, UNSURE, UNSURE, UNSURE),
    "drop_after": (GOES_ON, GOES_ON, GOES_ON, UNSURE),
    "late": (None, UNSURE, UNSURE, UNSURE),
    "429_minute": (TOLD, TOLD, UNSURE, UNSURE),
    "429_day": (TOLD, TOLD, UNSURE, UNSURE),
    "429_concurrent": (GOES_ON, TOLD, UNSURE, UNSURE),
    "429_appminute": (TOLD, TOLD, UNSURE, UNSURE),
    "500_before": (TOLD, UNSURE, UNSURE, UNSURE),
    "500_after": (TOLD, GOES_ON, GOES_ON, UNSURE),
    "502": (TOLD, UNSURE, UNSURE, UNSURE),
    "503": (GOES_ON, UNSURE, UNSURE, UNSURE),
    "truncated": (TOLD, GOES_ON, GOES_ON, UNSURE),
    "html": (TOLD, GOES_ON, GOES_ON, UNSURE),
    "401_expired": (GOES_ON, GOES_ON, GOES_ON, GOES_ON),
    "disconnected": (TOLD, TOLD, UNSURE, UNSURE),
    "revoked": (TOLD, TOLD, UNSURE, UNSURE),
}
CELLS = [
    pytest.param(fault, step, reaction, id=f"{fault} at {step}: {reaction}")
    for fault, row in MATRIX.items() for step, reaction in zip(STEPS, row, strict=True) if reaction
]  # fmt: skip
WORDS = {  # of the reason the person reads while it is unsure, or when told
    "drop_before": "did not answer", "drop_after": "did not answer", "late": "did not answer",
    "429_minute": "calls a minute", "429_day": "daily limit", "429_concurrent": "busy with other calls",
    "429_appminute": "calls a minute", "500_before": "error of its own", "500_after": "error of its own",
    "502": "error of its own", "503": "offline for the moment", "truncated": "cannot read", "html": "cannot read",
    "disconnected": "Reconnect Xero", "revoked": "Reconnect Xero",
}  # fmt: skip
HELD_ELSEWHERE = {
    "400 at create, the number is a stranger's": "test_a_number_taken_by_a_stranger_is_given_up_and_said",
    "400 at approve, the period is locked": "test_a_refused_approval_leaves_no_draft_behind",
    "400 at void, the period is locked": "test_a_locked_period_stops_the_rollback_and_nothing_changes",
    "two presses at once": "test_ten_presses_at_once_make_one_document",
    "an older backup restored": "test_a_document_of_ours_from_a_lost_database_is_adopted",
    "the create fails for ever": "test_a_create_that_never_arrives_fails_in_words_in_the_end",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One connected and mapped workspace for all cells; each posts a settlement of its own."""
    parts = assemble(make_config(tmp_path_factory.mktemp("matrix") / "data"), FixedClock(NOON))
    with database.connection_context():
        world = World(parts)
        world.limits(minute=100_000, day=1_000_000)
        world.connect_and_map()
        yield world
    database.close()


@pytest.fixture
def world(shared):
    yield shared
    shared.no_faults()
    well_again(shared)


def well_again(world) -> None:
    """The fault is over: reconnected where it cost the connection, and the limits' hours have passed."""
    world.no_faults()
    world.parts.clock.advance(hours=25)
    if XeroConnection.get_by_id(1).state != "connected":
        consent.connect(world.parts, "")


def settled(world) -> None:
    """The jobs have run; whatever was late has arrived and was swept."""
    for _ in range(3):
        world.parts.clock.advance(seconds=31)
        postings.settle_all(world.parts, ANN)
    world.parts.clock.advance(minutes=40)
    stray_drafts.sweep(world.parts, ANN)


def stands_posted(world, settlement_id: str, number: str) -> None:
    """One document, approved, under its number, named by the posting, and nothing left to say."""
    row, posting = world.stored(settlement_id), postings.active_posting(world.stored(settlement_id))
    (document,) = world.documents(settlement_id)
    assert (document.status, document.number, document.id) == ("AUTHORISED", number, posting.document_id)
    assert (posting.state, row.state, row.state_reason) == ("posted", "posted", "")
    assert f"{document.total:.2f}" == "102.00" and row.number == number


def stands_rolled_back(world, settlement_id: str, number: str) -> None:
    row = world.stored(settlement_id)
    assert world.documents(settlement_id) == [] and postings.active_posting(row) is None
    assert (row.state, row.number) == ("draft", number)


# --- the line to Xero ---------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "step", "reaction"), CELLS)
def test_a_fault_at_a_step(world, monkeypatch, fault, step, reaction):
    settlement_id = world.settlement()
    number = world.stored(settlement_id).number
    press, done, stands = postings.post, "posted", stands_posted
    if step == "void":
        postings.post(world.parts, settlement_id, ANN)
        press, done, stands = postings.roll_back, "rolled_back", stands_rolled_back
    world.fault(*STEPS[step], fault)
    with world.counted(monkeypatch) as calls:
        outcome = press(world.parts, settlement_id, ANN)
    created = [method for method, _ in calls].count("PUT")
    assert created <= (2 if fault == "401_expired" else 1), "nothing is sent twice before Xero was asked"
    assert outcome.outcome == {GOES_ON: done, UNSURE: "unsure", TOLD: "failed"}[reaction]
    if reaction == GOES_ON:
        stands(world, settlement_id, number)
        return
    assert WORDS[fault] in outcome.reason and WORDS[fault] in world.stored(settlement_id).state_reason
    well_again(world)
    if reaction == TOLD:
        assert "Nothing was posted" in outcome.reason and world.documents(settlement_id) == []
        assert press(world.parts, settlement_id, ANN).outcome == done
    settled(world)
    stands(world, settlement_id, number)


def test_an_unsafe_line_sends_nothing_and_says_so(world, monkeypatch):
    """TLS that cannot be trusted: abort at the look-up, before anything is sent."""
    settlement_id = world.settlement()
    assert world.documents(settlement_id) == []  # signed in: what follows is refused at the look-up

    def untrusted(*args, **named):
        refused = urllib3.exceptions.SSLError("certificate verify failed")
        raise requests.exceptions.ConnectTimeout(refused)

    with monkeypatch.context() as patch:
        patch.setattr(requests.Session, "send", untrusted)
        outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "Nothing was posted" in outcome.reason
    assert world.documents(settlement_id) == []


# --- this side ----------------------------------------------------------------------------------


class Killed(BaseException):
    """kill -9: nothing of the process runs any more."""


BOUNDARIES = (
    "the look-up", "noting the create", "the create", "noting its id", "the approval", "noting that it is posted",
)  # fmt: skip


def boundary_of(what) -> str:
    """The name of the step that an ask or an entry is; empty where it is none of a plain post's."""
    name = type(what).__name__
    if isinstance(what, Record):
        return {"drafted": "noting its id", "posted": "noting that it is posted"}[what.state]
    if name == "Change":
        return {"approved": "the approval", "voided": "the void"}.get(what.to, "")
    return {"LookUp": "the look-up", "Sending": "noting the create", "Create": "the create",
            "RolledBack": "noting that it is rolled back"}.get(name, "")


def struck(patch, where: str, when: str, blow) -> None:
    """``blow`` falls just before or just after the boundary, once."""
    left = [blow]

    def around(real, what, *args):
        mine = left and boundary_of(what) == where
        if mine and when == "before":
            raise left.pop()
        answer = real(*args)
        if mine and when == "after":
            raise left.pop()
        return answer

    keep, answer = Book.keep, posting_asks.answer
    patch.setattr(Book, "keep", lambda self, what: around(keep, what, self, what))
    patch.setattr(posting_asks, "answer", lambda client, ask, row: around(answer, ask, client, ask, row))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("where", BOUNDARIES)
def test_killed_beside_a_step_the_next_start_carries_it_through(world, monkeypatch, where, when):
    settlement_id = world.settlement()
    number = world.stored(settlement_id).number
    with monkeypatch.context() as patch:
        struck(patch, where, when, Killed())
        with pytest.raises(Killed):
            postings.post(world.parts, settlement_id, ANN)
    assert len(world.documents(settlement_id)) <= 1
    settled(world)
    stands_posted(world, settlement_id, number)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("where", ["the void", "noting that it is rolled back"])
def test_killed_beside_a_step_of_a_rollback_the_next_start_carries_it_through(world, monkeypatch, where, when):
    settlement_id = world.settlement()
    number = postings.post(world.parts, settlement_id, ANN).number
    with monkeypatch.context() as patch:
        struck(patch, where, when, Killed())
        with pytest.raises(Killed):
            postings.roll_back(world.parts, settlement_id, ANN)
    settled(world)
    stands_rolled_back(world, settlement_id, number)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_beside_the_intent_there_is_nothing_or_all_of_it(world, monkeypatch, when):
    settlement_id = world.settlement()
    number, real = world.stored(settlement_id).number, posting_intents.start

    def start(*args):
        if when == "after":
            real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(postings, "start", start)
        with pytest.raises(Killed):
            postings.post(world.parts, settlement_id, ANN)
    assert world.documents(settlement_id) == []
    settled(world)
    if when == "before":
        assert world.status(settlement_id) == "ready" and world.documents(settlement_id) == []
    else:
        stands_posted(world, settlement_id, number)


@pytest.mark.parametrize("words", ["database or disk is full", "database is locked"])
@pytest.mark.parametrize("where", ["noting the create", "noting its id", "noting that it is posted"])
def test_a_commit_that_fails_is_made_up_for(world, monkeypatch, where, words):
    settlement_id = world.settlement()
    number = world.stored(settlement_id).number
    with monkeypatch.context() as patch:
        struck(patch, where, "before", OperationalError(words))
        with pytest.raises(OperationalError):
            postings.post(world.parts, settlement_id, ANN)
    assert len(world.documents(settlement_id)) <= 1
    settled(world)
    stands_posted(world, settlement_id, number)


def test_a_paid_document_of_other_figures_that_turns_up_beside_an_approved_one_is_told_and_ours_is_kept(
    world, monkeypatch
):
    settlement_id = world.settlement()
    with monkeypatch.context() as patch:
        struck(patch, "noting that it is posted", "before", Killed())
        with pytest.raises(Killed):
            postings.post(world.parts, settlement_id, ANN)
    posting = postings.active_posting(world.stored(settlement_id))
    theirs = world.client().create_document("invoice", posting.payload.replace(posting.number, "INV-7"), "theirs")
    line = {"Description": "Everything", "Quantity": 1, "UnitAmount": "9.00", "AccountCode": "200", "TaxType": "NONE"}
    world.edit(theirs.id, LineItems=[line])
    world.client().approve("invoice", theirs.id)
    world.pay(theirs.id)
    settled(world)
    posting = postings.active_posting(world.stored(settlement_id))
    mine = world.client().get_document("invoice", posting.document_id)
    assert (posting.state, mine.status) == ("posted", "AUTHORISED")
    assert "INV-7 for this settlement too, and it is paid" in world.stored(settlement_id).state_reason


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_while_a_create_is_unanswered_doubles_nothing_and_delays_little(world, hours):
    settlement_id = world.settlement()
    number = world.stored(settlement_id).number
    world.fault("PUT", "Invoices", "drop_before")
    assert postings.post(world.parts, settlement_id, ANN).outcome == "unsure"
    world.parts.clock.advance(hours=hours)
    settled(world)
    stands_posted(world, settlement_id, number)
    if hours < 0:
        world.parts.clock.advance(hours=2)


# --- the matrix itself --------------------------------------------------------------------------


def test_what_is_held_elsewhere_is_there():
    tests = (Path(__file__).parent / "test_postings.py").read_text(encoding="utf-8")
    there = set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE))
    assert set(HELD_ELSEWHERE.values()) <= there


def test_every_fault_that_xero_can_be_told_to_have_is_in_the_matrix():
    from sandbox.xero.faults import faults

    assert set(faults()) - {"slow"} == set(MATRIX)  # a slow answer is an answer; time-outs are drops


def test_no_posting_was_left_half_way(shared):
    assert not Posting.select().where(Posting.state.in_(["intent", "drafted", "voiding"])).exists()
