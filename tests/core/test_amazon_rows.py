"""From a figure back to Amazon's rows: every sum is made of exactly the rows that are given for it."""

import io

import pytest

from services.core.amazon_rows import AmazonsItems, how_written, rows_behind, wanted
from services.core.settlement_rows import Telling
from services.samples import sample_files
from tests.core.settlement_text import ITEM, V1, item_line, line, read, summary, table, v1_row
from tests.core.test_golden import CASES

FILES = [*sample_files(), *(case / "settlement.txt" for case in CASES)]


def behind(content: bytes, settlement, groups):
    stream = io.BytesIO(content)
    sums = wanted(groups, settlement.groups)
    telling = Telling(settlement.settlement_id, settlement.copy)
    written = how_written(stream, telling, settlement.currency)
    items = AmazonsItems(stream, telling) if sums.depends_on_items else None
    return list(rows_behind(stream, telling, sums, written, items))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name + "-" + path.stem)
def test_the_rows_behind_each_sum_add_up_to_it(path):
    content = path.read_bytes()
    for settlement in read(content):
        for group in settlement.groups:
            rows = behind(content, settlement, [group])
            assert (sum(row.amount for row in rows), len(rows)) == (group.amount, group.lines), group


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name + "-" + path.stem)
def test_all_sums_together_give_every_row_once_in_the_files_order(path):
    content = path.read_bytes()
    for settlement in read(content):
        rows = behind(content, settlement, settlement.groups)
        assert sum(row.amount for row in rows) == settlement.lines_total
        assert len(rows) == settlement.line_count
        assert [row.line for row in rows] == sorted(row.line for row in rows)


def test_a_row_is_given_with_what_it_says():
    content = table(
        summary("12.00"),
        item_line("Order/ItemPrice/Principal", "12.00", marketplace_name="Amazon.co.uk",
                  posted_date_time="14.05.2026 10:00:00 UTC", quantity_purchased="2"),
    ).encode()  # fmt: skip
    (settlement,) = read(content)
    (row,) = behind(content, settlement, settlement.groups)
    assert row._replace(line_type=None) == (
        3, "14.05.2026 10:00:00 UTC", ITEM["order-id"], "SKU-1", "2", "Amazon.co.uk", None, 1200)  # fmt: skip


def test_items_taxed_by_amazon_are_told_from_the_others():
    taxed, own = {"order-item-code": "1"}, {"order-item-code": "2"}
    content = table(
        summary("100.00"),
        item_line("Order/ItemPrice/Principal", "30.00") | own,
        item_line("Order/ItemPrice/Principal", "70.00") | taxed,
        item_line("Order/ItemPrice/Tax", "14.00") | taxed,
        item_line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", "-14.00") | taxed,
    ).encode()
    (settlement,) = read(content)
    ours, amazons = (
        [g for g in settlement.groups if g.line_type.amount_description == "Principal" and g.amazon_accounted is flag]
        for flag in (False, True)
    )
    assert [row.amount for row in behind(content, settlement, ours)] == [3000]
    assert [row.amount for row in behind(content, settlement, amazons)] == [7000]


def test_two_amounts_of_one_v1_row_are_two_rows_of_the_same_line():
    content = table(
        summary("-12.00"),
        v1_row("ServiceFee", item_related_fee_type="Cost of Advertising", item_related_fee_amount="-10.00",
               other_fee_amount="-2.00", other_fee_reason_description="Tax on fee"),
        columns=V1,
    ).encode()  # fmt: skip
    (settlement,) = read(content)
    rows = behind(content, settlement, settlement.groups)
    assert [(row.line, row.amount) for row in rows] == [(3, -1000), (3, -200)]


def test_a_files_other_settlement_is_left_out():
    both = table(summary("1.00"), line("Order/ItemPrice/Principal", "1.00"), settlement_id="1") + table(
        summary("2.00"), line("Order/ItemPrice/Principal", "2.00"), settlement_id="2")  # fmt: skip
    first, second = read(both)
    assert [row.amount for row in behind(both.encode(), first, first.groups)] == [100]
    assert [row.amount for row in behind(both.encode(), second, second.groups)] == [200]


@pytest.mark.parametrize(("total", "amount", "minor"), [("1.234", "1.234", 123400), ("1,234.00", "1,234", 123400)])
def test_amounts_are_understood_as_when_the_file_was_taken_in(total, amount, minor):
    """What one amount leaves open, the total or another settlement of the file tells."""
    sale = "Order/ItemPrice/Principal"
    other = table(summary("0,50"), line(sale, "0,50"), settlement_id="2") if "," not in total else ""
    content = (table(summary(total), line(sale, amount)) + other).encode()
    settlement = read(content)[0]
    assert [row.amount for row in behind(content, settlement, settlement.groups)] == [minor]


def test_words_in_an_old_code_page_are_matched_and_shown():
    content = table(
        summary("5.00"), item_line("Order/ItemPrice/Prämie", "5.00", sku="Größe-M")
    ).encode("cp1252")  # fmt: skip
    (settlement,) = read(content)
    (row,) = behind(content, settlement, settlement.groups)
    assert (row.sku, row.line_type.amount_description) == ("Größe-M", "Prämie")


@pytest.mark.parametrize("copy", [1, 2])
def test_each_copy_of_a_settlement_in_a_file_has_its_own_rows(copy):
    sale = "Order/ItemPrice/Principal"
    content = (table(summary("1.00"), line(sale, "1.00")) + table(summary("2.00"), line(sale, "2.00"))).encode()
    settlement = read(content)[copy - 1]
    assert [row.amount for row in behind(content, settlement, settlement.groups)] == [copy * 100]


@pytest.mark.parametrize("without_code", ["withheld", "others"])
def test_a_row_without_its_code_is_behind_the_figure_it_was_counted_in(without_code):
    no_code = {"order-item-code": ""}
    ours, theirs = ({}, no_code) if without_code == "withheld" else (no_code, {})
    withheld = item_line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", "-2.00") | theirs
    rows = [item_line("Order/ItemPrice/Principal", "10.00") | ours, withheld]
    other = item_line("Order/ItemPrice/Principal", "7.00") | {"order-id": "206-2"}
    content = table(summary("15.00"), *rows, other).encode()
    (settlement,) = read(content)
    for group in settlement.groups:
        assert sum(row.amount for row in behind(content, settlement, [group])) == group.amount
    amazons = [g.amount for g in settlement.groups if g.amazon_accounted and g.line_type.amount_type == "ItemPrice"]
    assert amazons == [1000]
