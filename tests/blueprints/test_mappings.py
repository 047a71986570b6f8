"""Accounts & Taxes on the page: one row at a time, suggestions before they are applied, unknown line types."""

import re

import pytest

from models import Mapping
from services import mappings
from tests.conftest import in_words
from tests.xero_world import SALE, World

UNKNOWN_LINE = ("Order", "Amazon.co.uk", "ItemFees", "Moon levy")
MOON_LEVY = {
    "transaction_type": "Order", "amount_type": "ItemFees", "amount_description": "Moon levy", "from": "mappings",
}  # fmt: skip


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
    assert "Saved: 200 – Amazon Sales, 20% (VAT on Income)." in in_words(ada.get("/mappings"))
    assert mapped("SALES") == ("200", "OUTPUT2")
    assert Mapping.select().count() == 1


def test_with_htmx_only_the_row_comes_back(ada, synced):
    answer = ada.htmx("POST", "/mappings/SALES", {"account_code": "200", "tax_type": "OUTPUT2"})
    assert re.search(r"<tbody id=\"SALES\"", answer.text)
    assert "<tbody id=\"REFUNDS\"" not in answer.text
    assert "Saved: 200 – Amazon Sales, 20% (VAT on Income)." in in_words(answer)
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
    assert "Amazon.de overridden:" in in_words(ada.get("/mappings"))
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
    answer = ada.post("/line-types", MOON_LEVY | {"category": "SELLER_FEES"})
    assert answer.location == "/mappings#needs-a-category"
    assert "Moon levy" not in in_words(ada.get("/mappings"))
    assert world.status(settlement) == "ready"


def test_with_htmx_the_waiting_list_comes_back_shorter(ada, world):
    world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    answer = ada.htmx("POST", "/line-types", MOON_LEVY | {"category": "SELLER_FEES"})
    assert '<section id="needs-a-category"' in answer.text
    assert "Moon levy" not in in_words(answer)
    assert "Classified" in in_words(answer)


def test_no_category_chosen_is_told(ada, world):
    settlement = world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    assert ada.post("/line-types", MOON_LEVY | {"category": ""}).status_code == 404
    assert world.status(settlement) == "needs_category"


# --- what needs attention, marketplaces abroad, tracking, rules --------------------------------------------------


def test_what_needs_attention_is_said_at_the_top_and_can_be_shown_alone(ada, synced):
    synced.settlement((SALE, "120.00"))
    page = ada.get("/mappings")
    assert "1 category needs attention: Product sales" in in_words(page)
    alone = ada.get("/mappings?attention=1").text
    assert '<tbody id="SALES"' in alone and '<tbody id="REFUNDS"' not in alone


GERMAN = ("Order", "Amazon.de", "ItemPrice", "Principal")


def test_settlements_of_another_country_are_pointed_out_with_what_is_suggested_for_them(ada, world):
    settlement = world.settlement((GERMAN, "119.00"), currency="EUR")
    assert "Settlements of Amazon.de would be posted with the tax rates of your own country." in in_words(
        ada.get("/mappings"))  # fmt: skip
    assert "Amazon.de is a marketplace of another country" in in_words(ada.get(f"/settlements/{settlement}"))
    page = in_words(ada.get("/mappings/suggestion"))
    assert "Amazon.de : " in page and "Product sales 200 – Amazon Sales No VAT" in page
    assert "Commission" not in page and "Reverse Charge Expenses (20%)" in page
    ada.post("/mappings/suggestion-elsewhere", {"marketplace": "Amazon.de"})
    assert mapped("SALES", "Amazon.de") == ("200", "NONE")
    assert mapped("SELLER_FEES", "Amazon.de") == ("401", "REVERSECHARGES")
    assert mapped("SALES") == ("200", "OUTPUT2")
    assert "would be posted with the tax rates" not in in_words(ada.get("/mappings"))
    assert "is a marketplace of another country" not in in_words(ada.get(f"/settlements/{settlement}"))
    assert "Product sales 200 – Amazon Sales No VAT 119.00 0.00 119.00" in in_words(
        ada.get(f"/settlements/{settlement}"))  # fmt: skip


def options(page, label: str) -> dict[str, str]:
    """{name: value} of the tracking options offered for one category."""
    select = re.search(rf'aria-label="{label}">(.*?)</select>', page.text, re.DOTALL)[1]
    return {name: value for value, name in re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', select)}


def test_tracking_is_chosen_with_the_row_and_shown_in_the_preview(ada, world):
    region = options(ada.get("/mappings"), "Region for Product sales")
    chosen = {"account_code": "200", "tax_type": "OUTPUT2", "tracking": [region["Europe"], ""]}
    ada.post("/mappings/SALES", chosen)
    assert "Saved: 200 – Amazon Sales, 20% (VAT on Income) (Region: Europe)." in in_words(ada.get("/mappings"))
    assert "Region: Europe" in in_words(ada.get(f"/settlements/{world.settlement()}"))
    ada.post("/mappings/SALES", {"account_code": "200", "tax_type": "OUTPUT2", "tracking": ["", ""]})
    assert Mapping.get(Mapping.category == "SALES").tracking == []


def test_a_forged_tracking_option_is_refused(ada, world):
    answer = ada.post("/mappings/SALES", {"account_code": "200", "tax_type": "OUTPUT2", "tracking": "nobody/nothing"})
    assert answer.status_code == 409
    assert "tracking option" in in_words(answer)


def test_a_guess_comes_with_its_reason_and_is_not_applied(ada, world):
    levy = ("AmazonFees", "", "FBA Inventory Storage Surcharge Fee", "Base fee")
    settlement = world.settlement((SALE, "120.00"), (levy, "-2.00"))
    world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    page = in_words(ada.get("/mappings"))
    assert world.status(settlement) in ("ready", "needs_category")
    assert "Moon levy" in page


def test_rules_are_listed_changed_and_taken_back(ada, world):
    settlement = world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    ada.post("/line-types", MOON_LEVY | {"category": "SELLER_FEES"})
    page = ada.get("/line-types")
    assert "Moon levy" in in_words(page) and "ada@example.com" in in_words(page)
    ada.post("/line-types", MOON_LEVY | {"category": "OTHER", "from": ""})
    assert world.status(settlement) == "ready"
    removal = re.search(r'action="(/line-types/\d+/removal)"', ada.get("/line-types").text)[1]
    ada.post(removal)
    assert world.status(settlement) == "needs_category"
    assert ada.post(removal).status_code == 404


def test_one_rule_can_hold_for_all_that_begin_so(ada, world):
    first = ("Order", "Amazon.co.uk", "ItemFees", "Moon levy 2026-05")
    second = ("Order", "Amazon.co.uk", "ItemFees", "Moon levy 2026-06")
    settlement = world.settlement((SALE, "120.00"), (first, "-2.00"), (second, "-2.00"))
    said = MOON_LEVY | {"amount_description": "Moon levy 2026-05", "begins": "Moon levy", "category": "SELLER_FEES"}
    ada.post("/line-types", said)
    assert world.status(settlement) == "ready"


def test_the_export_holds_no_amounts_ids_or_names(ada, world):
    settlement = world.settlement((SALE, "120.00"), (UNKNOWN_LINE, "-2.00"))
    telling = ("other-transaction", "", "other-transaction", "Sent to account 123456 of ada@example.com")
    world.settlement((telling, "-9.87"))
    answer = ada.get("/line-types/contribution.csv").text
    assert "Order,ItemFees,Moon levy,UNKNOWN,-" in answer
    assert "Sent to account # of #" in answer
    for secret in (settlement, "2.00", "9.87", "123456", "ada@example.com", "ann@example.com"):
        assert secret not in answer


def test_what_is_unknown_has_no_row_of_its_own(ada, synced):
    answer = ada.get("/mappings/UNKNOWN")
    assert answer.status_code == 404
    assert "give each line type its category" in in_words(answer)


@pytest.mark.parametrize("rule", ["9" * 23, "0", "x", "²"])
def test_a_rule_that_cannot_be_is_gone_already(ada, synced, rule):
    assert ada.post(f"/line-types/{rule}/removal", {}).status_code == 404


def test_a_rule_for_all_that_begin_so_stays_one_when_its_category_changes(ada, synced):
    synced.settlement((("Order", "", "ItemFees", "Moon tax"), "-5.00"), (UNKNOWN_LINE, "-3.00"))
    ada.post("/line-types", MOON_LEVY | {"begins": "Moon", "category": "OTHER"})
    page = ada.get("/line-types").text
    form = re.search(r'<form class="actions"[^>]*>(?:(?!</form>).)*Moon\*.*?</form>', page, re.DOTALL)[0]
    told = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    assert told["open"] == "amount_description"
    ada.post("/line-types", {name: told[name] for name in told if name != "csrf_token"} | {"category": "POSTAGE"})
    held = {row.category.id: row.held for row in mappings.rows() if row.held}
    assert held == {"POSTAGE": {"GBP": -800}}


def test_a_cell_of_a_megabyte_does_not_swell_the_pages(ada, synced):
    synced.settlement((SALE, "1.00"), (("Order", "", "ItemFees", "x" * 900_000), "-1.00"))
    for address in ("/settlements", "/mappings", "/line-types"):
        assert len(ada.get(address).text) < 400_000, address
