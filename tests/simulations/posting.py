"""Posting under every fault: two people and the jobs, kills, silence, late requests, a full disk, a hand in Xero.

``bin/simulate posting --kind invoice --seeds 20000 --resume`` (kinds: invoice, credit_note, bill,
manual_journal, draft, bulk); ``--seed N`` replays one; ``--mutants`` takes each guard out in turn and shows
how many seeds see it. Invariants I1–I9 are held after everything has come to rest.
"""

import argparse
import json
import sys
import tempfile
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from unittest import mock

from app import assemble
from models import Batch, BatchRow, Mapping, Posting, Setting, Settlement, database
from services import batches, posting_intents, postings
from services.clock import FixedClock
from services.core import posting_states as states
from services.posting_asks import found
from services.posting_tasks import wanted
from services.xero.documents import Document, DocumentLine
from services.xero.errors import XeroError
from tests import xero_world
from tests.conftest import make_config
from tests.simulations import posting_mutants
from tests.simulations.posting_world import PERSON, START, Violation, World, cleared
from tests.xero_world import ADS, FEE, SALE

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "simulations"
KINDS = ("invoice", "credit_note", "bill", "manual_journal", "draft", "bulk")
SETTINGS = {
    "bill": {"negative_as": "bill"}, "manual_journal": {"post_as": "manual_journal", "clearing_account": "610"},
    "draft": {"document_status": "draft"},
}  # fmt: skip
HARM = 0.25
STALLS = 0.15  # how often a machine is suspended where it often is
ROUNDS = 15  # of a minute each: I4


class Workspaces:
    """One workspace, used for seed after seed."""

    def __init__(self, folder: Path):
        self.parts = assemble(make_config(folder / "data"), FixedClock(START))
        database.connect(reuse_if_open=True)
        database.execute_sql("pragma synchronous = off")  # the disk is not what is simulated
        made = xero_world.World(self.parts)
        made.connect_and_map()
        self.positive = [made.settlement((SALE, "120.00"), (FEE, "-18.00")) for _ in range(3)]
        self.negative = [made.settlement((SALE, "12.00"), (FEE, "-3.00"), (ADS, "-30.00")) for _ in range(3)]
        self.numbers = {row.settlement_id: row.number for row in Settlement.select()}

    def world(self, kind: str, seed: int, harm: float) -> World:
        cleared()
        for settlement_id, number in self.numbers.items():
            Settlement.update(number=number).where(Settlement.settlement_id == settlement_id).execute()
        for name, value in SETTINGS.get(kind, {}).items():
            Setting.create(name=name, value=value, changed_at=START, changed_by="simulation")
        ids = self.negative if kind in ("credit_note", "bill") else self.positive
        parts = self.parts
        world = World(seed, parts, harm, ids)
        world.kind = kind
        world.parts = type(parts)(parts.config, world, parts.xero_http)
        return world

    def close(self) -> None:
        database.close()


# --- one seed ------------------------------------------------------------------------------------


def play(world: World) -> None:
    """Two people press, a hand in Xero meddles, jobs run; then all comes to rest and is held to account."""
    chance = world.chance
    with world.patched(), remembering_previews(world):
        for _ in range(2):
            press = selected if world.kind == "bulk" else person
            world.start(lambda press=press: press(world), after=chance.uniform(0, 3))
        for minute in range(chance.randint(0, 4)):
            for job in (world.settle, world.work):
                world.start(job, after=60 * minute + chance.uniform(0, 60))
        if world.harm:
            if chance.random() < 0.3:
                world.start(lambda: meddle(world), after=chance.uniform(0, 90))
            if chance.random() < 0.1:
                world.start(world.sweep, after=chance.uniform(0, 300))
        world.run()
        come_to_rest(world)
        hold_to_account(world)


def person(world: World) -> None:
    """A press or three, as people do when nothing seems to happen."""
    for _ in range(world.chance.randint(1, 3)):
        settlement_id = world.settlement_ids[0]
        press = world.chance.choice((postings.post, postings.post, postings.repost, postings.roll_back))
        if world.chance.random() < 0.25:
            change_mapping(world)
        outcome = press(world.parts, settlement_id, PERSON)
        if not world.harm and outcome.outcome == "unsure":
            raise Violation("nothing failed, and a press was not told what came of it")
        world.boundary(world.chance.uniform(0, 40), calm=True)


def selected(world: World) -> None:
    """Some rows ticked, then *Post selected* or *Roll back selected*; beside it single presses."""
    for _ in range(world.chance.randint(1, 2)):
        action = world.chance.choice((batches.POST, batches.POST, batches.ROLL_BACK))
        batches.begin(world.parts, action, world.chance.sample(world.settlement_ids, 3), PERSON)
        if world.chance.random() < 0.5:
            world.work()
        if world.chance.random() < 0.3:
            person(world)
        world.boundary(world.chance.uniform(0, 40), calm=True)


def change_mapping(world: World) -> None:
    Mapping.update(account_code=world.chance.choice(("401", "402", "403"))).where(
        Mapping.category == "SELLER_FEES").execute()


def meddle(world: World) -> None:
    """What people do in Xero by hand, and what a restored backup forgets."""
    deed = world.chance.choice(("void", "pay", "lock", "other tool", "old backup"))
    world.deeds.append(deed)
    active = world.active()
    document = active and active.document_id in world.ledger.documents and active.document_id
    if deed == "void" and document and active.state == states.POSTED:
        try:
            world.ledger.change("voided", active.kind, document)
        except XeroError:  # Xero refuses its users as well
            return
        world.troubles.append(f"voided by hand {document}")
    if deed == "pay" and document:
        world.ledger.pay(document)
    if deed == "lock":
        world.ledger.locked = True
        world.boundary(world.chance.uniform(1, 400), calm=True)
        world.ledger.locked = False
    if deed == "other tool":
        made = another_tools_document(world)
        world.ledger.documents[made.id] = made
    if deed == "old backup":
        world.stop_all_others()  # nobody restores under a running server
        row = world.settlement()
        Batch.delete().execute()
        BatchRow.delete().execute()
        Posting.delete().where(Posting.settlement == row).execute()
        Settlement.update(state="in_hand", state_reason="").where(Settlement.id == row.id).execute()
        person(world)


def another_tools_document(world: World):
    """An approved document with the settlement's key that TrueBooks did not make, with other figures."""
    line = DocumentLine("Everything", "200", "NONE", Decimal("1.00"), Decimal("0.00"))
    return Document(
        kind="invoice", id="ffffffff-0000-4000-8000-000000000001", number="INV-0042",
        reference=f"by hand {world.settlement().key}", status="AUTHORISED", currency="GBP", total=Decimal("1.00"),
        total_tax=Decimal("0.00"), contact_name="", date="2026-05-17", lines=(line,))


@contextmanager
def remembering_previews(world: World):
    real = posting_intents.start

    def start(parts, settlement, plan, actor, *state):
        posting = real(parts, settlement, plan, actor, *state)
        if posting:
            world.previewed[posting.id] = posting_intents.line_facts(plan)
        return posting

    with mock.patch.object(postings, "start", start), mock.patch.object(posting_intents, "start", start):
        yield


def come_to_rest(world: World) -> None:
    """Xero is well again: within fifteen minutes nothing is half-way; then whatever was late arrives, and is swept."""
    world.fine_so_far, world.harm_was = world.harm == 0, world.harm
    world.harm = world.line.spoiled = world.pauses = 0.0
    world.gone |= set(range(world.started + 1))
    for _ in range(ROUNDS):
        world.boundary(61)
        world.work()
        world.settle()
        if not Posting.select().where(Posting.state.in_(states.UNSETTLED)).exists():
            break
    else:
        raise Violation("I4: still half-way after fifteen minutes of a healthy Xero")
    world.work()
    if batches.unfinished():
        raise Violation("I4: a batch is not finished")
    for _ in range(2):
        world.boundary(2100)
        world.line.deliver()
        world.settle()
        world.sweep()


# --- what must be so ---------------------------------------------------------------------------


def hold_to_account(world: World) -> None:
    for row in Settlement.select().where(Settlement.settlement_id.in_(world.settlement_ids)):
        check(world, row)
    check_outcomes(world)
    if world.fine_so_far and world.ledger.made > Posting.select().where(Posting.sends > 0).count():
        raise Violation("nothing failed, and more than one document was made for a posting")


def check_outcomes(world: World) -> None:
    """A post that nothing hindered is posted; what is made is never found to be other than what was sent."""
    for posting in Posting.select().where(Posting.state == states.FAILED):
        if "taken back" in posting.reason or (world.fine_so_far and "not posted" not in posting.reason):
            raise Violation(f"failed without a cause: {posting.reason}")


def check(world: World, row: Settlement) -> None:
    ours = [each for kind in ("invoice", "credit_note", "manual_journal") for each in
            world.ledger.carrying(kind, row.key)]
    approved = [each for each in ours if each.status in states.APPROVED]
    posting = postings.active_posting(row)
    drafts_wanted = bool(posting and posting.stays_draft)
    if len(approved) > 1 and not explained(world, row, approved):
        raise Violation(f"I1: {len(approved)} active documents of {row.key}")
    if posting is None:
        left = [each for each in ours if not each.number.startswith("INV-")]
        if left and "old backup" not in world.deeds:
            raise Violation(f"I3: {left[0].status} there, {row.state} here")
        check_words(row)
        return
    document = world.ledger.documents[posting.document_id]
    by_hand = f"voided by hand {document.id}" in world.troubles
    if not by_hand and document.status not in states.APPROVED and not (drafts_wanted and document.status == "DRAFT"):
        raise Violation(f"I3: posted here, {document.status} there")
    if not found(document).is_what_we(wanted(posting)):
        raise Violation("I2: Xero's lines are not the posting's")
    if posting.id in world.previewed and json.loads(json.dumps(world.previewed[posting.id])) != posting.plan["lines"]:
        raise Violation("what was sent is not what was previewed")
    strays = [each for each in ours if each.status in states.OPEN and each.id != posting.document_id]
    if strays:
        raise Violation(f"I6: {len(strays)} stray drafts")


def explained(world: World, row: Settlement, approved: list) -> bool:
    """Another tool's document came after ours, or Xero would not let it go and the post said so."""
    strangers = [each for each in approved if each.number.startswith("INV-")]
    return len(approved) - len(strangers) <= 1


def check_words(row: Settlement) -> None:
    if row.state == "failed" and not row.state_reason:
        raise Violation("I5: failed without a reason")
    if row.state in ("posting", "unsure", "posted"):
        raise Violation(f"I4: {row.state} without a posting")


# --- many seeds -----------------------------------------------------------------------------------


def run_seed(workspaces: Workspaces, kind: str, seed: int, harm: float | None = None) -> str:
    """What was violated; empty when nothing was. One seed in ten runs without any fault, one in four often stalls."""
    harm = (0.0 if seed % 10 == 0 else HARM) if harm is None else harm
    world = workspaces.world(kind, seed, harm)
    if harm and seed % 4 == 1:
        world.pauses = STALLS
    try:
        play(world)
    except Violation as violation:
        return str(violation)
    return ""


def main() -> None:
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        workspaces = Workspaces(Path(folder))
        if asked.mutants:
            posting_mutants.show(workspaces, asked.kind, asked.seeds, run_seed)
            return
        if asked.seed is not None:
            print(run_seed(workspaces, asked.kind, asked.seed) or "nothing was violated")
            return
        sys.exit(run_many(workspaces, asked))


def run_many(workspaces: Workspaces, asked) -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = RESULTS / f"posting-{asked.kind}.json"
    done = json.loads(record.read_text()) if asked.resume and record.exists() else {"seeds": 0, "violations": {}}
    started = time.monotonic()
    for seed in range(done["seeds"], asked.seeds):
        wrong = run_seed(workspaces, asked.kind, seed)
        if wrong:
            done["violations"][str(seed)] = wrong
            print(f"seed {seed}: {wrong}", flush=True)
        done["seeds"] = seed + 1
        if seed % 200 == 199 or seed + 1 == asked.seeds:
            record.write_text(json.dumps(done))
    seconds = time.monotonic() - started
    print(f"{asked.kind}: {done['seeds']} seeds, {len(done['violations'])} violations, {seconds:.0f} s", flush=True)
    return 1 if done["violations"] else 0


def arguments():
    parser = argparse.ArgumentParser(prog="bin/simulate posting", description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=KINDS, default="invoice")
    parser.add_argument("--seeds", type=int, default=200, help="how many, from 0")
    parser.add_argument("--seed", type=int, help="replay this one")
    parser.add_argument("--resume", action="store_true", help="go on where the last run stopped")
    parser.add_argument("--mutants", action="store_true", help="take each guard out in turn")
    return parser.parse_args()


if __name__ == "__main__":
    main()
