"""Every list in which a settlement may have a document is read before it is posted, and only those."""

import pytest

from commands import consent
from models import Workspace
from services import batches, document_states, integrity, jobs, keys_seen, postings, settings
from tests.xero_world import ADS, ANN, SALE

NEGATIVE = ((SALE, "12.00"), (ADS, "-30.00"))


def credit_note(world, settlement_id: str, type_: str = "ACCRECCREDIT"):
    """An approved credit note with the settlement's key, as nobody here made it."""
    line = {"Description": "x", "Quantity": 1, "UnitAmount": "9.00", "AccountCode": "200", "TaxType": "NONE"}
    body = {"CreditNotes": [{
        "Type": type_, "Status": "DRAFT", "CreditNoteNumber": "CN-7", "Contact": {"Name": "Amazon.co.uk"},
        "Reference": world.stored(settlement_id).reference, "Date": "2026-05-17", "CurrencyCode": "GBP",
        "LineAmountTypes": "Inclusive", "LineItems": [line]}]}
    made = world.client().write("PUT", "CreditNotes", body)["CreditNotes"][0]
    return world.client().approve("credit_note", made["CreditNoteID"])


def statuses(world, settlement_id: str) -> list[tuple[str, str]]:
    return [(each.kind, each.status) for kind in ("invoice", "credit_note")
            for each in world.documents(settlement_id, kind)]


def looked(world, clock) -> None:
    clock.advance(hours=27)


def restored(world, clock) -> None:
    Workspace.update(numbers_seen_in=None).execute()


def scanned(world, clock) -> None:
    integrity.run(world.parts, integrity.SCAN, ANN)


def refreshed(world, clock) -> None:
    postings.post(world.parts, world.settlement(), ANN)
    document_states.refresh(world.parts, ANN)


@pytest.mark.parametrize("after", [looked, restored, scanned, refreshed])
@pytest.mark.parametrize("type_", ["ACCRECCREDIT", "ACCPAYCREDIT"])
def test_a_credit_note_of_a_positive_settlement_makes_way(world, clock, after, type_):
    settlement_id = world.settlement()
    credit_note(world, settlement_id, type_)
    after(world, clock)
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    assert statuses(world, settlement_id) == [("invoice", "AUTHORISED")]


def test_so_it_does_for_many_a_minute_after_the_last_look(world, clock):
    ids = [world.settlement((SALE, f"{each}.00")) for each in range(1, 6)]
    credit_note(world, ids[2])
    clock.advance(minutes=1)
    batches.work(world.parts, batches.begin(world.parts, batches.POST, ids, ANN))
    assert [statuses(world, each) for each in ids] == [[("invoice", "AUTHORISED")]] * 5


def test_a_journal_whose_posting_was_lost_makes_way_for_the_invoice(world):
    settings.change(world.parts, "clearing_account", "610", ANN)
    settings.change(world.parts, "post_as", "manual_journal", ANN)
    consent.connect(world.parts, "")
    settlement_id = world.settlement()
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    world.forget(settlement_id)
    settings.change(world.parts, "post_as", "invoice", ANN)
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    assert world.documents(settlement_id, "manual_journal") == []
    assert statuses(world, settlement_id) == [("invoice", "AUTHORISED")]


def test_credit_notes_of_others_cost_an_invoice_nothing(world, monkeypatch):
    postings.post(world.parts, world.settlement(*NEGATIVE), ANN)
    settlement_id = world.settlement()
    with world.counted(monkeypatch) as calls:
        postings.post(world.parts, settlement_id, ANN)
    assert len(calls) == 3


def test_the_look_before_a_post_is_one_call_where_no_daily_look_came(world, clock, monkeypatch):
    clock.advance(hours=27)
    first, second = world.settlement(), world.settlement()
    with world.counted(monkeypatch) as calls:
        postings.post(world.parts, first, ANN)
        postings.post(world.parts, second, ANN)
    assert [path for method, path in calls if method == "GET"].count("CreditNotes") == 1
    assert len(calls) == 7


def test_a_key_is_remembered_whatever_its_case(world):
    keys_seen.remember([("tbuk-1", "credit_note"), ("TBUK-1", "credit_note"), ("TBUK-2", "invoice")])
    assert keys_seen.lists_of("TBUK-1") == {"credit_note"} and keys_seen.lists_of("TBUK-2") == set()


def test_after_a_start_the_next_post_looks_again_since_the_data_may_be_a_backups(world, monkeypatch):
    keys_seen.look_is_due()
    with world.counted(monkeypatch) as calls:
        postings.post(world.parts, world.settlement(), ANN)
        postings.post(world.parts, world.settlement(), ANN)
    assert [path for method, path in calls if method == "GET"].count("CreditNotes") == 1


def test_the_daily_look_at_documents_spares_the_next_post_its_own(world, clock, monkeypatch):
    clock.advance(hours=27)
    jobs.look_at_documents(world.parts)
    with world.counted(monkeypatch) as calls:
        postings.post(world.parts, world.settlement(), ANN)
    assert len(calls) == 3
