"""From a figure to its rows, through the kept file: paged, found by words, as CSV."""

import csv
import io

import pytest

from services import mappings, postings, rows_behind
from services.errors import NotFound
from tests.xero_world import ANN, FEE, SALE


def figure(world, settlement_id: str, description: str) -> rows_behind.Figure:
    return rows_behind.named(settlement_id, description)


def test_the_rows_add_up_to_the_figure(world):
    settlement = world.settlement((SALE, "120.00"), (FEE, "-18.00"), (FEE, "-2.50"))
    commission = figure(world, settlement, "commission")
    assert commission.amount == -2050
    assert [(row.line, row.order_id, row.amount) for row in rows_behind.rows(commission)] == [
        (4, "206-0000002", -1800), (5, "206-0000003", -250)]  # fmt: skip


def test_a_credit_notes_rows_keep_amazons_own_signs(world):
    settlement = world.settlement((FEE, "-18.00"))
    commission = figure(world, settlement, "Commission")
    assert (commission.line.gross, commission.amount) == (1800, -1800)
    assert [row.amount for row in rows_behind.rows(commission)] == [-1800]


def test_many_rows_come_page_by_page(world):
    settlement = world.settlement(*[(FEE, "-1.00")] * 120)
    commission = figure(world, settlement, "Commission")
    pages = [rows_behind.page(commission, number) for number in (1, 2, 3)]
    assert [(len(page.rows), page.has_next) for page in pages] == [(50, True), (50, True), (20, False)]
    lines = [row.line for page in pages for row in page.rows]
    assert lines == sorted(set(lines)) and len(lines) == 120


@pytest.mark.parametrize("words", ["206-0000002", "18.00", " commission ", "AMAZON.CO.UK"])
def test_rows_are_found_by_what_stands_in_them(world, words):
    commission = figure(world, world.settlement((SALE, "120.00"), (FEE, "-18.00")), "Commission")
    assert [row.amount for row in rows_behind.page(commission, 1, words).rows] == [-1800]
    assert rows_behind.page(commission, 1, "no such thing").rows == []


def test_a_line_that_is_not_in_the_preview_is_told_with_those_that_are(world):
    with pytest.raises(NotFound, match="It has: “Product sales”, “Commission”"):
        rows_behind.named(world.settlement(), "Advertising")


def test_after_the_mapping_changed_an_old_link_says_so(world):
    settlement = world.settlement()
    key = figure(world, settlement, "Commission").line.key
    mappings.save(world.parts, "SELLER_FEES", "402", "INPUT2", ANN)
    with pytest.raises(NotFound, match="preview has changed"):
        rows_behind.figure(settlement, key)


def test_the_csv_holds_every_row_and_runs_nothing(world):
    formula = ("=cmd()", "Amazon.co.uk", "ItemFees", "Commission")
    settlement = world.settlement((SALE, "120.00"), (FEE, "-18.00"), (formula, "-1.00"))
    line = next(each for each in postings.preview(settlement).plan.lines if each.gross == -1900)
    rows = list(csv.DictReader(io.StringIO("".join(rows_behind.as_csv(rows_behind.figure(settlement, line.key))))))
    assert [row["amount"] for row in rows] == ["-18.00", "-1.00"]
    assert rows[1]["transaction_type"] == "'=cmd()"
    assert rows[0]["currency"] == "GBP"
