"""A create that arrives after it was given up leaves a draft: it is swept away, and nothing else is."""

import pytest

from models import Posting
from services import postings, settings, stray_drafts
from tests.xero_world import ADS, ANN, SALE


@pytest.fixture
def bill(world) -> str:
    """A posted bill: Xero lets bills share a number, so a second one can stand beside it."""
    settings.change(world.parts, "negative_as", "bill", ANN)
    settlement_id = world.settlement((SALE, "12.00"), (ADS, "-30.00"))
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    return settlement_id


def arrives_late(world, settlement_id: str) -> str:
    """The create of the settlement's posting, once more."""
    posting = postings.active_posting(world.stored(settlement_id))
    return world.client().create_document(posting.kind, posting.payload, "another key").id


def in_doubt(settlement_id: str) -> None:
    Posting.update(sends=2).execute()


def test_a_draft_that_came_late_is_deleted_and_the_posted_document_stays(world, bill):
    stray = arrives_late(world, bill)
    in_doubt(bill)
    assert stray_drafts.sweep(world.parts, ANN) == 1
    assert world.client().get_document("bill", stray).status == "DELETED"
    (left,) = world.documents(bill)
    assert (left.status, left.id) == ("AUTHORISED", postings.active_posting(world.stored(bill)).document_id)


def test_while_no_create_was_in_doubt_xero_is_not_asked(world, bill, monkeypatch):
    arrives_late(world, bill)
    with world.counted(monkeypatch) as calls:
        assert stray_drafts.sweep(world.parts, ANN) == 0
    assert calls == []


def test_a_draft_that_is_the_posted_document_stays(world):
    settings.change(world.parts, "document_status", "draft", ANN)
    settlement_id = world.settlement()
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    in_doubt(settlement_id)
    assert stray_drafts.sweep(world.parts, ANN) == 0
    assert [document.status for document in world.documents(settlement_id)] == ["DRAFT"]


def test_a_draft_of_somebody_elses_stays(world, bill):
    in_doubt(bill)
    body = postings.active_posting(world.stored(bill)).payload.replace(f"TBUK-{bill}", "TBUK-999")
    other = world.client().create_document("bill", body, "theirs").id
    assert stray_drafts.sweep(world.parts, ANN) == 0
    assert world.client().get_document("bill", other).status == "DRAFT"
