"""The buttons: Post, Roll back, Repost and Ask Xero now, with and without HTMX."""

import csv
import io
import re

import pytest

from commands import consent
from services import mappings, settings
from tests.conftest import in_words
from tests.xero_world import ANN, FEE

GERMAN = ("Order", "Amazon.de", "ItemPrice", "Principal")


@pytest.fixture
def settlement(world) -> str:
    return world.settlement()


def plan_hash(browser, settlement: str) -> str:
    return re.search(r'name="plan_hash" value="([0-9a-f]{64})"', browser.get(f"/settlements/{settlement}").text)[1]


def press(browser, settlement: str, button: str, **fields):
    """The button on the settlement's page, followed to the page one lands on."""
    if button in ("posting", "repost"):
        fields = {"plan_hash": plan_hash(browser, settlement)} | fields
    answer = browser.post(f"/settlements/{settlement}/{button}", fields)
    assert (answer.status_code, answer.location) == (303, f"/settlements/{settlement}"), in_words(answer)
    return browser.get(answer.location)


def test_post_makes_the_document_and_says_so(ada, world, settlement):
    page = press(ada, settlement, "posting")
    assert "Posted to Xero as AMZ-TB-10001." in in_words(page)
    assert "View in Xero" in in_words(page)
    assert "Find & match" in in_words(page)
    (document,) = world.documents(settlement)
    assert (document.number, document.status) == ("AMZ-TB-10001", "AUTHORISED")
    assert document.id in page.text


def test_a_posted_settlement_offers_rollback_and_repost_but_no_second_post(ada, settlement):
    page = press(ada, settlement, "posting").text
    assert f'action="/settlements/{settlement}/rollback"' in page
    assert f'action="/settlements/{settlement}/repost"' in page
    assert f'action="/settlements/{settlement}/posting"' not in page


def test_pressing_post_twice_makes_one_document(ada, world, settlement):
    shown = plan_hash(ada, settlement)
    press(ada, settlement, "posting", plan_hash=shown)
    ada.post(f"/settlements/{settlement}/posting", {"plan_hash": shown})
    assert "It is posted already. Nothing was sent to Xero again." in in_words(ada.get(f"/settlements/{settlement}"))
    assert len(world.documents(settlement)) == 1


@pytest.mark.parametrize("stale", ["", "0" * 64])
def test_what_was_not_previewed_is_not_posted(ada, world, settlement, stale):
    page = press(ada, settlement, "posting", plan_hash=stale)
    assert "Nothing was sent. Look at the new preview" in in_words(page)
    assert world.documents(settlement) == []


def test_a_mapping_changed_since_shows_the_new_preview_first(ada, world, parts, settlement):
    shown = plan_hash(ada, settlement)
    mappings.save(parts, "SALES", "201", "OUTPUT2", ANN)
    answer = ada.htmx("POST", f"/settlements/{settlement}/posting", {"plan_hash": shown}, f"entry-{settlement}")
    assert answer.status_code == 409
    assert answer.text.lstrip().startswith(f'<tbody id="entry-{settlement}"')
    assert "201 – Amazon Refunds" in in_words(answer)
    assert shown not in answer.text
    assert world.documents(settlement) == []


def test_with_htmx_the_row_comes_back_posted(ada, settlement):
    answer = ada.htmx("POST", f"/settlements/{settlement}/posting", {"plan_hash": plan_hash(ada, settlement)},
                      f"entry-{settlement}")
    assert answer.text.lstrip().startswith(f'<tbody id="entry-{settlement}"')
    assert "Posted to Xero as AMZ-TB-10001." in in_words(answer)
    assert "Roll back" in in_words(answer)


def test_with_htmx_the_settlement_s_page_gets_its_own_part_back(ada, settlement):
    answer = ada.htmx("POST", f"/settlements/{settlement}/posting", {"plan_hash": plan_hash(ada, settlement)},
                      f"settlement-{settlement}")
    assert answer.text.lstrip().startswith(f'<article id="settlement-{settlement}"')
    assert "Posted to Xero as AMZ-TB-10001" in in_words(answer)


def test_roll_back_voids_and_returns_to_draft(ada, world, settlement):
    press(ada, settlement, "posting")
    page = in_words(press(ada, settlement, "rollback"))
    assert "Rolled back: AMZ-TB-10001 is voided in Xero" in page
    assert "Draft" in page
    assert world.documents(settlement) == []


def test_rolling_back_twice_says_that_it_is_done(ada, settlement):
    press(ada, settlement, "posting")
    press(ada, settlement, "rollback")
    assert "It is rolled back already." in in_words(press(ada, settlement, "rollback"))


def test_repost_keeps_number_and_reference(ada, world, settlement):
    press(ada, settlement, "posting")
    page = in_words(press(ada, settlement, "repost"))
    assert "Reposted as AMZ-TB-10001." in page
    (document,) = world.documents(settlement)
    assert document.reference == f"(£102.00) TBUK-{settlement}"


def test_the_preview_of_a_posted_one_shows_what_repost_would_change(ada, parts, settlement):
    press(ada, settlement, "posting")
    mappings.save(parts, "SALES", "201", "OUTPUT2", ANN)
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "What Repost would change" in page
    assert re.search(r"Product sales 120\.00 200 · 20% \(VAT on Income\) 120\.00 201 · 20% \(VAT on Income\)", page)


def test_a_refused_rollback_explains_itself_and_changes_nothing(ada, world, settlement):
    press(ada, settlement, "posting")
    world.lock("2026-12-31")
    page = in_words(press(ada, settlement, "rollback"))
    assert "lock" in page
    assert "Posted" in page
    assert len(world.documents(settlement)) == 1


def test_silence_from_xero_is_unsure_until_asked(ada, world, settlement, clock):
    world.fault("PUT", "Invoices", "drop_before", times=1)
    page = press(ada, settlement, "posting")
    assert "Unsure" in in_words(page)
    assert f'action="/settlements/{settlement}/posting"' not in page.text
    assert "Ask Xero now" in in_words(page)
    clock.advance(minutes=2)
    assert "AMZ-TB-10001" in in_words(press(ada, settlement, "settling"))
    assert [document.status for document in world.documents(settlement)] == ["AUTHORISED"]


def test_posting_while_disconnected_says_where_to_connect(ada, world, settlement):
    shown = plan_hash(ada, settlement)
    ada.post("/xero/disconnection")
    answer = ada.post(f"/settlements/{settlement}/posting", {"plan_hash": shown})
    assert answer.status_code == 409
    assert "not connected" in in_words(answer)


def test_an_error_of_a_button_comes_back_where_it_was_pressed(ada, world, settlement):
    shown = plan_hash(ada, settlement)
    ada.post("/xero/disconnection")
    answer = ada.htmx("POST", f"/settlements/{settlement}/posting", {"plan_hash": shown}, f"entry-{settlement}",
                      headers={"Error-Place": f"#entry-{settlement}-error"})
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == f"#entry-{settlement}-error"
    assert "not connected" in in_words(answer)


def test_the_history_tells_who_did_what(ada, settlement):
    press(ada, settlement, "posting")
    page = in_words(press(ada, settlement, "rollback"))
    for told in ("Posting begun: invoice AMZ-TB-10001, £102.00", "Posted to Xero as AMZ-TB-10001",
                 "Rolled back: AMZ-TB-10001 voided in Xero"):
        assert told in page
    assert "ada@example.com" in page


def test_the_page_lists_every_posting_with_xeros_own_words_where_it_refused(ada, world, settlement):
    press(ada, settlement, "posting")
    world.lock("2026-12-31")
    press(ada, settlement, "rollback")
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "Sales invoice AMZ-TB-10001: posted" in page
    assert "period lock date, currently set at 31-Dec-2026" in page
    world.lock("")
    press(ada, settlement, "rollback")
    assert "AMZ-TB-10001: rolled back" in in_words(ada.get(f"/settlements/{settlement}"))


def test_refresh_shows_what_was_done_in_xero(ada, world, settlement, clock):
    press(ada, settlement, "posting")
    clock.advance(minutes=5)
    (document,) = world.documents(settlement)
    world.pay(document.id)
    answer = ada.htmx("POST", f"/settlements/{settlement}/document-state", target=f"settlement-{settlement}")
    assert "Paid" in in_words(answer)
    clock.advance(minutes=5)
    assert "Nothing changed" in in_words(ada.get(ada.post("/document-states").location))


def account_of_commission(ada, settlement: str) -> str:
    table = csv.DictReader(io.StringIO(ada.get(f"/settlements/{settlement}/plan.csv").text))
    return next(row["account_code"] for row in table if row["description"] == "Commission")


def test_a_posted_one_shows_and_exports_what_is_in_xero_not_what_would_be(ada, parts, settlement):
    assert "Becomes Sales invoice" in in_words(ada.get(f"/settlements/{settlement}"))
    press(ada, settlement, "posting")
    mappings.save(parts, "SELLER_FEES", "400", "INPUT2", ANN)
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "In Xero Sales invoice" in page and "Becomes" not in page
    assert re.search(r"Commission 401 – \D*20% \(VAT on Expenses\) -15\.00 -3\.00 -18\.00", page)
    rate = r"20% \(VAT on Expenses\)"
    assert re.search(rf"What Repost would change .*Commission -18\.00 401 · {rate} -18\.00 400 · {rate}", page)
    assert account_of_commission(ada, settlement) == "401"
    assert account_of_commission(ada, press_repost(ada, settlement)) == "400"


def press_repost(ada, settlement: str) -> str:
    assert "Reposted" in in_words(press(ada, settlement, "repost"))
    return settlement


def test_the_lines_of_a_posted_one_still_open_to_amazons_rows_after_a_mapping_changed(ada, parts, settlement):
    press(ada, settlement, "posting")
    mappings.save(parts, "SELLER_FEES", "400", "INPUT2", ANN)
    page = ada.get(f"/settlements/{settlement}").text
    address = re.search(r'href="(/settlements/\d+/rows/\w+)"[^>]*>Commission<', page)[1]
    assert "1 of Amazon’s rows makes -£18.00" in in_words(ada.get(address))


def test_a_posted_invoice_stays_one_on_its_page_when_journals_are_wanted_from_now_on(ada, parts, settlement):
    press(ada, settlement, "posting")
    settings.change(parts, "clearing_account", "855", ANN)
    settings.change(parts, "post_as", "manual_journal", ANN)
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "In Xero Sales invoice" in page and "Total 85.00 17.00 102.00" in page
    assert "it would be a manual journal instead of a sales invoice" in page


def test_a_journal_names_no_contact_and_no_due_date(ada, parts, settlement):
    invoice = in_words(ada.get(f"/settlements/{settlement}"))
    assert "Contact Amazon.co.uk Date 17 May 2026 Due 17 May 2026" in invoice
    settings.change(parts, "clearing_account", "855", ANN)
    settings.change(parts, "post_as", "manual_journal", ANN)
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "Becomes Manual journal" in page and "Contact" not in page and "Due" not in page


def void_by_hand(ada, world, settlement: str, clock) -> str:
    (document,) = world.documents(settlement)
    world.edit(document.id, Status="VOIDED")
    clock.advance(minutes=5)
    ada.post(f"/settlements/{settlement}/document-state")
    return in_words(ada.get(f"/settlements/{settlement}"))


def test_of_one_voided_by_hand_nothing_is_said_to_stand_to_be_voided_or_to_be_matched(ada, world, settlement, clock):
    press(ada, settlement, "posting")
    page = void_by_hand(ada, world, settlement, clock)
    assert "AMZ-TB-10001 is voided in TrueBooks Demo (UK) already" in page
    assert "Posts it anew as things are mapped now" in page and "Makes the settlement a draft here" in page
    for untrue in ("it stands in Xero as it would be posted now", "Voids AMZ-TB-10001", "To match it", "In Xero Sales"):
        assert untrue not in page
    press(ada, settlement, "repost")
    assert [document.status for document in world.documents(settlement)] == ["AUTHORISED"]


def test_one_edited_by_hand_is_not_said_to_stand_as_it_would_be_posted(ada, world, settlement, clock):
    press(ada, settlement, "posting")
    world.edit(world.documents(settlement)[0].id, InvoiceNumber="ANOTHER-1", Reference="edited")
    clock.advance(minutes=5)
    ada.post(f"/settlements/{settlement}/document-state")
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "Changed in Xero" in page
    assert "What was changed there is put back; nothing else changes." in page
    assert "it stands in Xero as it would be posted now" not in page


def test_how_to_match_fits_the_kind_and_is_not_told_of_what_is_paid(ada, world, settlement, clock):
    assert "Match with the bank" not in in_words(ada.get(f"/settlements/{settlement}"))
    page = press(ada, settlement, "posting")
    assert "when the deposit of £102.00 stands on the bank account" in in_words(page)
    assert 'href="/help/accountants#match"' in page.text
    world.pay(world.documents(settlement)[0].id)
    clock.advance(minutes=5)
    ada.post(f"/settlements/{settlement}/document-state")
    paid = in_words(ada.get(f"/settlements/{settlement}"))
    assert "Paid" in paid and "To match it" not in paid and "Match with the bank" not in paid


@pytest.mark.parametrize(("negative_as", "told"), [("credit_note", "as a refund"), ("bill", "as any bill")])
def test_what_is_owed_to_amazon_is_matched_with_the_payment_to_it(ada, world, parts, negative_as, told):
    settings.change(parts, "negative_as", negative_as, ANN)
    page = in_words(press(ada, world.settlement((FEE, "-18.00")), "posting"))
    assert "your payment of £18.00 to Amazon" in page and told in page
    assert "deposit of" not in page and "Find & match" not in page


def test_a_journal_is_matched_by_the_clearing_account(ada, parts, settlement):
    settings.change(parts, "clearing_account", "855", ANN)
    settings.change(parts, "post_as", "manual_journal", ANN)
    consent.connect(parts, "")  # once more: journals need a permission of their own
    page = in_words(press(ada, settlement, "posting"))
    assert "When the deposit of £102.00 stands on the bank account in Xero, code it to the clearing account 855" in page
    assert "Find & match" not in page


def test_while_unsure_the_postings_ask_nobody_to_try_again(ada, world, settlement):
    world.fault("PUT", "Invoices", "drop_before", times=1)
    page = in_words(press(ada, settlement, "posting"))
    attempts = page.partition(" Postings ")[2].partition(" History ")[0]
    assert "Sales invoice AMZ-TB-10001" in attempts and "Try again" not in attempts


def test_home_rates_abroad_are_warned_of_after_posting_too(ada, world):
    abroad = world.settlement((GERMAN, "400.00"), currency="EUR")
    warning = "these lines take the tax rates of your own"
    assert warning in in_words(ada.get(f"/settlements/{abroad}"))
    page = in_words(press(ada, abroad, "posting"))
    assert "Posted to Xero" in page and warning in page
