"""How many calls to Xero posting takes when nothing fails, beside the naive way: ``bin/simulate posting_calls``.

The naive way looks a settlement up and creates its document, each by itself: two calls. It would double
documents (reference: 8.6 % of schedules with faults where Xero does not keep numbers unique).
``--documents 10000`` also plants duplicates and more among so many documents, scans them and repairs them.
"""

import argparse
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import assemble
from commands import consent
from models import Posting, Settlement, database
from services import batches, integrity, postings, settings
from services.clock import SystemClock
from services.xero import many
from tests.conftest import make_config
from tests.xero_world import ADS, ANN, SALE, World

NEGATIVE = ((SALE, "12.00"), (ADS, "-30.00"))
KINDS = {
    "invoice": ({}, ()), "credit note": ({}, NEGATIVE), "bill": ({"negative_as": "bill"}, NEGATIVE),
    "draft": ({"document_status": "draft"}, ()),
    "manual journal": ({"clearing_account": "855", "post_as": "manual_journal"}, ()),
}  # fmt: skip


@contextmanager
def workspace():
    with tempfile.TemporaryDirectory(prefix="truebooks-") as folder:
        parts = assemble(make_config(Path(folder) / "data"), SystemClock())
        with database.connection_context():
            world = World(parts)
            world.limits(minute=1_000_000, day=10_000_000)
            world.connect_and_map()
            yield world
        database.close()


def counted(world: World, act) -> int:
    with pytest.MonkeyPatch.context() as patch, world.counted(patch) as calls:
        act()
    return len(calls)


def singles(world: World) -> None:
    print("| kind | post | repost | roll back | naive post |\n|---|---|---|---|---|")
    for kind, (chosen, lines) in KINDS.items():
        for name, value in chosen.items():
            settings.change(world.parts, name, value, ANN)
        if kind == "manual journal":
            consent.connect(world.parts, "")
        row = world.settlement(*lines)
        figures = [counted(world, lambda act=act, row=row: act(world.parts, row, ANN))
                   for act in (postings.post, postings.repost, postings.roll_back)]
        print(f"| {kind} | {figures[0]} | {figures[1]} | {figures[2]} | 2 |")
        for name in chosen:
            settings.change(world.parts, name, settings.DEFINITIONS[name].default, ANN)


def bulk(world: World, number: int = 200) -> None:
    World.take_many(world.parts, [((SALE, f"{each}.00"),) for each in range(1, number + 1)])
    ids = [str(28_000_000_001 + each) for each in range(number)]
    print("\n| settlements | post selected | roll back selected | naive, one by one |\n|---|---|---|---|")
    figures = [counted(world, lambda action=action: run(world, action, ids))
               for action in (batches.POST, batches.ROLL_BACK)]
    print(f"| {number} | {figures[0]} | {figures[1]} | {2 * number} and {number} |")


def run(world: World, action: str, ids: list[str]) -> None:
    batch = batches.begin(world.parts, action, ids, ANN)
    batches.work(world.parts, batch)
    assert batches.tell(batch.id).is_finished


# --- the integrity scan over many documents ----------------------------------------------------


def integrity_of_many(world: World, documents: int) -> None:
    first = 29_000_000_001
    ids = [str(first + each) for each in range(documents)]
    for start in range(0, documents, 1000):
        World.take_many(world.parts, [((SALE, "10.00"),)] * min(1000, documents - start), first + start)
    for start in range(0, documents, 1000):
        run(world, batches.POST, ids[start:start + 1000])
    planted = plant(world, ids)
    for mode in (integrity.SCAN, integrity.DRY_RUN, integrity.REPAIR, integrity.SCAN):
        started = time.monotonic()
        row = integrity.run(world.parts, mode, ANN)
        told = integrity.counts(row.findings)
        print(f"{mode}: {row.documents} documents, {row.calls} calls, {time.monotonic() - started:.1f} s, {told}")
    print(f"planted: {planted}")


def plant(world: World, ids: list[str]) -> dict[str, int]:
    client, each = world.client(), iter(ids[::7])
    chosen = {kind: [next(each) for _ in range(10)] for kind in ("duplicate", "paid", "voided", "edited", "stray")}
    for kind in ("duplicate", "paid", "stray"):
        bodies = [twin(settlement_id, 500_000 + number) for number, settlement_id in enumerate(chosen[kind])]
        bodies = [body.replace("AMZ-TB-5", f"AMZ-TB-5{len(kind)}") for body in bodies]
        made = many.create(client, "invoice", bodies, kind)
        if kind != "stray":
            many.change(client, "approved", "invoice", [(each.id, "") for each in made])
        for document in made if kind == "paid" else ():
            world.pay(document.id)
    many.change(client, "voided", "invoice", [(document_of(each), "") for each in chosen["voided"]])
    other = {"Description": "Everything", "Quantity": 1, "UnitAmount": "9.00", "AccountCode": "200", "TaxType": "NONE"}
    for settlement_id in chosen["edited"]:
        world.edit(document_of(settlement_id), LineItems=[other])
    unknown = [twin(settlement_id, 600_000 + number).replace(f"-{settlement_id}", f"-77{number}")
               for number, settlement_id in enumerate(ids[:10])]
    many.create(client, "invoice", unknown, "unknown")
    return {kind: len(found) for kind, found in chosen.items()} | {"unknown": len(unknown)}


def posting_of(settlement_id: str) -> Posting:
    return postings.active_posting(Settlement.get(Settlement.settlement_id == settlement_id))


def document_of(settlement_id: str) -> str:
    return posting_of(settlement_id).document_id


def twin(settlement_id: str, number: int) -> str:
    posting = posting_of(settlement_id)
    return posting.payload.replace(posting.number, f"AMZ-TB-{number}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/simulate posting_calls", description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=0, help="also scan and repair so many")
    asked = parser.parse_args(arguments)
    with workspace() as world:
        singles(world)
        bulk(world)
        if asked.documents:
            integrity_of_many(world, asked.documents)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
