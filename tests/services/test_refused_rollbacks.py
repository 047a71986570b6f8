"""A rollback that Xero refuses changes nothing here; its words stay; and a void that arrives late is seen."""

import pytest

from models import AuditEntry, Posting
from services import document_states, postings
from tests.xero_world import ANN, FEE, SALE

LOCKED = "2026-12-31"


@pytest.fixture
def posted(world, clock) -> str:
    settlement_id = world.settlement((SALE, "120.00"), (FEE, "-18.00"))
    postings.post(world.parts, settlement_id, ANN)
    clock.advance(minutes=10)
    return settlement_id


def document_of(world, settlement_id: str) -> str:
    return postings.active_posting(world.stored(settlement_id)).document_id


def refused(world, settlement_id: str) -> str:
    world.lock(LOCKED)
    outcome = postings.roll_back(world.parts, settlement_id, ANN)
    world.lock("")
    assert outcome.outcome == "failed"
    return outcome.reason


def test_what_was_changed_in_xero_is_still_shown(world, posted, clock):
    world.edit(document_of(world, posted), LineItems=[
        {"Description": "E", "Quantity": 1, "UnitAmount": "9.00", "AccountCode": "200", "TaxType": "NONE"}])
    document_states.refresh(world.parts, ANN)
    before = world.stored(posted).state_reason
    reason = refused(world, posted)
    assert world.status(posted) == "changed_in_xero"
    assert world.stored(posted).state_reason == f"{reason} {before}"
    assert refused(world, posted) == reason  # and is not told twice
    assert world.stored(posted).state_reason == f"{reason} {before}"


def test_xeros_words_stay_in_the_history_after_the_next_one_succeeds(world, posted):
    refused(world, posted)
    postings.roll_back(world.parts, posted, ANN)
    (entry,) = AuditEntry.select().where(AuditEntry.action == "posting.rollback_refused")
    assert "31-Dec-2026" in entry.facts["xero_words"]


def test_documents_that_make_way_stand_in_the_history(world):
    settlement_id = world.settlement()
    line = {"Description": "x", "Quantity": 1, "UnitAmount": "1.00", "AccountCode": "200", "TaxType": "NONE"}
    made = world.client().create_document("invoice", {"Invoices": [{
        "Type": "ACCREC", "Status": "DRAFT", "InvoiceNumber": "INV-5", "Contact": {"Name": "X"},
        "Reference": world.stored(settlement_id).reference, "Date": "2026-05-17", "DueDate": "2026-05-17",
        "LineItems": [line]}]}, "key")
    world.client().approve("invoice", made.id)
    postings.post(world.parts, settlement_id, ANN)
    (entry,) = AuditEntry.select().where(AuditEntry.action == "posting.others_make_way")
    assert (entry.subject, entry.facts["numbers"]) == (f"settlement:{settlement_id}", "INV-5")


def test_a_paid_document_that_is_taken_on_is_shown_as_paid(world, posted):
    world.pay(document_of(world, posted))
    world.forget(posted)
    assert postings.post(world.parts, posted, ANN).outcome == "already_there"
    assert world.status(posted) == "paid"


def test_one_that_was_shown_as_posted_although_paid_is_put_right_by_refresh(world, posted):
    world.pay(document_of(world, posted))
    document_states.refresh_one(world.parts, posted, ANN)
    row = world.stored(posted)
    row.state = "posted"
    row.save()
    assert document_states.refresh_one(world.parts, posted, ANN) == "paid"


def late_void(world, clock, settlement_id: str) -> None:
    """A void is not answered; the repeat is refused, since the period was locked meanwhile; all that within minutes."""
    world.fault("POST", f"Invoices/{document_of(world, settlement_id)}", "drop_before")
    assert postings.roll_back(world.parts, settlement_id, ANN).outcome == "unsure"
    world.lock(LOCKED)
    clock.advance(minutes=1)
    postings.settle_all(world.parts, ANN)
    assert world.status(settlement_id) == "posted"
    world.lock("")


def test_a_void_that_arrives_after_its_repeat_was_refused_is_seen_within_minutes(world, posted, clock):
    late_void(world, clock, posted)
    clock.advance(minutes=30)
    world.client().void("invoice", document_of(world, posted))  # the first request arrives at last
    postings.settle_all(world.parts, ANN)
    assert world.status(posted) == "changed_in_xero"
    assert "arrived there after all" in world.stored(posted).state_reason


def test_that_is_asked_every_five_minutes_for_an_hour_and_then_no_more(world, posted, clock, monkeypatch):
    late_void(world, clock, posted)
    with world.counted(monkeypatch) as calls:
        for _ in range(40):
            clock.advance(minutes=2.5)
            postings.settle_all(world.parts, ANN)
    assert 10 <= len(calls) <= 14
    assert Posting.get().void_sent_at is None and world.status(posted) == "posted"


def test_a_refusal_at_the_first_try_leaves_nothing_to_look_after(world, posted, clock, monkeypatch):
    refused(world, posted)
    clock.advance(minutes=10)
    with world.counted(monkeypatch) as calls:
        postings.settle_all(world.parts, ANN)
    assert calls == []


def test_a_draft_keeps_its_number_where_xero_keeps_those_of_deleted_ones(world):
    from services import settings

    world.switch(voided_numbers="held", deleted_numbers="held")
    settings.change(world.parts, "document_status", "draft", ANN)
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    numbers = [postings.repost(world.parts, settlement_id, ANN).number for _ in range(4)]
    assert len(set(numbers)) == 1
