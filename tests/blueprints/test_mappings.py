"""Accounts & Taxes on the page: one row at a time, suggestions before they are applied, unknown line types."""

import re

import pytest

from models import Mapping
from tests.conftest import in_words
from tests.xero_world import SALE, World

UNKNOWN_LINE = ("Order", "Amazon.co.uk", "ItemFees", "Moon levy")


@pytest.fixture
def synced(ada, parts) -> World:
    """Xero connected and synced; nothing mapped yet."""
    world = World(parts)
    world.connect()
    return world


def mapped(category: str, marketplace: str = "") -> tuple[str, str] | None:
    row = Mapping.get_or_none(Mapping.category == category, Mapping.marketplace == marketplace)
    return row and (row.account_code, row.tax_type)


def rates_in(answer) -> list[str]:
    return re.findall(r'<option value="([A-Z0-9]+)"', answer.text)


def test_before_xero_is_known_the_page_says_what_to_do_first(ada):
    page = ada.get("/mappings")
    assert "Your chart of accounts is not known yet" in in_words(page)
    assert 'href="/settings/account"' in page.text
    assert "disabled" in page.text


def test_every_category_has_a_row_with_its_meaning_and_what_is_held(ada, synced):
    synced.settlement((SALE, "120.00"))
    page = in_words(ada.get("/mappings"))
    assert "Product sales What buyers paid for the goods themselves Needs mapping £120.00" in page
    assert "Withholding tax" in page


def test_accounts_xero_would_refuse_are_not_offered(ada, synced):
    offered = re.findall(r'<option value="(\d+ – [^"]+)">', ada.get("/mappings").text)
    assert "200 – Amazon Sales" in offered
    assert not [name for name in offered if name.endswith(("Bank Account", "Accounts Receivable", "Accounts Payable"))]


@pytest.mark.parametrize("typed", ["200", "200 – Amazon Sales", " 200 "])
def test_a_row_is_saved_by_itself(ada, synced, typed):
    answer = ada.post("/mappings/SALES", {"account_code": typed, "tax_type": "OUTPUT2"})
    assert answer.location == "/mappings#SALES"
    assert "Saved: 200 OUTPUT2." in in_words(ada.get("/mappings"))
    assert mapped("SALES") == ("200", "OUTPUT2")
    assert Mapping.select().count() == 1


def test_with_htmx_only_the_row_comes_back(ada, synced):
    answer = ada.htmx("POST", "/mappings/SALES", {"account_code": "200", "tax_type": "OUTPUT2"})
    assert re.search(r"<tbody id=\"SALES\"", answer.text)
    assert "<tbody id=\"REFUNDS\"" not in answer.text
    assert "Saved: 200 OUTPUT2." in in_words(answer)
    assert 'value="200 – Amazon Sales"' in answer.text
    assert '<option value="OUTPUT2" selected>' in answer.text


def test_a_refused_row_is_told_beside_it_and_nothing_is_saved(ada, synced):
    answer = ada.htmx("POST", "/mappings/SALES", {"account_code": "999999", "tax_type": "OUTPUT2"},
                      headers={"Error-Place": "#SALES-message"})
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#SALES-message"
    assert "999999" in in_words(answer)
    assert mapped("SALES") is None


def test_tax_rates_follow_the_account_that_was_chosen(ada, synced):
    income = rates_in(ada.htmx("GET", "/mappings/SALES?account_code=200+–+Amazon+Sales"))
    expense = rates_in(ada.htmx("GET", "/mappings/SALES?account_code=401"))
    assert "OUTPUT2" in income
    assert "OUTPUT2" not in expense
    assert "INPUT2" in expense


def test_a_tax_rate_that_no_longer_fits_is_let_go(ada, synced):
    kept = ada.htmx("GET", "/mappings/SALES?account_code=200&tax_type=OUTPUT2").text
    let_go = ada.htmx("GET", "/mappings/SALES?account_code=401&tax_type=OUTPUT2").text
    assert '<option value="OUTPUT2" selected>' in kept
    assert "selected" not in let_go


def test_without_javascript_a_page_shows_the_rates_of_another_account(ada, synced):
    page = ada.get("/mappings/SALES?account_code=401")
    assert "INPUT2" in rates_in(page)
    assert "OUTPUT2" not in rates_in(page)
    assert 'action="/mappings/SALES"' in page.text


def test_one_marketplace_can_go_its_own_way_and_back(ada, synced):
    ada.post("/mappings/SALES", {"account_code": "200", "tax_type": "OUTPUT2"})
    ada.post("/mappings/SALES", {"account_code": "201", "tax_type": "OUTPUT2", "marketplace": "Amazon.de"})
    assert mapped("SALES", "Amazon.de") == ("201", "OUTPUT2")
    assert "Amazon.de goes its own way" in in_words(ada.get("/mappings"))
    ada.post("/mappings/SALES/override-removal", {"marketplace": "Amazon.de"})
    assert mapped("SALES", "Amazon.de") is None
    assert mapped("SALES") == ("200", "OUTPUT2")


def test_a_suggestion_is_shown_before_anything_is_done(ada, synced):
    page = ada.get("/mappings/suggestion")
    assert "Product sales 200 – Amazon Sales 20% (VAT on Income)" in in_words(page)
    assert "Worth a look" in in_words(page)
    assert Mapping.select().count() == 0


def test_with_htmx_the_suggestion_opens_on_the_page(ada, synced):
    answer = ada.htmx("GET", "/mappings/suggestion")
    assert "<title>" not in answer.text
    assert "200 – Amazon Sales" in in_words(answer)


def test_applying_the_suggestion_fills_only_empty_rows(ada, synced):
    ada.post("/mappings/SALES", {"account_code": "201", "tax_type": "OUTPUT2"})
    assert ada.post("/mappings/suggestion").location == "/mappings"
    assert mapped("SALES") == ("201", "OUTPUT2")
    assert mapped("SELLER_FEES") == ("401", "INPUT2")
    assert re.search(r"\d+ rows filled\.", in_words(ada.get("/mappings")))


def test_suggestions_without_a_chart_are_refused_in_words(ada):
    answer = ada.get("/mappings/suggestion")
    assert answer.status_code == 409
    assert "connect Xero and press Sync from Xero first" in in_words(answer)


def test_an_unknown_line_type_waits_and_is_classified_once_for_all(ada, world):
    settlement = world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    page = ada.get("/mappings")
    assert "Needs a category" in in_words(page)
    assert "Moon levy" in in_words(page)
    assert f'href="/settlements/{settlement}"' in page.text
    fields = {"transaction_type": "Order", "amount_type": "ItemFees", "amount_description": "Moon levy"}
    answer = ada.post("/mappings/line-types", fields | {"category": "SELLER_FEES"})
    assert answer.location == "/mappings#needs-a-category"
    assert "Moon levy" not in in_words(ada.get("/mappings"))
    assert world.status(settlement) == "ready"


def test_with_htmx_the_waiting_list_comes_back_shorter(ada, world):
    world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    fields = {"transaction_type": "Order", "amount_type": "ItemFees", "amount_description": "Moon levy"}
    answer = ada.htmx("POST", "/mappings/line-types", fields | {"category": "SELLER_FEES"})
    assert '<section id="needs-a-category"' in answer.text
    assert "Moon levy" not in in_words(answer)
    assert "Classified" in in_words(answer)


def test_no_category_chosen_is_told(ada, world):
    settlement = world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    fields = {"transaction_type": "Order", "amount_type": "ItemFees", "amount_description": "Moon levy", "category": ""}
    assert ada.post("/mappings/line-types", fields).status_code == 404
    assert world.status(settlement) == "needs_category"
