"""A workspace with one of everything, for those who look at pages: ``python -m tests.browser.furnished FOLDER``.

Every status that a settlement can rest in, a corrected file, a gap, a line type nobody knows, a batch with its lists
and an integrity report. Prints which settlement is which as one JSON value.
"""

import json
import os
import sys
from pathlib import Path

from models import XeroConnection, database
from services import batches, booked_elsewhere, document_states, integrity, jobs, postings, samples, users
from services.audit import COMMAND_LINE
from tests.xero_world import ADS, ANN, FEE, SALE, World, settlement_text

EMAIL, PASSWORD = "ann@example.com", "correct horse battery staple"
ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = (("other-transaction", "", "other-transaction", "Space Elevator Fee"), "-5.00")
INDIAN_TAX = ("Order", "Amazon.co.uk", "ItemTDS", "TDS (Section 194-O)")  # nothing is suggested for it
GERMAN = ("Order", "Amazon.de", "ItemPrice", "Principal")


def furnish(world: World) -> dict[str, str]:
    """Fills the workspace; status → Amazon's id of a settlement that rests in it."""
    users.add_user(world.parts, EMAIL, "Ann Example", PASSWORD, "admin", COMMAND_LINE)
    world.connect_and_map()
    samples.load(world.parts, ANN)
    shown = {}
    for status in ("posted", "paid", "changed_in_xero", "draft"):
        shown[status] = world.settlement((SALE, "1500.00"), (FEE, "-164.80"), (ADS, "-60.00"))
        assert postings.post(world.parts, shown[status], ANN).outcome == "posted"
    _turn_in_xero(world, shown)
    shown |= _standing_in_the_way(world)
    _one_batch(world, [shown["ready"], shown["posted"], shown["needs_mapping"]])
    shown["ready"] = world.settlement((SALE, "812.40"), (FEE, "-97.49"))
    shown |= _gone_wrong(world)
    integrity.run(world.parts, "scan", ANN)
    jobs.run_now(world.parts, "Daily Sync from Xero", ANN)
    _fall_silent(world)
    return shown


def _turn_in_xero(world: World, shown: dict[str, str]) -> None:
    world.pay(_document(world, shown["paid"]))
    document = _document(world, shown["changed_in_xero"])
    world.edit(document, Reference="edited by hand " + world.stored(shown["changed_in_xero"]).key)
    world.client().write("POST", f"Invoices/{document}", {"Invoices": [{"InvoiceID": document, "Status": "VOIDED"}]})
    assert postings.roll_back(world.parts, shown["draft"], ANN).outcome == "rolled_back"
    document_states.refresh(world.parts, ANN)


def _document(world: World, settlement_id: str) -> str:
    return world.documents(settlement_id)[0].id


def _standing_in_the_way(world: World) -> dict[str, str]:
    shown = {
        "needs_category": world.settlement((SALE, "120.00"), UNKNOWN),
        "does_not_add_up": world.settlement((SALE, "120.00"), (FEE, "-18.00"), total="104.00"),
        "ready": world.settlement((SALE, "99.00"), (FEE, "-12.00")),
        "nothing_to_post": world.settlement((SALE, "0.00"), (FEE, "0.00")),
        "booked_elsewhere": world.settlement((SALE, "55.00"), (FEE, "-5.00")),
        "needs_mapping": world.settlement((SALE, "240.00"), (INDIAN_TAX, "-20.00")),
        "corrected": world.settlement((SALE, "300.00"), (FEE, "-30.00")),
        "negative": world.settlement((SALE, "12.00"), (FEE, "-3.00"), (ADS, "-30.00")),
        "german": world.settlement((GERMAN, "400.00"), currency="EUR"),
    }
    booked_elsewhere.mark(world.parts, shown["booked_elsewhere"], "posted by hand in April", ANN)
    world.take(settlement_text((SALE, "310.00"), (FEE, "-31.00"), settlement_id=shown["corrected"]))
    shown["after_a_gap"] = "26000000099"
    later = settlement_text((SALE, "70.00"), (FEE, "-7.00"), settlement_id=shown["after_a_gap"])
    world.take(later.replace(".05.2026", ".09.2026"))
    return shown


def _one_batch(world: World, settlement_ids: list[str]) -> None:
    batches.begin(world.parts, batches.POST, settlement_ids, ANN)
    batches.work(world.parts)


def _gone_wrong(world: World) -> dict[str, str]:
    """Xero refused one, and kept silent about another."""
    shown = {name: world.settlement((SALE, "640.00"), (FEE, "-64.00")) for name in ("failed", "unsure")}
    world.lock("2026-12-31")
    assert postings.post(world.parts, shown["failed"], ANN).outcome == "failed"
    world.lock("")
    world.fault("PUT", "Invoices", "drop_before")
    assert postings.post(world.parts, shown["unsure"], ANN).outcome == "unsure"
    return shown


def _fall_silent(world: World) -> None:
    """Xero says no more of its invoices, so that what is unsure stays so while pages are looked at."""
    for path in ("Invoices", "CreditNotes", "ManualJournals"):
        world.fault("GET", path, "drop_before", times=100_000)


def main(folder: Path) -> None:
    from app import assemble
    from services.config import load_config

    os.environ["TRUEBOOKS_DATA"] = str(folder)
    world = World(assemble(load_config(ROOT)))
    world.limits(minute=100_000, day=1_000_000)
    shown = furnish(world)
    world.limits(minute=60, day=1000)
    statuses = {name: world.status(settlement_id) for name, settlement_id in shown.items()}
    statuses["connection"] = XeroConnection.get_by_id(1).state
    database.close()
    print(json.dumps({"settlements": shown, "statuses": statuses}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
