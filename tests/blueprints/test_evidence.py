"""The evidence on the page: other files, the difference line, booked elsewhere, removal, downloads."""

import csv
import io
import re

import pytest

from models import User
from tests.conftest import in_words
from tests.xero_world import ADS, FEE, SALE, settlement_text

ID = "26000000001"
FIRST, OTHER = ((SALE, "120.00"), (FEE, "-18.00")), ((SALE, "120.00"), (FEE, "-20.00"), (ADS, "-30.00"))


@pytest.fixture
def corrected(world):
    world.take(settlement_text(*FIRST))
    world.take(settlement_text(*OTHER))
    return world


def use_other(browser, **options):
    correction = re.search(r'name="file" value="([0-9a-f-]+)"', browser.get(f"/settlements/{ID}").text)[1]
    return browser.post(f"/settlements/{ID}/file-in-use", {"file": correction}, **options)


def test_another_file_stands_on_the_page_with_what_it_says_otherwise(ada, corrected):
    page = in_words(ada.get(f"/settlements/{ID}"))
    assert "Another file of this settlement" in page
    assert "states £70.00 in 3 lines; the file in use states £102.00 in 2" in page
    assert "Order / ItemFees / Commission -18.00 -20.00 -2.00" in page
    assert "Stated total 102.00 70.00 -32.00" in page
    assert "Another file of this settlement says something else." in in_words(
        ada.htmx("GET", f"/settlements/{ID}/preview"))  # fmt: skip


def test_using_it_changes_the_preview(ada, corrected):
    assert use_other(ada).location == f"/settlements/{ID}"
    page = in_words(ada.get(f"/settlements/{ID}"))
    assert "This file counts now" in page
    assert "Settlement total £70.00" in page
    assert "The file “settlement.txt” is used from now on: total £70.00, before £102.00" in page


def test_with_htmx_the_settlement_comes_back_as_it_stands_now(ada, corrected):
    correction = re.search(r'name="file" value="([0-9a-f-]+)"', ada.get(f"/settlements/{ID}").text)[1]
    answer = ada.htmx("POST", f"/settlements/{ID}/file-in-use", {"file": correction}, f"settlement-{ID}")
    assert answer.text.lstrip().startswith(f'<article id="settlement-{ID}"')
    assert "Settlement total £70.00" in in_words(answer)


def test_after_posting_repost_is_said_to_be_the_way(ada, corrected):
    plan_hash = re.search(r'name="plan_hash" value="(\w+)"', ada.get(f"/settlements/{ID}").text)[1]
    ada.post(f"/settlements/{ID}/posting", {"plan_hash": plan_hash})
    assert "What is posted stays in Xero until you press Repost." in in_words(ada.get(f"/settlements/{ID}"))
    use_other(ada)
    page = in_words(ada.get(f"/settlements/{ID}"))
    assert "press Repost" in page and "What Repost would change" in page


def test_pressing_twice_or_in_a_stale_tab_does_not_switch_back(ada, corrected):
    wanted = re.search(r'name="file" value="([0-9a-f-]+)"', ada.get(f"/settlements/{ID}").text)[1]
    for told in ("This file counts now", "This file counts already"):
        assert ada.post(f"/settlements/{ID}/file-in-use", {"file": wanted}).status_code == 303
        assert told in in_words(ada.get(f"/settlements/{ID}"))
        assert corrected.stored(ID).total == 7000


@pytest.mark.parametrize("wanted", ["9" * 23, "", "\u0000"])
def test_nonsense_for_a_file_is_not_found(ada, corrected, wanted):
    assert ada.post(f"/settlements/{ID}/file-in-use", {"file": wanted}).status_code == 404


def test_a_file_with_the_same_sums_is_told_to_differ_in_its_rows(ada, world):
    text = settlement_text(*FIRST)
    world.take(text)
    world.take(text.replace("206-0000001", "206-0000009"))
    page = in_words(ada.get(f"/settlements/{ID}"))
    assert "Every sum is the same, line type by line type; single rows are not" in page


def test_the_difference_line_takes_an_account_by_its_name(ada, world):
    settlement = world.settlement((SALE, "120.00"), total="121.50")
    typed = {"account_code": "general expenses", "reason": "Amazon lost a line"}
    ada.post(f"/settlements/{settlement}/difference-line", typed)
    assert "on account 429, without tax" in in_words(ada.get(f"/settlements/{settlement}"))


def test_a_number_that_is_no_file_of_it_changes_nothing(ada, corrected):
    assert ada.post(f"/settlements/{ID}/file-in-use", {"file": "999"}).status_code == 404
    assert corrected.stored(ID).total == 10200


def test_the_difference_line_is_added_shown_and_taken_back(ada, world):
    settlement = world.settlement((SALE, "120.00"), total="121.50")
    assert "The difference of £1.50" in in_words(ada.get(f"/settlements/{settlement}"))
    typed = {"account_code": "429 – General Expenses", "reason": "Amazon lost a line"}
    ada.post(f"/settlements/{settlement}/difference-line", typed)
    page = in_words(ada.get(f"/settlements/{settlement}"))
    assert "Difference to Amazon's total: Amazon lost a line 429 – General Expenses" in page
    assert "Difference line £1.50 added by ada@example.com: Amazon lost a line" in page
    assert "Difference £0.00 adds up to the penny" in page
    row = in_words(ada.htmx("GET", f"/settlements/{settlement}/preview"))
    assert "lines £120.00 + difference line £1.50 = settlement total £121.50" in row
    assert world.status(settlement) == "ready"
    ada.post(f"/settlements/{settlement}/difference-line-removal")
    assert world.status(settlement) == "does_not_add_up"


def test_a_difference_line_is_an_admins_to_add(ada, world):
    settlement = world.settlement((SALE, "120.00"), total="121.50")
    User.update(role="member").execute()
    answer = ada.post(f"/settlements/{settlement}/difference-line", {"account_code": "429", "reason": "Lost"})
    assert answer.status_code == 403
    assert "Only an admin" in in_words(answer)
    assert world.status(settlement) == "does_not_add_up"


def test_booked_elsewhere_and_back(ada, world):
    settlement = world.settlement()
    ada.post(f"/settlements/{settlement}/booked-elsewhere", {"reason": "By hand"})
    page = ada.get(f"/settlements/{settlement}")
    assert "by ada@example.com: “By hand”" in in_words(page)
    assert f"/settlements/{settlement}/posting" not in page.text
    assert "Booked elsewhere" in in_words(ada.get("/settlements"))
    ada.post(f"/settlements/{settlement}/booked-here")
    assert world.status(settlement) == "ready"


def test_a_wrong_upload_is_removed(ada, world):
    settlement = world.settlement()
    assert ada.post(f"/settlements/{settlement}/removal").location == "/settlements"
    page = in_words(ada.get("/settlements"))
    assert "number AMZ-TB-10001 is retired" in page
    assert ada.get(f"/settlements/{settlement}").status_code == 404


def test_what_was_posted_offers_no_removal(ada, world):
    settlement = world.settlement()
    plan_hash = re.search(r'name="plan_hash" value="(\w+)"', ada.get(f"/settlements/{settlement}").text)[1]
    ada.post(f"/settlements/{settlement}/posting", {"plan_hash": plan_hash})
    assert f"/settlements/{settlement}/removal" not in ada.get(f"/settlements/{settlement}").text
    assert ada.post(f"/settlements/{settlement}/removal").status_code == 409


def test_the_original_file_comes_back_byte_for_byte_and_never_as_a_page(ada, world):
    text = settlement_text(*FIRST)
    world.take(text)
    address = re.search(rf'href="(/settlements/{ID}/files/\w+)"', ada.get(f"/settlements/{ID}").text)[1]
    answer = ada.get(address)
    assert answer.data == text.encode()
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="settlement.txt"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_another_settlements_file_is_not_given_out_under_this_one(ada, world):
    world.take(settlement_text(*FIRST))
    other = world.settlement((SALE, "1.00"), settlement_id="27000000001")
    address = re.search(rf'href="/settlements/{ID}/(files/\w+)"', ada.get(f"/settlements/{ID}").text)[1]
    assert ada.get(f"/settlements/{other}/{address}").status_code == 404


def test_the_preview_can_be_taken_away_as_a_table(ada, world):
    settlement = world.settlement()
    answer = ada.get(f"/settlements/{settlement}/plan.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["description"], row["account_code"], row["gross"], row["tax"]) for row in rows] == [
        ("Product sales", "200", "120.00", "20.00"), ("Commission", "401", "-18.00", "-3.00"),
        ("Total", "", "102.00", "17.00"),
    ]  # fmt: skip
    assert rows[0]["reference"].startswith("'(") is False


def test_booked_elsewhere_is_told_once_and_its_own_page_leads_not_to_itself(ada, world):
    settlement = world.settlement()
    ada.post(f"/settlements/{settlement}/booked-elsewhere", {"reason": "posted by hand in April"})
    page = ada.get(f"/settlements/{settlement}")
    assert "Booked elsewhere: posted by hand in April." in in_words(page)
    assert f'href="/settlements/{settlement}#elsewhere"' not in page.text
    assert "Booked elsewhere posted by hand in April" in in_words(ada.get("/settlements"))
