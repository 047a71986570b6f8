"""The integrity page: scan and dry run change nothing, repair does, and the report says what."""

import pytest

from services import integrity, postings
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


def press(ada, world, mode: str) -> str:
    """Presses, lets the worker do it, and looks again as the page does by itself."""
    ada.htmx("POST", "/settings/integrity", {"mode": mode})
    integrity.work(world.parts)
    return in_words(ada.htmx("GET", "/settings/integrity/progress"))


def test_the_tools_are_found_from_the_account_page_and_say_what_they_do(ada, world):
    assert "/settings/integrity" in ada.get("/settings/account").text
    page = in_words(ada.get("/settings/integrity"))
    assert "A paid document is never touched" in page and "Not run yet" in page


def test_scan_dry_run_and_repair_in_turn(ada, world, doubled):
    scanned = press(ada, world, "scan")
    assert "more than one active document" in scanned and "Nothing was changed" in scanned
    assert "would be done" in press(ada, world, "dry_run")
    assert len(world.documents(doubled)) == 2
    repaired = press(ada, world, "repair")
    assert "AMZ-TB-10001 is kept" in repaired and "done" in repaired
    assert len(world.documents(doubled)) == 1
    assert "Everything agrees" in press(ada, world, "scan")


def test_without_javascript_the_report_stands_on_the_page(ada, world, doubled):
    answer = ada.post("/settings/integrity", {"mode": "scan"})
    assert answer.status_code == 303
    integrity.work(world.parts)
    assert "more than one active document" in in_words(ada.get(answer.location))


def test_the_press_answers_at_once_and_the_work_outlives_a_closed_browser(ada, world, doubled):
    pressed = in_words(ada.htmx("POST", "/settings/integrity", {"mode": "repair"}))
    assert "reading Xero" in pressed and "You may close this page" in pressed
    assert len(world.documents(doubled)) == 2
    integrity.work(world.parts)
    page = in_words(ada.get("/settings/integrity"))
    assert "AMZ-TB-10001 is kept" in page and "reading Xero" not in page


def test_a_second_press_meanwhile_is_told_who_is_at_it(ada, world, doubled):
    ada.htmx("POST", "/settings/integrity", {"mode": "scan"})
    refused = in_words(ada.post("/settings/integrity", {"mode": "repair"}))
    assert "A scan that ada@example.com started is not over yet" in refused
    integrity.work(world.parts)
    assert len(world.documents(doubled)) == 2


def test_the_last_report_stays_while_another_run_is_under_way(ada, world, doubled):
    press(ada, world, "scan")
    meanwhile = in_words(ada.htmx("POST", "/settings/integrity", {"mode": "dry_run"}))
    assert "more than one active document" in meanwhile and "Dry run, started" in meanwhile


def test_any_other_word_only_scans(ada, world, doubled):
    press(ada, world, "destroy")
    assert len(world.documents(doubled)) == 2


def test_a_finding_tells_its_amounts_as_money_and_leads_to_its_settlement(ada, world, doubled):
    press(ada, world, "scan")
    page = ada.get("/settings/integrity")
    assert "AMZ-TB-10001 £102.00, authorised (kept); AMZ-TB-20001 £102.00, authorised" in in_words(page)
    assert f'<a href="/settlements/{doubled}">(£102.00) TBUK-{doubled}</a>' in page.text
