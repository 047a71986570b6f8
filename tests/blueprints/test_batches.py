"""Post selected, Roll back selected: ticked rows, a page that tells how far it is, four lists at the end."""

import pytest

from services import batches
from tests.conftest import in_words
from tests.xero_world import FEE, SALE


@pytest.fixture
def three(world) -> list[str]:
    return [world.settlement((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(3)]


def press(ada, action: str, ids: list[str]) -> str:
    """The address of the batch's page."""
    answer = ada.post("/batches", {"action": action, "settlement": ids})
    assert answer.status_code == 303
    return answer.location


def test_every_row_of_the_list_can_be_ticked_and_the_buttons_stand_above(ada, three):
    page = ada.get("/settlements").text
    for settlement_id in three:
        assert f'name="settlement" value="{settlement_id}" form="selected"' in page
    assert 'name="action" value="post"' in page and 'name="action" value="roll_back"' in page


def test_posting_selected_shows_progress_until_all_is_done(ada, world, three):
    address = press(ada, "post", three)
    before = ada.get(address)
    assert "0 of 3 done" in in_words(before) and 'hx-trigger="load delay:1s"' in before.text
    assert "Queued" in in_words(ada.get("/settlements"))
    batches.work(world.parts)
    fragment = ada.htmx("GET", f"{address}/progress")
    assert "3 of 3 done" in in_words(fragment) and "hx-trigger" not in fragment.text
    assert "Posted: 3" in in_words(fragment)
    assert "<html" not in fragment.text


def test_the_page_tells_each_outcome_and_retries_only_the_failed(ada, world, three):
    broken = world.settlement((SALE, "10.00"), total="11.00")
    address = press(ada, "post", [*three, broken])
    batches.work(world.parts)
    page = in_words(ada.get(address))
    assert "Posted: 3" in page and "Failed: 1" in page and "£11.00" in page and "Try the failed again" in page
    answer = ada.post(f"{address}/retry")
    assert "Batch: post 1 settlement" in in_words(ada.get(answer.location))


def test_what_was_not_posted_for_want_of_a_mapping_leads_to_where_that_is_said(ada, world):
    unknown = world.settlement((SALE, "10.00"), (("Order", "Amazon.co.uk", "ItemFees", "Moon levy"), "-2.00"))
    address = press(ada, "post", [unknown])
    batches.work(world.parts)
    assert f'<a href="/settlements/{unknown}">What to do</a>' in ada.get(address).text


def test_rolling_back_selected(ada, world, three):
    press(ada, "post", three)
    batches.work(world.parts)
    address = press(ada, "roll_back", three[:2])
    batches.work(world.parts)
    assert "Rolled back: 2" in in_words(ada.get(address))
    assert [world.status(settlement_id) for settlement_id in three] == ["draft", "draft", "posted"]


def test_nothing_ticked_is_said(ada, world):
    answer = ada.post("/batches", {"action": "post"})
    assert answer.status_code == 409
    assert "No settlement was selected" in in_words(answer)


def test_the_batches_are_listed_and_an_unknown_one_is_said(ada, world, three):
    assert "None yet" in in_words(ada.get("/batches"))
    press(ada, "post", three)
    assert "Post, 3 settlements" in in_words(ada.get("/batches"))
    assert ada.get("/batches/99").status_code == 404


def test_a_press_without_an_action_rolls_nothing_back(ada, world, three):
    press(ada, "post", three)
    batches.work(world.parts)
    assert ada.post("/batches", {"settlement": three}).status_code == 409
    batches.work(world.parts)
    assert {world.status(each) for each in three} == {"posted"}


def test_a_batch_that_waits_can_be_stopped(ada, world, three):
    address = press(ada, "post", three)
    assert "Stop" in in_words(ada.get(address))
    ada.post(f"{address}/stop")
    page = in_words(ada.get(address))
    assert "3 of 3 done" in page and "stopped before anything of this was sent" in page
