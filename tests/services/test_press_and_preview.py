"""What is sent is what the person who pressed saw: draft or approved, and not what another press had frozen."""

import pytest

from services import batches, mappings, postings, settings
from services.postings import StalePreview
from tests.xero_world import ANN


@pytest.mark.parametrize(("before", "after"), [("authorised", "draft"), ("draft", "authorised")])
def test_draft_or_approved_belongs_to_the_preview(world, before, after):
    settings.change(world.parts, "document_status", before, ANN)
    settlement_id = world.settlement()
    seen = postings.preview(settlement_id).plan.hash
    settings.change(world.parts, "document_status", after, ANN)
    with pytest.raises(StalePreview):
        postings.post(world.parts, settlement_id, ANN, seen)
    assert world.documents(settlement_id) == []


def test_a_queued_settlement_is_not_posted_by_a_press_that_saw_another_plan(world):
    settlement_id = world.settlement()
    batch = batches.begin(world.parts, batches.POST, [settlement_id], ANN)
    mappings.save(world.parts, "SELLER_FEES", "402", "INPUT2", ANN)
    shown = postings.preview(settlement_id)
    assert shown.actions == frozenset()
    with pytest.raises(StalePreview, match="Another press came first"):
        postings.post(world.parts, settlement_id, ANN, shown.plan.hash)
    assert world.documents(settlement_id) == []
    batches.work(world.parts)
    assert batches.tell(batch.id).lists.keys() == {"posted"}


def test_the_same_plan_pressed_again_is_seen_through_together(world):
    settlement_id = world.settlement()
    seen = postings.preview(settlement_id).plan.hash
    batches.begin(world.parts, batches.POST, [settlement_id], ANN)
    assert postings.post(world.parts, settlement_id, ANN, seen).outcome == "already_there"
    assert len(world.documents(settlement_id)) == 1


def test_a_document_known_to_be_voided_by_hand_is_not_called_there(world, clock):
    from services import document_states

    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    clock.advance(minutes=5)
    world.client().void("invoice", postings.active_posting(world.stored(settlement_id)).document_id)
    document_states.refresh(world.parts, ANN)
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "nothing of it stands there" in outcome.reason
    batch = batches.begin(world.parts, batches.POST, [settlement_id], ANN)
    assert "Repost" in batches.tell(batch.id).failed[0].reason
    assert postings.repost(world.parts, settlement_id, ANN).outcome == "posted"


def test_numbers_that_an_old_backup_has_again_are_passed_over_at_once(world):
    from models import Posting, Workspace

    ids = [world.settlement() for _ in range(5)]
    for settlement_id in ids:
        postings.post(world.parts, settlement_id, ANN)
        row = world.stored(settlement_id)
        Posting.delete().where(Posting.settlement == row).execute()
        row.delete_instance(recursive=True)
    Workspace.update(next_number=10001, highest_number=10000).execute()
    late = world.settlement(settlement_id="26999999999")
    first = postings.post(world.parts, late, ANN)
    assert (first.outcome, first.number) == ("failed", "AMZ-TB-10006")
    assert postings.post(world.parts, late, ANN).outcome == "posted"
