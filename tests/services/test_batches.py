"""Many at once: queued with one press, few calls, each settlement with its own outcome; whatever happens."""

import pytest

from models import Batch, BatchRow, Posting, Settlement
from services import batches, mappings, postings, settings
from services.errors import NotConnected, Refused
from services.xero_connection import disconnect
from tests.xero_world import ADS, ANN, FEE, SALE


@pytest.fixture
def three(world) -> list[str]:
    return [world.settlement((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(3)]


def posted(world, ids) -> batches.Told:
    return done(world, batches.POST, ids)


def done(world, action, ids) -> batches.Told:
    batch = batches.begin(world.parts, action, ids, ANN)
    batches.work(world.parts)
    return batches.tell(batch.id)


def by_outcome(told: batches.Told) -> dict[str, list[str]]:
    return {name: [row.settlement.settlement_id for row in rows] for name, rows in told.lists.items()}


def test_each_settlement_becomes_its_own_document(world, three):
    told = posted(world, three)
    assert by_outcome(told) == {"posted": three}
    assert told.is_finished and (told.done, told.total) == (3, 3)
    for settlement_id in three:
        assert [document.status for document in world.documents(settlement_id)] == ["AUTHORISED"]
        assert world.status(settlement_id) == "posted"


def test_until_the_work_begins_they_are_queued_with_their_plans_frozen(world, three):
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    assert {world.status(settlement_id) for settlement_id in three} == {"queued"}
    mappings.save(world.parts, "SELLER_FEES", "402", "INPUT2", ANN)  # after the press: too late for these
    batches.work(world.parts)
    assert batches.tell(batch.id).is_finished
    assert {line.account_code for line in world.documents(three[0])[0].lines} == {"200", "401"}


def test_it_ends_in_lists_posted_already_there_needs_mapping_and_failed(world, three):
    first, second, third = three
    postings.post(world.parts, first, ANN)
    odd = world.settlement((SALE, "10.00"), (("other-transaction", "", "other-transaction", "Space Fee"), "-5.00"))
    broken = world.settlement((SALE, "10.00"), total="11.00")
    told = posted(world, [first, second, third, odd, broken])
    assert by_outcome(told) == {
        "posted": [second, third], "already_there": [first], "needs_mapping": [odd], "failed": [broken]}
    assert "£11.00" in told.failed[0].reason


def test_failed_rows_are_tried_again_without_touching_the_others(world, three, monkeypatch):
    world.lock("2026-12-31")  # since the last sync, so that only Xero knows
    first = posted(world, three)
    assert by_outcome(first) == {"failed": three} and "locked" in first.failed[0].reason
    world.lock("")
    again = batches.retry(world.parts, first.batch.id, ANN)
    batches.work(world.parts)
    assert by_outcome(batches.tell(again.id)) == {"posted": three}
    with pytest.raises(Refused, match="Nothing of this batch failed"):
        batches.retry(world.parts, again.id, ANN)


def test_two_hundred_take_at_most_forty_calls_to_post_and_forty_to_roll_back(world, monkeypatch):
    ids = [world.settlement((SALE, f"{number}.00"), settlement_id=f"27{number:09}") for number in range(1, 201)]
    with world.counted(monkeypatch) as calls:
        told = posted(world, ids)
    assert len(told.lists["posted"]) == 200
    assert len(calls) <= 40
    with world.counted(monkeypatch) as calls:
        told = done(world, batches.ROLL_BACK, ids)
    assert len(told.lists["rolled_back"]) == 200
    assert len(calls) <= 40
    assert Settlement.select().where(Settlement.state == "draft").count() == 200


def test_one_that_xero_refuses_leaves_the_others_posted(world, three):
    Settlement.update(end_date="2025-03-01", deposit_date="2025-03-01").where(
        Settlement.settlement_id == three[1]).execute()
    world.lock("2025-12-31")
    told = posted(world, three)
    assert by_outcome(told) == {"posted": [three[0], three[2]], "failed": [three[1]]}
    assert world.documents(three[1]) == []


def test_a_call_that_is_refused_as_a_whole_falls_back_to_single_ones(world, three, monkeypatch):
    from services.xero import many
    from services.xero.errors import Rejected

    def refuse(*_):
        raise Rejected(["A validation exception occurred"])

    monkeypatch.setattr(many, "create", refuse)
    assert by_outcome(posted(world, three)) == {"posted": three}


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "drop_before"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_lost_answer_to_fifty_at_once_makes_nothing_twice(world, three, clock, fault, method):
    world.fault(method, "Invoices", fault)
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    for _ in range(4):
        batches.work(world.parts)
        clock.advance(seconds=31)
    assert by_outcome(batches.tell(batch.id)) == {"posted": three}
    for settlement_id in three:
        assert [document.status for document in world.documents(settlement_id)] == ["AUTHORISED"]


def test_while_xero_is_down_the_batch_waits_and_says_why(world, three, clock):
    world.fault("GET", "Invoices", "503", times=99)
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    batches.work(world.parts)
    told = batches.tell(batch.id)
    assert not told.is_finished and told.done == 0 and "offline" in told.batch.note
    world.no_faults()
    batches.work(world.parts)
    assert batches.tell(batch.id).is_finished


def test_a_restart_in_the_middle_goes_on_where_it_stood(world, three, monkeypatch):
    class Died(BaseException):
        pass

    from services import posting_many

    batch = batches.begin(world.parts, batches.POST, three, ANN)
    real = posting_many._write

    def dies_after_the_create(client, alike):
        real(client, alike)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(posting_many, "_write", dies_after_the_create)
        with pytest.raises(Died):
            batches.work(world.parts)
    batches.work(world.parts)
    assert by_outcome(batches.tell(batch.id)) == {"posted": three}
    assert [len(world.documents(settlement_id)) for settlement_id in three] == [1, 1, 1]


def test_rolling_back_what_was_never_posted_fails_in_words_and_a_draft_is_there_already(world, three):
    postings.post(world.parts, three[0], ANN)
    postings.post(world.parts, three[1], ANN)
    postings.roll_back(world.parts, three[1], ANN)
    told = done(world, batches.ROLL_BACK, three)
    assert by_outcome(told) == {"rolled_back": [three[0]], "already_there": [three[1]], "failed": [three[2]]}


def test_credit_notes_bills_and_invoices_go_together(world):
    invoice, negative = world.settlement(), [world.settlement((ADS, f"-{n}.00")) for n in (5, 6, 7, 8)]
    assert len(posted(world, [invoice, *negative[:2]]).lists["posted"]) == 3
    settings.change(world.parts, "negative_as", "bill", ANN)
    assert len(posted(world, negative[2:]).lists["posted"]) == 2
    assert [document.kind for document in world.documents(negative[3], "bill")] == ["bill"]
    assert [document.kind for document in world.documents(negative[0], "credit_note")] == ["credit_note"]


def test_pressing_post_on_a_queued_one_posts_it_once(world, three):
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    assert postings.post(world.parts, three[0], ANN).outcome == "already_there"
    batches.work(world.parts)
    assert by_outcome(batches.tell(batch.id)) == {"posted": three}
    assert [len(world.documents(settlement_id)) for settlement_id in three] == [1, 1, 1]


def test_where_voided_numbers_are_held_a_batch_still_comes_through(world, three):
    world.switch(voided_numbers="held")
    posted(world, three)
    done(world, batches.ROLL_BACK, three)
    assert by_outcome(posted(world, three)) == {"posted": three}
    assert done(world, batches.ROLL_BACK, three).is_finished
    assert by_outcome(posted(world, three)) == {"posted": three}
    assert all(len(world.documents(settlement_id)) == 1 for settlement_id in three)


def test_nothing_selected_and_not_connected_are_said_and_write_nothing(world, three):
    with pytest.raises(Refused, match="No settlement was selected"):
        batches.begin(world.parts, batches.POST, [], ANN)
    disconnect(world.parts, ANN)
    with pytest.raises(NotConnected):
        batches.begin(world.parts, batches.POST, three, ANN)
    assert (Batch.select().count(), BatchRow.select().count(), Posting.select().count()) == (0, 0, 0)
