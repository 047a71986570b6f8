"""The integrity page: scan and dry run change nothing, repair does, and the report says what."""

import pytest

from services import postings
from tests.conftest import in_words
from tests.xero_world import ANN


@pytest.fixture
def doubled(world) -> str:
    """A posted settlement of which Xero holds a second document."""
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    body = postings.active_posting(world.stored(settlement_id)).payload
    made = world.client().create_document("invoice", body.replace("AMZ-TB-10001", "AMZ-TB-20001"), "key")
    world.client().approve("invoice", made.id)
    return settlement_id


def press(ada, mode: str) -> str:
    return in_words(ada.htmx("POST", "/settings/integrity", {"mode": mode}))


def test_the_tools_are_found_from_the_account_page_and_say_what_they_do(ada, world):
    assert "/settings/integrity" in ada.get("/settings/account").text
    page = in_words(ada.get("/settings/integrity"))
    assert "A paid document is never touched" in page and "Not run yet" in page


def test_scan_dry_run_and_repair_in_turn(ada, world, doubled):
    scanned = press(ada, "scan")
    assert "more than one active document" in scanned and "Nothing was changed" in scanned
    assert "would be done" in press(ada, "dry_run")
    assert len(world.documents(doubled)) == 2
    repaired = press(ada, "repair")
    assert "AMZ-TB-10001 is kept" in repaired and "done" in repaired
    assert len(world.documents(doubled)) == 1
    assert "Everything agrees" in press(ada, "scan")


def test_without_javascript_the_report_stands_on_the_page(ada, world, doubled):
    answer = ada.post("/settings/integrity", {"mode": "scan"})
    assert answer.status_code == 303
    assert "more than one active document" in in_words(ada.get(answer.location))


def test_any_other_word_only_scans(ada, world, doubled):
    press(ada, "destroy")
    assert len(world.documents(doubled)) == 2
