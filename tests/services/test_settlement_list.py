"""The list of settlements: found, narrowed, ordered, counted and leafed through as its address says."""

import pytest

from models import Settlement
from services import booked_elsewhere, corrections, postings, settlement_list
from services.settlement_filter import Wanted, typed_amount, wanted
from tests.xero_world import ANN, FEE, SALE, settlement_text

MOON = ("Order", "Amazon.co.uk", "ItemFees", "Moon levy")


@pytest.fixture
def five(world) -> list[str]:
    """Totals 1,275.20 (ready), -29.99 (ready), 8.00 (unknown line), 70.00 (posted), 5.00 in euros; days apart."""
    ids = [
        world.settlement((SALE, "1275.20")),
        world.settlement((FEE, "-29.99")),
        world.settlement((SALE, "10.00"), (MOON, "-2.00")),
        world.settlement((SALE, "70.00")),
        world.settlement((("Order", "Amazon.de", "ItemPrice", "Principal"), "5.00"), currency="EUR"),
    ]
    for day, settlement_id in enumerate(ids, 11):
        Settlement.update(deposit_date=f"2026-05-{day}").where(Settlement.settlement_id == settlement_id).execute()
    postings.post(world.parts, ids[3], ANN)
    return ids


def found(**asked) -> list[str]:
    return [row.settlement.settlement_id for row in settlement_list.listed(wanted(asked)).rows]


def test_the_latest_deposit_comes_first(five):
    assert found() == five[::-1]
    assert found(reverse="1") == five


def test_the_period_s_end_counts_where_no_deposit_is_known(five):
    Settlement.update(deposit_date="", end_date="2026-05-31").where(Settlement.settlement_id == five[0]).execute()
    assert found()[0] == five[0]


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({"status": "ready"}, [4, 1, 0]), ({"status": "needs_category"}, [2]), ({"status": "posted"}, [3]),
        ({"status": "needs_me"}, [2]), ({"status": "paid"}, []), ({"marketplace": "Amazon.co.uk"}, [3, 2, 1, 0]),
        ({"currency": "EUR"}, [4]), ({"from": "2026-05-13"}, [4, 3, 2]), ({"to": "2026-05-12"}, [1, 0]),
        ({"from": "2026-05-12", "to": "2026-05-13"}, [2, 1]), ({"status": "ready", "q": "29.99"}, [1]),
    ],
)  # fmt: skip
def test_a_filter_leaves_what_it_names(five, asked, places):
    assert found(**asked) == [five[place] for place in places]


@pytest.mark.parametrize("words", ["1,275.20", "1275.20", "£1,275.20", "1.275,20", "(£1,275.20)", " 1275.2 "])
def test_an_amount_is_found_however_it_is_typed(five, words):
    assert found(q=words) == [five[0]]


def test_a_negative_total_is_found_with_its_sign_and_without(five):
    assert found(q="-29.99") == found(q="29.99") == found(q="-£29.99") == [five[1]]
    assert found(q="-1275.20") == []


@pytest.mark.parametrize("column", ["settlement_id", "number", "reference"])
def test_id_number_and_reference_are_found_by_a_part_of_them(five, world, column):
    whole = getattr(world.stored(five[2]), column)
    assert five[2] in found(q=whole[-8:]) and found(q=whole) == [five[2]]


def test_the_number_of_the_document_is_found_where_it_is_another(five, world):
    postings.active_posting(world.stored(five[3])).__class__.update(number="AMZ-TB-10004-2").where(True).execute()
    assert found(q="10004-2") == [five[3]]


def test_signs_of_the_database_are_only_signs(five):
    assert found(q="%") == found(q="_") == found(q="' OR 1=1 --") == []


def test_it_is_sorted_as_asked_and_the_other_way_round(five):
    assert found(sort="total")[0] == five[0] and found(sort="total", reverse="1")[0] == five[1]
    assert found(sort="number", reverse="1") == five
    assert found(sort="marketplace")[-1] == five[4]
    assert found(sort="status")[0] == five[2]  # what needs a person first


def test_counts_tell_every_status_of_what_the_rest_of_the_filter_leaves(five, world):
    listed = settlement_list.listed(wanted({"status": "ready", "marketplace": "Amazon.co.uk"}))
    assert listed.counts == {"needs_category": 1, "ready": 2, "posted": 1}
    assert (listed.found, listed.everything, listed.needing_me) == (2, 4, 1)


def test_a_rolled_back_one_that_is_booked_elsewhere_is_found_as_that(five, world):
    postings.roll_back(world.parts, five[3], ANN)
    assert found(status="draft") == [five[3]]
    booked_elsewhere.mark(world.parts, five[3], "by hand", ANN)
    assert (found(status="draft"), found(status="booked_elsewhere")) == ([], [five[3]])
    assert settlement_list.counts()["booked_elsewhere"] == 1


def test_each_page_holds_the_next_and_the_last_stands_for_all_beyond(five, monkeypatch):
    monkeypatch.setattr(settlement_list, "PAGE", 2)
    pages = [found(page=str(page)) for page in (1, 2, 3, 9)]
    assert pages == [five[:2:-1], five[2:0:-1], five[:1], five[:1]]
    assert settlement_list.listed(wanted({"page": "9"})).wanted.page == 3


def test_everything_that_matches_is_on_no_page(five, monkeypatch):
    monkeypatch.setattr(settlement_list, "PAGE", 1)
    assert [row.settlement.settlement_id for row in settlement_list.everything(Wanted(status="ready"))] == [
        five[4], five[1], five[0]]


@pytest.mark.parametrize(
    "asked",
    [{"status": "nonsense"}, {"page": "-1"}, {"page": "x"}, {"page": "²"}, {"from": "soon"}, {"sort": "colour"}],
)
def test_what_makes_no_sense_in_an_address_is_as_if_it_were_not_there(asked):
    assert wanted(asked) == Wanted()


def test_an_address_says_only_what_is_not_usual_and_reads_back_the_same():
    full = Wanted("ready", "Amazon.de", "EUR", "2026-01-01", "2026-02-01", "1,275.20", "total", True, 3)
    assert wanted(full.address(page=3)) == full
    assert full.address().get("page") is None  # another filter begins at the first page
    assert Wanted().address() == {}


def test_a_column_pressed_twice_turns_round():
    once = wanted(Wanted().sorted_by("total"))
    assert once.largest_first and not wanted(once.sorted_by("total")).largest_first
    assert not wanted(Wanted().sorted_by("marketplace")).largest_first


@pytest.mark.parametrize("words", ["AMZ-TB-10001", "TBUK-26881161592", "Amazon.de", "", "£", "-"])
def test_words_that_are_no_amount_are_taken_for_none(words):
    assert typed_amount(words) is None


def test_a_file_that_came_later_and_says_otherwise_is_told_until_it_is_used(world):
    settlement_id = world.settlement((SALE, "120.00"))
    world.parts.clock.advance(seconds=60)
    world.take(settlement_text((SALE, "125.00"), settlement_id=settlement_id))
    (row,) = settlement_list.everything()
    assert (row.status, row.reason) == (
        "ready", "Another file of it came later and says something else: look at it first.")
    (other,) = corrections.of(world.stored(row.settlement.settlement_id))
    corrections.use(world.parts, settlement_id, other.version, ANN)
    assert settlement_list.everything()[0].reason == ""


def test_a_document_of_the_file_before_is_told_with_its_own_total(world):
    settlement_id = world.settlement((FEE, "-120.00"))
    postings.post(world.parts, settlement_id, ANN)
    assert settlement_list.everything()[0].reason == ""
    world.take(settlement_text((FEE, "-125.00"), settlement_id=settlement_id))
    corrections.use(world.parts, settlement_id, corrections.of(world.stored(settlement_id))[0].version, ANN)
    (row,) = settlement_list.everything()
    assert row.reason == f"{row.number} in Xero is still of the file before, £120.00: Repost brings it up to date."
    postings.repost(world.parts, settlement_id, ANN)
    assert settlement_list.everything()[0].reason == ""
