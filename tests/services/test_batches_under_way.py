"""Batches beside each other: every row ends with its own outcome and a reason, waits in words, or is stopped."""

import json

import pytest

from models import Posting
from services import batches, postings, removal
from services.errors import Refused
from tests.xero_world import ANN, FEE, SALE


@pytest.fixture
def three(world) -> list[str]:
    return [world.settlement((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(3)]


def reasons(batch) -> dict[str, list[str]]:
    return {name: [row.reason for row in rows] for name, rows in batches.tell(batch.id).lists.items()}


@pytest.mark.parametrize("action", ["", "anything"])
def test_without_a_word_what_to_do_nothing_is_done(world, three, action):
    with pytest.raises(Refused, match="not said what to do"):
        batches.begin(world.parts, action, three, ANN)


def test_what_is_being_rolled_back_is_not_posted_and_says_so(world, three):
    batches.work(world.parts, batches.begin(world.parts, batches.POST, three, ANN))
    batches.begin(world.parts, batches.ROLL_BACK, three, ANN)
    post = batches.begin(world.parts, batches.POST, three, ANN)
    assert all("just being rolled back" in reason for reason in reasons(post)["failed"])


def test_a_rollback_that_overtakes_a_queued_post_is_named_in_its_row(world, three):
    batch = batches.begin(world.parts, batches.POST, three[:1], ANN)
    assert postings.roll_back(world.parts, three[0], ANN).outcome == "rolled_back"
    batches.work(world.parts)
    assert "rolled back again by ann@example.com" in reasons(batch)["failed"][0]


def test_retrying_twice_posts_once_and_the_second_says_who_did(world, three):
    world.lock("2026-12-31")
    first = batches.begin(world.parts, batches.POST, three, ANN)
    batches.work(world.parts)
    world.lock("")
    again, once_more = (batches.retry(world.parts, first.id, ANN) for _ in range(2))
    batches.work(world.parts)
    assert reasons(again).keys() == {"posted"}
    assert reasons(once_more) == {"already_there": ["Another press posted it."] * 3}


def test_a_batch_that_waits_can_be_stopped_before_anything_was_sent(world, three):
    batches.work(world.parts, batches.begin(world.parts, batches.POST, three[:1], ANN))
    back = batches.begin(world.parts, batches.ROLL_BACK, three[:1], ANN)
    on = batches.begin(world.parts, batches.POST, three[1:], ANN)
    assert [batches.stop(world.parts, each.id, ANN) for each in (back, on)] == [1, 2]
    batches.work(world.parts)
    assert [world.status(each) for each in three] == ["posted", "failed", "failed"]
    assert [len(world.documents(each)) for each in three] == [1, 0, 0]
    assert all("stopped" in reason for batch in (back, on) for reason in reasons(batch)["failed"])
    assert not batches.unfinished()


def test_what_xero_may_have_heard_of_is_not_stopped(world, three, clock):
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    world.fault("PUT", "Invoices*", "late")
    batches.work(world.parts)
    assert Posting.select().where(Posting.sends > 0).count() == 3
    assert batches.stop(world.parts, batch.id, ANN) == 0
    for _ in range(4):
        clock.advance(seconds=31)
        batches.work(world.parts)
    assert reasons(batch).keys() <= {"posted", "already_there"}


def test_one_that_was_removed_since_is_still_told_of(world, three):
    world.lock("2026-12-31")
    batch = batches.begin(world.parts, batches.POST, three[:1], ANN)
    batches.work(world.parts)
    number = removal.remove(world.parts, three[0], ANN)
    assert f"{number} failed in it and was removed since." in batches.tell(batch.id).batch.note


def test_answers_in_another_order_belong_to_their_own_settlements(world, three, monkeypatch):
    sandbox = type(world.parts.xero_http.wsgi_app)
    inner = sandbox.__call__

    def turned(this, environ, start_response):
        if environ["REQUEST_METHOD"] == "GET" or not environ["PATH_INFO"].endswith("/Invoices"):
            return inner(this, environ, start_response)
        head = []
        answer = json.loads(b"".join(inner(this, environ, lambda *given: head.extend(given))))
        answer["Invoices"].reverse()
        body = json.dumps(answer).encode()
        named = [(name, value) for name, value in head[1] if name.lower() != "content-length"]
        start_response(head[0], [*named, ("Content-Length", str(len(body)))])
        return [body]

    same = [world.settlement((SALE, "50.00")) for _ in range(3)]
    monkeypatch.setattr(sandbox, "__call__", turned)
    batches.work(world.parts, batches.begin(world.parts, batches.POST, same, ANN))
    for settlement_id in same:
        posting = postings.active_posting(world.stored(settlement_id))
        (document,) = world.documents(settlement_id)
        assert (document.id, document.number) == (posting.document_id, posting.number)


def test_a_row_that_is_still_queued_says_so(world, three):
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    assert {(each.outcome, each.reason) for each in batches.outcomes(batch)} == {("unsure", batches.QUEUED_STILL)}


def test_the_command_line_waits_for_what_another_process_has_under_way(world, three, monkeypatch):
    from services import leases

    owner = leases.claim(batches.LEASE, world.parts.clock.now(), 600)
    batch = batches.begin(world.parts, batches.POST, three, ANN)
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            leases.release(batches.LEASE, owner)

    monkeypatch.setattr(world.parts.clock, "sleep", sleep)
    batches.see_through(world.parts, batch)
    assert len(waited) == 3 and {each.outcome for each in batches.outcomes(batch)} == {"posted"}
