"""The first steps: their state comes from what is there; each can be left, taken up again, and put away."""

import re
from urllib.parse import urlsplit

import pytest

from models import Organisation
from services import mappings
from tests.conftest import in_words
from tests.xero_world import ANN, FEE, SALE, World, settlement_text

STEPS = ("business", "connection", "settlements", "mapping", "preview")


def states(browser) -> list[str]:
    """The five steps' states, as the page of the first one shows them."""
    words = in_words(browser.get("/first-steps/business")).partition("taken up again.")[2]
    return [word for word in words.split()[:40] if word in ("Done", "Next", "Later")]


def test_a_new_workspace_shows_all_five_on_home_and_begins_with_the_first(ada):
    page = in_words(ada.get("/"))
    for title in ("Your business and its VAT", "Connect Xero", "Bring settlements", "Accept a suggested mapping",
                  "Look at the first preview"):  # fmt: skip
        assert title in page
    assert ada.get("/first-steps").location == "/first-steps/business"
    assert states(ada) == ["Next", "Later", "Later", "Later", "Later"]


def test_the_whole_way_from_the_first_step_to_what_comes_next(ada, tmp_path):
    assert ada.post("/first-steps/business", {"value": "fold"}).location == "/first-steps/connection"
    assert "Go on with the first steps" in ada.connect()
    assert ada.get("/first-steps").location == "/first-steps/settlements"
    assert ada.post("/first-steps/settlements/samples").location == "/first-steps/mapping"
    assert "Product sales 200 – Amazon Sales 20% (VAT on Income)" in in_words(ada.get("/first-steps/mapping"))
    assert ada.post("/first-steps/mapping").location == "/first-steps/preview"
    shown = in_words(ada.get("/first-steps/preview"))
    assert "Nothing stands in the way." in shown
    assert "AMZ-TB-1000" in shown
    assert states(ada) == ["Done"] * 5
    done = in_words(ada.get("/first-steps"))
    assert "All five steps are done" in done
    assert "match the document with the deposit in your bank account" in done
    assert "All five steps are done" in in_words(ada.get("/"))


def test_nothing_is_asked_that_xero_knows(connected):
    page = in_words(connected.get("/first-steps/business"))
    assert "Organisation TrueBooks Demo (UK) Country GB Currency of its books GBP" in page
    assert "How should the 20.00 be booked?" in page


def test_a_business_that_is_not_registered_is_asked_nothing(connected):
    Organisation.update(pays_tax=False).execute()
    page = in_words(connected.get("/first-steps/business"))
    assert "There is nothing to decide" in page
    assert "How should the 20.00 be booked?" not in page
    assert states(connected)[0] == "Done"


def test_the_answer_about_tax_rows_is_kept(ada, parts):
    from services import settings

    ada.post("/first-steps/business", {"value": "own_account"})
    assert settings.value("sales_tax_rows") == "own_account"
    assert states(ada)[0] == "Done"
    assert ada.post("/first-steps/business", {"value": "nonsense"}).status_code == 409


def test_steps_can_be_done_in_another_order_and_elsewhere(ada, parts):
    world = World(parts)
    world.connect_and_map()
    world.settlement()
    assert states(ada) == ["Next", "Done", "Done", "Done", "Later"]


def test_a_mapping_that_is_still_wanted_leaves_the_step_open(ada, parts):
    world = World(parts)
    world.connect()
    world.settlement((SALE, "120.00"), (FEE, "-18.00"))
    mappings.save(parts, "SALES", "200", "OUTPUT2", ANN)
    assert states(ada)[3] != "Done"
    mappings.save(parts, "SELLER_FEES", "400", "INPUT2", ANN)
    assert states(ada)[3] == "Done"


def test_a_preview_with_open_questions_is_not_the_end_of_the_way(world, ada):
    world.settlement((SALE, "120.00"), (("ServiceFee", "", "Brand new", "Odd levy"), "-5.00"))
    page = in_words(ada.get("/first-steps/preview"))
    assert "It cannot be posted yet" in page
    assert states(ada)[4] == "Next" or states(ada)[4] == "Later"
    world.settlement()
    ada.get("/first-steps/preview")
    assert states(ada)[4] == "Done"


def test_files_are_taken_in_and_told(ada):
    from io import BytesIO

    file = (BytesIO(settlement_text((SALE, "120.00")).encode()), "settlement.txt")
    answer = ada.post("/first-steps/settlements", {"files": file}, content_type="multipart/form-data")
    assert answer.location.startswith("/first-steps/")
    assert "1 settlement taken in." in in_words(ada.get(answer.location))
    assert ada.post("/first-steps/settlements", {}).status_code == 400


def test_a_start_date_can_be_named_where_settlements_are_brought(ada):
    ada.post("/first-steps/settlements/start-date", {"value": "2026-04-01"})
    assert 'value="2026-04-01"' in ada.get("/first-steps/settlements").text


def test_put_away_for_the_whole_workspace_and_brought_back(ada):
    assert "First steps" in in_words(ada.get("/"))
    ada.post("/first-steps/leaving")
    assert "Your business and its VAT" not in in_words(ada.get("/"))
    assert "Go on with the first steps" not in in_words(ada.get("/settings/account"))
    assert 'href="/first-steps"' in ada.get("/settings/account").text
    assert "Show them on Home again" in in_words(ada.get("/first-steps/business"))
    ada.post("/first-steps/return")
    assert "Your business and its VAT" in in_words(ada.get("/"))


@pytest.mark.parametrize("step", STEPS)
def test_every_step_can_be_opened_before_anything_is_done(ada, step):
    assert ada.get(f"/first-steps/{step}").status_code == 200


def test_there_is_no_sixth_step(ada):
    assert ada.get("/first-steps/sixth").status_code == 404


def test_cancelling_at_xero_leads_back_to_the_step_it_began_on(ada):
    address = ada.post("/xero/connection", {"from": "first-steps"}).location
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', ada.get(address).text))
    back = urlsplit(ada.post("/identity/connect/authorize", hidden | {"decision": "cancel"}).location)
    page = ada.get(ada.get(f"{back.path}?{back.query}").location)
    assert page.request.path == "/first-steps/connection"
    assert "Authorisation cancelled" in in_words(page)
