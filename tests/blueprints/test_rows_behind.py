"""Each line of a preview opens to Amazon's rows, under it or as a page of its own."""

import re

import pytest

from tests.conftest import in_words
from tests.xero_world import FEE, SALE

HOSTILE = ("Order", "<b>Amazon</b>", "ItemFees", "Commission")


@pytest.fixture
def address(ada, world) -> str:
    """Where the commission's rows of a settlement are shown."""
    settlement = world.settlement((SALE, "120.00"), *[(FEE, "-1.00")] * 60, (HOSTILE, "-1.00"))
    page = ada.get(f"/settlements/{settlement}").text
    return re.search(r'href="(/settlements/\d+/rows/\w+)"[^>]*>Commission<', page)[1]


def test_a_line_opens_under_itself_and_closes_again(ada, address):
    opened = ada.htmx("GET", address)
    assert "<title>" not in opened.text
    assert "61 of Amazon’s rows make -£61.00" in in_words(opened)
    assert "206-0000002" in opened.text
    assert ada.htmx("GET", f"{address}?closed=1").text == ""


def test_without_javascript_it_is_a_page_of_its_own(ada, address):
    page = ada.get(address)
    assert "<title>Commission" in page.text
    assert "Page 1" in in_words(page)
    assert f'href="{address}?page=2"' in page.text
    last = ada.get(f"{address}?page=2")
    assert len(re.findall(r"<tr><td", last.text)) == 11
    assert "Later rows" not in in_words(last)


def test_rows_are_found_by_words(ada, address):
    page = in_words(ada.get(f"{address}?q=206-0000061"))
    assert "206-0000061" in page and "206-0000060" not in page
    assert "None of the rows holds “nothing”." in in_words(ada.get(f"{address}?q=nothing"))


def test_what_a_row_says_is_shown_as_text(ada, address):
    page = ada.get(f"{address}?page=2").text
    assert "&lt;b&gt;Amazon" in page and "<b>Amazon" not in page


def test_all_of_them_can_be_taken_away(ada, address):
    answer = ada.get(f"{address}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(answer.text.splitlines()) == 62
    assert len(ada.get(f"{address}.csv?q=206-0000061").text.splitlines()) == 2


@pytest.mark.parametrize("page", ["0", "-3", "many", "9999999", "9223372036854775807"])
def test_a_page_number_that_makes_no_sense_does_no_harm(ada, address, page):
    assert ada.get(f"{address}?page={page}").status_code == 200


def test_a_line_that_is_gone_is_told(ada, address):
    answer = ada.get(address[:-12] + "000000000000")
    assert answer.status_code == 404
    assert "The preview has changed since" in in_words(answer)
