"""Posting and repair under every fault: two people, jobs, kills, silence, late requests, a full disk, hands in Xero.

``bin/simulate posting --kind invoice --seeds 20000 --resume`` (kinds: invoice, credit_note, bill,
manual_journal, draft, bulk, repair); ``--seed N`` replays one; ``--mutants`` takes each guard out in turn and shows
how many seeds see it. What is held once all has come to rest is told in posting_account.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from app import assemble
from models import Posting, Settlement, XeroConnection, database
from services import batches, corrections, integrity, posting_reposts, postings
from services.clock import FixedClock
from services.core import posting_states as states
from services.errors import Refused
from tests import xero_world
from tests.conftest import make_config
from tests.simulations import posting_by_hand, posting_choices, posting_mutants, quick_sql
from tests.simulations.posting_account import hold_repair_to_account, hold_to_account
from tests.simulations.posting_world import FIRST, OTHER, PERSON, START, Violation, World, cleared
from tests.xero_world import ADS, FEE, SALE, settlement_text

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "simulations"
KINDS = ("invoice", "credit_note", "bill", "manual_journal", "draft", "bulk", "repair")
SETTINGS = {
    "bill": {"negative_as": "bill"}, "manual_journal": {"post_as": "manual_journal"},
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
        for settlement_id in self.positive:
            made.take(settlement_text((SALE, "100.01"), (FEE, "-118.00"), settlement_id=settlement_id))
        for settlement_id in self.negative:
            made.take(settlement_text((SALE, "100.01"), (ADS, "-30.00"), settlement_id=settlement_id))
        XeroConnection.update(scopes=f"{XeroConnection.get().scopes} accounting.manualjournals").execute()
        self.numbers = {row.settlement_id: row.number for row in Settlement.select()}
        self.files = {row.settlement_id: corrections.version_of(row) for row in Settlement.select()}

    def world(self, kind: str, seed: int, harm: float) -> World:
        cleared()
        for settlement_id, number in self.numbers.items():
            Settlement.update(number=number).where(Settlement.settlement_id == settlement_id).execute()
            corrections.use(self.parts, settlement_id, self.files[settlement_id], PERSON)
        for name, value in {"clearing_account": "610", **SETTINGS.get(kind, {})}.items():
            posting_choices.choose(name, value)
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
    with world.patched():
        if world.kind == "repair":
            something_to_repair(world)
        for actor in ACTORS.get(world.kind, (person, person)):
            world.start(lambda actor=actor: actor(world), after=chance.uniform(0, 3))
        for minute in range(chance.randint(0, 4)):
            for job in (world.settle, world.work, world.repair):
                world.start(job, after=60 * minute + chance.uniform(0, 60))
            if chance.random() < 0.3:
                world.start(world.refresh, after=60 * minute + chance.uniform(0, 60))
        if world.harm:
            if chance.random() < 0.3:
                world.start(lambda: someone_meddles(world), after=chance.uniform(0, 90))
            if chance.random() < 0.1:
                world.start(world.sweep, after=chance.uniform(0, 300))
        if chance.random() < 0.1:
            world.start(lambda: posting_choices.another_organisation(world, ACTORS.get(world.kind, (person,))[0]),
                        after=chance.uniform(0, 90))
        world.run()
        come_to_rest(world)
        hold_to_account(world)
        hold_repair_to_account(world)


def person(world: World) -> None:
    """A press or three, as people do when nothing seems to happen."""
    for _ in range(world.chance.randint(1, 3)):
        if world.chance.random() < 0.15:
            look_for_doubles(world)
            continue
        settlement_id = world.settlement_ids[0]
        press = world.chance.choice((postings.post, postings.post, postings.repost, postings.roll_back))
        if world.chance.random() < 0.25:
            posting_choices.change_mapping(world)
        if world.is_restless and world.chance.random() < 0.7:
            posting_choices.change_anything(world)
        outcome = press(world.parts, settlement_id, PERSON)
        if not world.harm and outcome.outcome == "unsure":
            raise Violation("nothing failed, and a press was not told what came of it")
        world.boundary(world.chance.uniform(0, 40), calm=True)


def selected(world: World) -> None:
    """Some rows ticked, then *Post selected* or *Roll back selected*; beside it single presses."""
    for _ in range(world.chance.randint(1, 2)):
        if world.is_restless:
            posting_choices.change_anything(world)
        action = world.chance.choice((batches.POST, batches.POST, batches.ROLL_BACK))
        batches.begin(world.parts, action, world.chance.sample(world.settlement_ids, 3), PERSON)
        if world.chance.random() < 0.5:
            world.work()
        if world.chance.random() < 0.3:
            person(world)
        world.boundary(world.chance.uniform(0, 40), calm=True)


def look_for_doubles(world: World) -> None:
    """The integrity tools, as somebody presses them; a dry run and a scan write nothing to Xero."""
    mode = world.chance.choice((integrity.SCAN, integrity.DRY_RUN, integrity.REPAIR, integrity.REPAIR))
    try:
        integrity.begin(world.parts, mode, PERSON)
    except Refused:  # one at a time
        world.boundary(world.chance.uniform(0, 20), calm=True)
    world.repair()


def repairer(world: World) -> None:
    for _ in range(world.chance.randint(1, 3)):
        look_for_doubles(world)
        world.boundary(world.chance.uniform(0, 40), calm=True)


def something_to_repair(world: World) -> None:
    """In fair weather all are posted; then hands in Xero double, pay, void and edit some of the documents."""
    harm, world.harm, spoiled, kind = world.harm, 0.0, world.line.spoiled, world.weather.kind
    world.weather.clear_up()
    world.line.spoiled = pauses = 0.0
    pauses, world.pauses = world.pauses, 0.0
    for settlement_id in world.settlement_ids:
        postings.post(world.parts, settlement_id, PERSON)
    for _ in range(world.chance.randint(1, 4)):
        deed = world.chance.choice(("twin", "twin", "paid twin", "paid twin", "draft twin", "pay", "void", "edit"))
        posting_by_hand.meddle(world, deed, world.chance.randrange(3))
    if world.chance.random() < 0.3:
        posting_by_hand.planted(world, posting_by_hand.another_tools_document("TBUK-99900000000"))
    world.harm, world.line.spoiled, world.pauses, world.weather.kind = harm, spoiled, pauses, kind


def someone_meddles(world: World) -> None:
    deed = world.chance.choice(posting_by_hand.DEEDS)
    posting_by_hand.meddle(world, deed, world.chance.randrange(3) if world.kind == "repair" else 0)
    if deed == "old backup":
        for _ in range(2 if world.is_restless else 0):
            posting_choices.change_anything(world)
        person(world)


ACTORS = {"bulk": (selected, selected), "repair": (repairer, person)}


def come_to_rest(world: World) -> None:
    """Xero is well again: within fifteen minutes nothing is half-way; then whatever was late arrives, and is swept."""
    world.fine_so_far, world.harm_was = world.harm == 0, world.harm
    world.harm = world.pauses = 0.0
    world.weather.clear_up()
    for line in world.lines.values():
        line.spoiled, line.ledger.locked = 0.0, False
    world.gone |= set(range(world.started + 1))
    organisations = (OTHER, FIRST) if world.lines[OTHER].calls else (FIRST,)
    for tenant_id in organisations:
        posting_choices.connect(world, tenant_id)
        settle_down(world)
    if Posting.select().where(Posting.state.in_(states.UNSETTLED)).exists():
        raise Violation("I4: still half-way, and both organisations were there for fifteen minutes")
    if batches.unfinished() or integrity.unfinished():
        raise Violation("I4: a batch or a repair is not finished")
    for _ in range(2):
        world.boundary(2100)
        world.deliver()
        for tenant_id in organisations:  # a draft can be swept only where TrueBooks is connected
            posting_choices.connect(world, tenant_id)
            world.settle()
            world.sweep()


def settle_down(world: World) -> None:
    """What belongs to the organisation that is connected comes to an end."""
    here = (Posting.tenant_id == world.tenant_id) & Posting.state.in_(states.UNSETTLED)
    for _ in range(ROUNDS):
        world.boundary(61)
        world.work()
        world.settle()
        world.repair()
        if not Posting.select().where(here).exists() and not posting_reposts.owed():
            break
    else:
        raise Violation("I4: still half-way after fifteen minutes of a healthy Xero")
    world.work()


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


def violations(workspaces: Workspaces, kind: str, seeds: range) -> dict[int, str]:
    """Seed → what was violated."""
    told = {seed: run_seed(workspaces, kind, seed) for seed in seeds}
    return {seed: wrong for seed, wrong in told.items() if wrong}


def main() -> None:
    asked = arguments()
    quick_sql.begin()
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
