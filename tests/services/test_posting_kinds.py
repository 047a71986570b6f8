"""Bills, drafts and journals: each kind with its numbers, its signs, its calls, and its way back."""

import pytest

from commands import consent
from models import XeroConnection
from services import batches, integrity, postings, settings
from services.errors import Refused
from tests.xero_world import ADS, ANN, FEE, SALE

NEGATIVE = ((SALE, "12.00"), (ADS, "-30.00"))


@pytest.fixture
def bills(world):
    settings.change(world.parts, "negative_as", "bill", ANN)
    return world


@pytest.fixture
def drafts(world):
    settings.change(world.parts, "document_status", "draft", ANN)
    return world


# --- bills ------------------------------------------------------------------------------------


def test_a_negative_settlement_becomes_a_bill_whose_number_says_what_it_is_for(bills):
    settlement_id = bills.settlement(*NEGATIVE)
    outcome = postings.post(bills.parts, settlement_id, ANN)
    assert (outcome.outcome, outcome.number) == ("posted", "AMZ-TB-10001")
    (bill,) = bills.documents(settlement_id, "bill")
    assert (bill.kind, bill.status, bill.number, bill.reference) == (
        "bill", "AUTHORISED", f"AMZ-TB-10001 TBUK-{settlement_id}", "")
    assert str(bill.total) == "18.00"
    assert sorted(str(line.line_amount) for line in bill.lines) == ["-12.00", "30.00"]


def test_a_bill_takes_four_calls_and_its_repost_at_most_six(bills, monkeypatch):
    settlement_id = bills.settlement(*NEGATIVE)
    with bills.counted(monkeypatch) as calls:
        postings.post(bills.parts, settlement_id, ANN)
    assert len(calls) <= 5
    with bills.counted(monkeypatch) as calls:
        assert postings.repost(bills.parts, settlement_id, ANN).outcome == "posted"
    assert len(calls) <= 6


def test_a_reposted_bill_keeps_its_number_and_one_is_active(bills):
    settlement_id = bills.settlement(*NEGATIVE)
    postings.post(bills.parts, settlement_id, ANN)
    again = postings.repost(bills.parts, settlement_id, ANN)
    assert (again.outcome, again.number) == ("posted", "AMZ-TB-10001")
    assert [bill.id for bill in bills.documents(settlement_id, "bill")] == [again.document_id]


@pytest.mark.parametrize("fault", ["drop_after", "500_after"])
def test_a_bill_whose_create_was_not_answered_is_not_made_twice(bills, fault):
    settlement_id = bills.settlement(*NEGATIVE)
    bills.fault("PUT", "Invoices", fault)
    assert postings.post(bills.parts, settlement_id, ANN).outcome == "posted"
    assert len(bills.documents(settlement_id, "bill")) == 1


def test_a_credit_note_from_before_the_choice_makes_way_for_the_bill_and_keeps_its_number(world):
    settlement_id = world.settlement(*NEGATIVE)
    postings.post(world.parts, settlement_id, ANN)
    settings.change(world.parts, "negative_as", "bill", ANN)
    world.forget(settlement_id)  # only Xero knows of it
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert (outcome.outcome, outcome.number) == ("posted", "AMZ-TB-10001")
    assert world.documents(settlement_id, "credit_note") == []
    assert len(world.documents(settlement_id, "bill")) == 1


# --- drafts -----------------------------------------------------------------------------------


def test_a_workspace_that_wants_drafts_gets_one_in_two_calls(drafts, monkeypatch):
    settlement_id = drafts.settlement()
    with drafts.counted(monkeypatch) as calls:
        assert postings.post(drafts.parts, settlement_id, ANN).outcome == "posted"
    assert [method for method, _ in calls] == ["GET", "PUT"]
    assert [document.status for document in drafts.documents(settlement_id)] == ["DRAFT"]
    assert drafts.status(settlement_id) == "posted"


def test_a_draft_is_rolled_back_by_deleting_it(drafts):
    settlement_id = drafts.settlement()
    posted = postings.post(drafts.parts, settlement_id, ANN)
    assert postings.roll_back(drafts.parts, settlement_id, ANN).outcome == "rolled_back"
    assert drafts.client().get_document("invoice", posted.document_id).status == "DELETED"


def test_a_draft_that_was_approved_by_hand_is_rolled_back_by_voiding_it(drafts):
    settlement_id = drafts.settlement()
    posted = postings.post(drafts.parts, settlement_id, ANN)
    drafts.client().approve("invoice", posted.document_id)
    assert postings.roll_back(drafts.parts, settlement_id, ANN).outcome == "rolled_back"
    assert drafts.client().get_document("invoice", posted.document_id).status == "VOIDED"


def test_reposting_a_draft_leaves_one(drafts):
    settlement_id = drafts.settlement((SALE, "50.00"), (FEE, "-5.00"))
    postings.post(drafts.parts, settlement_id, ANN)
    again = postings.repost(drafts.parts, settlement_id, ANN)
    assert again.outcome == "posted"
    assert [document.id for document in drafts.documents(settlement_id)] == [again.document_id]


# --- journals ---------------------------------------------------------------------------------


@pytest.fixture
def journals(world):
    settings.change(world.parts, "clearing_account", "855", ANN)
    settings.change(world.parts, "post_as", "manual_journal", ANN)
    consent.connect(world.parts, "")  # once more: journals need a permission of their own
    return world


def test_a_journal_has_its_signs_turned_and_is_balanced_against_the_clearing_account(journals):
    settlement_id = journals.settlement((SALE, "120.00"), (FEE, "-18.00"))
    outcome = postings.post(journals.parts, settlement_id, ANN)
    assert (outcome.outcome, outcome.number) == ("posted", "AMZ-TB-10001"), outcome
    (journal,) = journals.documents(settlement_id, "manual_journal")
    assert (journal.status, journal.number) == ("POSTED", f"AMZ-TB-10001 (£102.00) TBUK-{settlement_id}")
    amounts = {line.account_code: (str(line.line_amount), line.tax_type) for line in journal.lines}
    assert amounts["855"] == ("102.00", "NONE")
    assert amounts["200"][0] == "-120.00"
    assert sum(line.line_amount for line in journal.lines) == 0
    assert journals.documents(settlement_id) == []


def test_the_preview_of_a_journal_balances_and_says_what_it_is(journals):
    settlement_id = journals.settlement((SALE, "120.00"), (FEE, "-18.00"))
    plan = postings.preview(settlement_id).plan
    assert (plan.kind, plan.total, sum(line.gross for line in plan.lines)) == ("manual_journal", 0, 0)
    assert (plan.settlement_total, plan.lines_total) == (10200, 10200)


def test_a_journal_takes_at_most_five_calls_and_its_repost_six(journals, monkeypatch):
    settlement_id = journals.settlement()
    with journals.counted(monkeypatch) as calls:
        assert postings.post(journals.parts, settlement_id, ANN).outcome == "posted"
    assert len(calls) <= 5
    with journals.counted(monkeypatch) as calls:
        assert postings.repost(journals.parts, settlement_id, ANN).outcome == "posted"
    assert len(calls) <= 6
    assert len(journals.documents(settlement_id, "manual_journal")) == 1


@pytest.mark.parametrize("fault", ["drop_after", "500_after"])
def test_a_journal_whose_create_was_not_answered_is_not_made_twice(journals, fault):
    settlement_id = journals.settlement()
    journals.fault("PUT", "ManualJournals", fault)
    assert postings.post(journals.parts, settlement_id, ANN).outcome == "posted"
    assert len(journals.documents(settlement_id, "manual_journal")) == 1


def test_an_invoice_from_before_makes_way_for_the_journal(journals):
    settings.change(journals.parts, "post_as", "invoice", ANN)
    settlement_id = journals.settlement()
    postings.post(journals.parts, settlement_id, ANN)
    settings.change(journals.parts, "post_as", "manual_journal", ANN)
    journals.forget(settlement_id)
    outcome = postings.post(journals.parts, settlement_id, ANN)
    assert (outcome.outcome, outcome.number) == ("posted", "AMZ-TB-10001")
    assert journals.documents(settlement_id) == []


def test_a_negative_settlement_is_a_journal_too_and_goes_back(journals):
    settlement_id = journals.settlement(*NEGATIVE)
    posted = postings.post(journals.parts, settlement_id, ANN)
    assert posted.outcome == "posted"
    assert postings.roll_back(journals.parts, settlement_id, ANN).outcome == "rolled_back"
    assert journals.client().get_document("manual_journal", posted.document_id).status == "VOIDED"


def test_journals_go_together_and_the_tools_see_them(journals):
    ids = [journals.settlement((SALE, f"{number}.00")) for number in (11, 12, 13, 14, 15)]
    batch = batches.begin(journals.parts, batches.POST, ids, ANN)
    batches.work(journals.parts)
    assert len(batches.tell(batch.id).lists["posted"]) == 5
    row = integrity.run(journals.parts, integrity.SCAN, ANN)
    assert (row.findings, row.documents) == ([], 5)


def test_a_journal_in_another_currency_and_one_without_a_clearing_account_are_refused_in_words(journals):
    euro = journals.settlement((SALE, "10.00"), currency="EUR")
    outcome = postings.post(journals.parts, euro, ANN)
    assert outcome.outcome == "failed" and "only the organisation's own currency" in outcome.reason
    settings.change(journals.parts, "clearing_account", "", ANN)
    outcome = postings.post(journals.parts, journals.settlement(), ANN)
    assert outcome.outcome == "failed" and "clearing account" in outcome.reason


def test_a_bank_account_cannot_be_the_clearing_account(world):
    with pytest.raises(Refused, match="bank account"):
        settings.change(world.parts, "clearing_account", "090", ANN)


def test_journals_without_their_permission_are_stopped_before_xero_is_asked(world, monkeypatch):
    settings.change(world.parts, "post_as", "manual_journal", ANN)
    settings.change(world.parts, "clearing_account", "610", ANN)
    settlement_id = world.settlement()
    with world.counted(monkeypatch) as calls:
        outcome = postings.post(world.parts, settlement_id, ANN)
    assert (calls, XeroConnection.get_by_id(1).state) == ([], "connected")
    assert outcome.outcome == "failed" and "Press Reconnect Xero" in outcome.reason
