"""Paid, voided by hand, edited by hand: seen by the daily look and by Refresh, in few calls."""

import pytest

from services import document_states, postings
from services.errors import Refused
from tests.xero_world import ADS, ANN, FEE, SALE


@pytest.fixture
def posted(world, clock) -> list[str]:
    ids = [world.settlement((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(4)]
    for settlement_id in ids:
        postings.post(world.parts, settlement_id, ANN)
    clock.advance(minutes=30)
    return ids


def document_of(world, settlement_id: str) -> str:
    return postings.active_posting(world.stored(settlement_id)).document_id


def test_while_nothing_changed_nothing_is_news(world, posted, monkeypatch):
    with world.counted(monkeypatch) as calls:
        assert document_states.refresh(world.parts, ANN) == 0
    assert len(calls) <= 2
    assert {world.status(each) for each in posted} == {"posted"}


def test_paid_voided_and_edited_are_shown_with_what_to_do(world, posted):
    paid, voided, edited, _ = posted
    world.pay(document_of(world, paid))
    world.client().void("invoice", document_of(world, voided))
    world.edit(document_of(world, edited), LineItems=[
        {"Description": "Everything", "Quantity": 1, "UnitAmount": "84.00", "AccountCode": "200", "TaxType": "NONE"}])
    assert document_states.refresh(world.parts, ANN) == 3
    assert [world.status(each) for each in posted] == ["paid", "changed_in_xero", "changed_in_xero", "posted"]
    assert "voided in Xero by hand" in world.stored(voided).state_reason
    assert "edited in Xero" in world.stored(edited).state_reason
    assert document_states.refresh(world.parts, ANN) == 0


def test_an_edit_of_the_lines_alone_is_seen(world, posted):
    document = world.client().get_document("invoice", document_of(world, posted[0]))
    world.edit(document.id, LineItems=[
        {"Description": "Everything", "Quantity": 1, "UnitAmount": str(document.total), "AccountCode": "200",
         "TaxType": "OUTPUT2", "TaxAmount": str(document.total_tax)}])
    document_states.refresh(world.parts, ANN)
    assert world.status(posted[0]) == "changed_in_xero"


def test_a_payment_that_is_removed_makes_it_posted_again(world, posted, clock):
    world.pay(document_of(world, posted[0]))
    document_states.refresh(world.parts, ANN)
    clock.advance(minutes=5)
    world.unpay(document_of(world, posted[0]))
    document_states.refresh(world.parts, ANN)
    assert world.status(posted[0]) == "posted"


def test_a_paid_one_is_not_rolled_back_and_stays_paid_with_the_reason(world, posted):
    world.pay(document_of(world, posted[0]))
    document_states.refresh(world.parts, ANN)
    outcome = postings.roll_back(world.parts, posted[0], ANN)
    assert outcome.outcome == "failed" and "payment" in outcome.reason
    assert world.status(posted[0]) == "paid"
    assert postings.repost(world.parts, posted[0], ANN).outcome == "failed"
    assert [document.status for document in world.documents(posted[0])] == ["PAID"]


def test_changed_ones_can_be_reposted_and_voided_ones_rolled_back(world, posted):
    voided, edited = posted[:2]
    world.client().void("invoice", document_of(world, voided))
    world.edit(document_of(world, edited), Reference=f"edited TBUK-{edited}", LineItems=[
        {"Description": "Everything", "Quantity": 1, "UnitAmount": "1.00", "AccountCode": "200", "TaxType": "NONE"}])
    document_states.refresh(world.parts, ANN)
    assert {"rollback", "repost"} <= postings.preview(voided).actions
    assert postings.roll_back(world.parts, voided, ANN).outcome == "rolled_back"
    assert postings.repost(world.parts, edited, ANN).outcome == "posted"
    assert [str(document.total) for document in world.documents(edited)] == ["83.00"]


def test_refresh_asks_about_one_in_one_call(world, posted, monkeypatch):
    world.pay(document_of(world, posted[0]))
    with world.counted(monkeypatch) as calls:
        assert document_states.refresh_one(world.parts, posted[0], ANN) == "paid"
    assert len(calls) == 1
    with pytest.raises(Refused, match="not posted"):
        document_states.refresh_one(world.parts, world.settlement(), ANN)


def test_credit_notes_are_looked_at_too(world, clock):
    settlement_id = world.settlement((SALE, "12.00"), (ADS, "-30.00"))
    postings.post(world.parts, settlement_id, ANN)
    clock.advance(minutes=5)
    world.client().void("credit_note", document_of(world, settlement_id))
    assert document_states.refresh(world.parts, ANN) == 1
    assert world.status(settlement_id) == "changed_in_xero"
