"""What belongs to one organisation is never sent to another, nor taken for gone because another does not know it."""

import pytest

from commands import consent
from models import Posting
from services import batches, integrity, postings, reference_data, suggested_mappings, xero_connection
from services.errors import Refused
from tests.xero_world import ANN, FEE, SALE

OTHER = "not registered"


@pytest.fixture
def three(world) -> list[str]:
    return [world.settlement((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(3)]


def switched_to(world, organisation: str) -> None:
    xero_connection.disconnect(world.parts, ANN)
    consent.connect(world.parts, organisation)
    reference_data.sync(world.parts, ANN)
    suggested_mappings.apply_suggested(world.parts, ANN)


def back(world) -> None:
    switched_to(world, "UK")


def test_a_queued_rollback_waits_naming_both_and_goes_on_where_it_belongs(world, three):
    batches.work(world.parts, batches.begin(world.parts, batches.POST, three, ANN))
    batch = batches.begin(world.parts, batches.ROLL_BACK, three, ANN)
    switched_to(world, OTHER)
    batches.work(world.parts)
    told = batches.tell(batch.id)
    assert (told.done, told.is_finished) == (0, False)
    assert "(UK)" in told.batch.note and "(not registered)" in told.batch.note
    back(world)
    assert [document.status for each in three for document in world.documents(each)] == ["AUTHORISED"] * 3
    batches.work(world.parts)
    assert len(batches.tell(batch.id).lists["rolled_back"]) == 3


def test_a_queued_post_is_not_sent_to_the_other_one(world, three):
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    switched_to(world, OTHER)
    batches.work(world.parts)
    assert [world.documents(each) for each in three] == [[], [], []]
    assert "is meant for another Xero organisation" in batches.tell(batch.id).batch.note
    with pytest.raises(Refused, match="another Xero organisation"):
        postings.post(world.parts, three[0], ANN)


def test_what_is_posted_there_is_not_called_posted_here(world, three):
    postings.post(world.parts, three[0], ANN)
    switched_to(world, OTHER)
    outcome = postings.post(world.parts, three[0], ANN)
    assert outcome.outcome == "failed" and "another Xero organisation" in outcome.reason


def test_a_repair_in_the_other_one_leaves_its_postings_alone(world, three):
    postings.post(world.parts, three[0], ANN)
    switched_to(world, OTHER)
    assert integrity.run(world.parts, integrity.REPAIR, ANN).findings == []
    assert world.status(three[0]) == "posted"
    assert Posting.get().state == "posted"
