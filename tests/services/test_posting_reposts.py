"""A Repost, once pressed, is carried through whatever happens between its halves, or stops as a draft in words."""

import pytest

from models import Mapping, Posting
from services import batches, posting_reposts, postings
from tests.xero_world import ANN, FEE, SALE


class Killed(BaseException):
    """kill -9 between the two halves."""


@pytest.fixture
def posted(world) -> str:
    settlement_id = world.settlement((SALE, "120.00"), (FEE, "-18.00"))
    postings.post(world.parts, settlement_id, ANN)
    change_fees("402")
    return settlement_id


def change_fees(account: str) -> None:
    Mapping.update(account_code=account).where(Mapping.category == "SELLER_FEES").execute()


def killed_between_the_halves(world, monkeypatch, settlement_id: str) -> None:
    def dies(*args, **named):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(postings, "post", dies)
        with pytest.raises(Killed):
            postings.repost(world.parts, settlement_id, ANN)
    assert world.documents(settlement_id) == []


def accounts(world, settlement_id: str) -> set[str]:
    (document,) = world.documents(settlement_id)
    return {line.account_code for line in document.lines}


def test_killed_between_its_halves_it_is_posted_by_the_next_start_as_it_was_pressed(world, posted, monkeypatch):
    number = world.stored(posted).number
    killed_between_the_halves(world, monkeypatch, posted)
    assert "Repost is under way" in world.stored(posted).state_reason
    assert [outcome.outcome for outcome in postings.settle_all(world.parts, ANN)] == ["posted"]
    assert (world.status(posted), world.stored(posted).number) == ("posted", number)
    assert "402" in accounts(world, posted)
    assert Posting.select().order_by(Posting.id.desc()).get().created_by == ANN.name


def test_if_a_mapping_changed_since_the_press_it_stops_as_a_draft_and_says_why(world, posted, monkeypatch):
    killed_between_the_halves(world, monkeypatch, posted)
    change_fees("403")
    postings.settle_all(world.parts, ANN)
    assert world.status(posted) == "draft" and world.documents(posted) == []
    assert "something changed" in world.stored(posted).state_reason
    assert postings.settle_all(world.parts, ANN) == [] and world.documents(posted) == []
    assert postings.post(world.parts, posted, ANN).outcome == "posted"


def test_where_the_void_was_not_answered_the_new_document_follows_once_it_is_settled(world, posted):
    world.fault("POST", "Invoices/*", "drop_before")
    assert postings.repost(world.parts, posted, ANN).outcome == "unsure"
    postings.settle_all(world.parts, ANN)
    assert world.status(posted) == "posted" and "402" in accounts(world, posted)


def test_where_xero_refuses_the_void_nothing_is_posted_later_either(world, posted):
    world.lock("2026-12-31")
    assert postings.repost(world.parts, posted, ANN).outcome == "failed"
    world.lock("")
    postings.settle_all(world.parts, ANN)
    assert len(world.documents(posted)) == 1 and "402" not in accounts(world, posted)


@pytest.mark.parametrize("many", [False, True])
def test_a_rollback_pressed_meanwhile_ends_it(world, posted, monkeypatch, many):
    killed_between_the_halves(world, monkeypatch, posted)
    if many:
        batches.begin(world.parts, batches.ROLL_BACK, [posted], ANN)
    else:
        assert postings.roll_back(world.parts, posted, ANN).outcome == "already_there"
    assert postings.settle_all(world.parts, ANN) == []
    assert world.status(posted) == "draft" and world.documents(posted) == []


def test_a_post_pressed_meanwhile_is_all_there_is(world, posted, monkeypatch):
    killed_between_the_halves(world, monkeypatch, posted)
    assert postings.post(world.parts, posted, ANN).outcome == "posted"
    assert posting_reposts.owed() == [] and postings.settle_all(world.parts, ANN) == []
    assert len(world.documents(posted)) == 1


def test_while_xero_is_not_connected_it_waits_and_is_carried_through_afterwards(world, posted, monkeypatch):
    from commands import consent
    from services.xero_connection import disconnect

    killed_between_the_halves(world, monkeypatch, posted)
    disconnect(world.parts, ANN)
    postings.settle_all(world.parts, ANN)
    assert len(posting_reposts.owed()) == 1
    consent.connect(world.parts, "")
    postings.settle_all(world.parts, ANN)
    assert world.status(posted) == "posted"
