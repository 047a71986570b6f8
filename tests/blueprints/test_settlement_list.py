"""The list on the page: its address says all, HTMX swaps only what changed, and a press says first what it does."""

import re

import pytest

from models import Mapping, database
from services import batches, settings
from tests.blueprints.test_settlements import drop, one_settlement
from tests.conftest import in_words
from tests.xero_world import ANN, FEE, SALE

MOON = ("Order", "Amazon.co.uk", "ItemFees", "Moon levy")
HERE = {"HX-Current-URL": "http://localhost:8000/settlements"}


@pytest.fixture
def three(world) -> list[str]:
    return [world.settlement((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(3)]


def test_the_address_alone_makes_the_page_without_javascript(ada, world, three):
    waiting = world.settlement((SALE, "10.00"), (MOON, "-2.00"))
    page = in_words(ada.get("/settlements?status=needs_category"))
    assert "Needs a category 1" in page and "Ready 3" in page and "AMZ-TB-10004" in page
    assert "AMZ-TB-10001" not in page
    assert waiting in ada.get("/settlements?q=8.00").text


def test_with_htmx_only_the_listing_comes_and_the_address_follows(ada, three):
    answer = ada.htmx("GET", "/settlements?status=ready&page=1&q=", target="listing", headers=HERE)
    assert answer.text.lstrip().startswith('<div id="listing"')
    assert answer.headers["HX-Push-Url"] == "/settlements?status=ready"
    assert '<input type="hidden" name="status" value="ready" form="filter">' in answer.text


def test_typing_on_makes_no_new_step_back(ada, three):
    typed = {"HX-Current-URL": "http://localhost:8000/settlements?q=8"}
    answer = ada.htmx("GET", "/settlements?q=83", target="listing", headers=typed)
    assert answer.headers["HX-Replace-Url"] == "/settlements?q=83" and "HX-Push-Url" not in answer.headers
    again = ada.htmx("GET", "/settlements?q=8", target="listing", headers=typed)
    assert "HX-Push-Url" not in again.headers and "HX-Replace-Url" not in again.headers


def test_going_back_gets_the_whole_page(ada, three):
    back = {"HX-History-Restore-Request": "true"} | HERE
    assert "<html" in ada.htmx("GET", "/settlements?status=ready", target="listing", headers=back).text


def test_pages_and_columns_are_links_that_keep_the_filter(ada, world, three, monkeypatch):
    monkeypatch.setattr("services.settlement_list.PAGE", 2)
    page = ada.get("/settlements?q=Amazon&status=ready").text
    assert 'href="/settlements?status=ready&amp;q=Amazon&amp;page=2"' in page
    assert 'href="/settlements?status=ready&amp;q=Amazon&amp;sort=total"' in page
    assert 'aria-sort="descending"' in page


def test_nothing_found_says_so_and_leads_back_to_all(ada, three):
    page = ada.get("/settlements?q=nowhere")
    assert "No settlement fits what you look for" in in_words(page) and 'href="/settlements"' in page.text


def test_the_way_to_put_it_right_stands_beneath_the_status(ada, world):
    world.settlement((SALE, "10.00"), (MOON, "-2.00"))
    short = world.settlement((SALE, "10.00"), total="11.00")
    page = ada.get("/settlements").text
    assert 'href="/mappings#needs-a-category">Give it a category</a>' in page
    assert f'href="/settlements/{short}#difference-line">What to do</a>' in page


def test_a_mapping_taken_away_is_seen_at_once(ada, three):
    assert "Ready 3" in in_words(ada.get("/settlements"))
    with database.connection_context():
        Mapping.delete().where(Mapping.category == "SALES").execute()
    page = in_words(ada.get("/settlements"))
    assert "Needs mapping 3" in page and "Product sales (£100.00) has no account yet." in page


def test_after_a_drop_each_that_came_is_named_with_what_to_do_next(ada, world):
    told = drop(ada, ("may.txt", one_settlement()), htmx=True)
    assert "1 settlement taken in. AMZ-TB-10001 Amazon.co.uk, 1 – 15 May 2026, £102.00 : Ready – Preview and post" in (
        in_words(told))
    assert 'href="/settlements/26000000001"' in told.text


# --- the ticked ---------------------------------------------------------------------------------


def press(ada, **form):
    return ada.post("/settlements/selection", form)


def test_posting_the_ticked_begins_at_once(ada, world, three):
    answer = press(ada, action="post", settlement=three)
    assert answer.location.startswith("/batches/")
    batches.work(world.parts)
    assert {world.status(settlement_id) for settlement_id in three} == {"posted"}


def test_rolling_back_says_what_it_will_do_and_asks_first(ada, world, three):
    press(ada, action="post", settlement=three[:2])
    batches.work(world.parts)
    asked = ada.get(press(ada, action="roll_back", settlement=three).location)
    words = in_words(asked)
    assert "Roll back 2 settlements?" in words and "£165.00 in all" in words and "TrueBooks Demo (UK)" in words
    assert "keeps its number" in words and "Nothing happens to the others that were selected: 1 ready" in words
    assert world.status(three[0]) == "posted"
    answer = confirm(ada, asked)
    assert answer.location.startswith("/batches/")
    batches.work(world.parts)
    assert [world.status(settlement_id) for settlement_id in three] == ["draft", "draft", "ready"]


def confirm(ada, page):
    form = page.text.split("/settlements/selection/batch")[1]
    form = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields: dict[str, list] = {}
    for name, value in form:
        fields.setdefault(name, []).append(value)
    return ada.post("/settlements/selection/batch", fields)


def test_all_that_match_are_posted_from_every_page_after_a_look(ada, world, three, monkeypatch):
    monkeypatch.setattr("services.settlement_list.PAGE", 1)
    left = world.settlement((SALE, "10.00"), (MOON, "-2.00"))
    assert "All 3 that match, on every page" in in_words(ada.get("/settlements?status=ready"))
    asked = ada.get(press(ada, action="post", matching="1", status="ready").location)
    assert "Post 3 settlements?" in in_words(asked) and "approved at once" in in_words(asked)
    confirm(ada, asked)
    batches.work(world.parts)
    assert [world.status(each) for each in (*three, left)] == ["posted"] * 3 + ["needs_category"]


def test_what_changed_since_it_was_shown_is_shown_again_and_nothing_is_done(ada, world, three):
    asked = ada.get(press(ada, action="post", matching="1").location)
    world.settlement()
    answer = confirm(ada, asked)
    assert answer.status_code == 409
    assert "changed since you looked" in in_words(answer) and "Post 4 settlements?" in in_words(answer)
    assert not batches.unfinished()


def test_drafts_are_told_as_drafts(ada, world, three):
    settings.change(world.parts, "document_status", "draft", ANN)
    assert "as drafts for you to approve" in in_words(ada.get("/settlements/selection?action=post&matching=1"))


def test_nothing_ticked_and_nothing_fitting_are_said(ada, world, three):
    assert "No settlement was selected" in in_words(press(ada, action="post"))
    page = in_words(ada.get(f"/settlements/selection?action=roll_back&settlement={three[0]}"))
    assert "Nothing to roll back" in page and "None of the selected settlements is posted" in page


def test_a_batch_under_way_shows_on_the_list_until_it_has_ended(ada, world, three):
    press(ada, action="post", settlement=three)
    page = ada.get("/settlements")
    assert "Posting 3 settlements" in in_words(page) and "0 of 3 done" in in_words(page)
    assert 'hx-get="/settlements/running" hx-trigger="load delay:1500ms"' in page.text
    batches.work(world.parts)
    after = ada.htmx("GET", "/settlements/running")
    assert after.headers["HX-Trigger"] == "settlements-changed" and "hx-get" not in after.text


# --- what a button will do ----------------------------------------------------------------------


def test_every_button_says_what_it_will_do_before_it_is_pressed(ada, world, three):
    before = in_words(ada.get(f"/settlements/{three[0]}"))
    assert ("Post Makes sales invoice AMZ-TB-10001 of £82.00 in TrueBooks Demo (UK), approved at once: "
            "exactly the lines above. It can be rolled back.") in before
    plan = re.search(r'name="plan_hash" value="(\w+)"', ada.get(f"/settlements/{three[0]}").text)[1]
    ada.post(f"/settlements/{three[0]}/posting", {"plan_hash": plan})
    after = in_words(ada.get(f"/settlements/{three[0]}"))
    assert "Roll back Voids AMZ-TB-10001 in TrueBooks Demo (UK). The settlement becomes a draft here" in after
    assert "Nothing would change: it stands in Xero as it would be posted now." in after


def test_a_button_that_cannot_be_pressed_says_why(ada, world):
    waiting = world.settlement((SALE, "10.00"), (MOON, "-2.00"))
    page = ada.get(f"/settlements/{waiting}")
    assert "Post One thing stands in its way; above is what to do." in in_words(page)
    assert re.search(r'<button class="button" type="button" disabled[^>]*>Post</button>', page.text)


def test_the_way_back_leads_to_the_list_as_it_was(ada, three):
    came = {"Referer": "http://localhost:8000/settlements?status=ready&page=2"}
    assert 'href="/settlements?status=ready&amp;page=2"' in ada.get(f"/settlements/{three[0]}", headers=came).text
    strange = {"Referer": "https://elsewhere.example/settlements?status=ready"}
    assert "status=ready" not in ada.get(f"/settlements/{three[0]}", headers=strange).text
