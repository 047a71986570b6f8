"""On which order items Amazon accounts for the tax: decided item by item when the file is read."""

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core import file_text
from tests.core.settlement_text import V1, item_line, line, read_one, summary, table, v1_row

OTHER_ITEM = {"order-item-code": "50000000002"}


def flagged(*rows, **options) -> set[str]:
    """The line types that carry the flag."""
    settlement = read_one(table(summary("0.00"), *rows, **options))
    return {
        f"{group.line_type.transaction_type} {group.line_type.amount_type} {group.line_type.amount_description}"
        for group in settlement.groups
        if group.amazon_accounted
    }


SALE = item_line("Order/ItemPrice/Principal", "100.00")
TAX = item_line("Order/ItemPrice/Tax", "20.00")
FEE = item_line("Order/ItemFees/Commission", "-15.00")
WITHHELD = item_line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", "-20.00")
ALL = {"Order ItemPrice Principal", "Order ItemPrice Tax", "Order ItemWithheldTax MarketplaceFacilitatorVAT-Principal"}


def test_a_withheld_row_flags_its_items_sale_and_tax_but_not_its_fees():
    assert flagged(SALE, TAX, FEE, WITHHELD) == ALL


def test_the_order_of_the_rows_makes_no_difference():
    assert flagged(WITHHELD, FEE, TAX, SALE) == ALL


def test_without_a_withheld_row_nothing_is_flagged():
    assert flagged(SALE, TAX, FEE) == set()


def test_a_withheld_row_of_zero_flags_nothing():
    assert flagged(SALE, TAX, WITHHELD | {"amount": "0.00"}) == set()


def test_another_item_of_the_same_order_stays_ordinary():
    settlement = read_one(table(summary("0.00"), SALE, TAX, WITHHELD, SALE | OTHER_ITEM, TAX | OTHER_ITEM))
    sales = {
        group.amazon_accounted: group.amount
        for group in settlement.groups
        if group.line_type.amount_description == "Tax"
    }
    assert sales == {True: 2000, False: 2000}


def test_a_refund_of_the_same_item_is_decided_by_its_own_rows():
    refund = item_line("Refund/ItemPrice/Principal", "-100.00")
    back = item_line("Refund/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", "20.00")
    assert "Refund ItemPrice Principal" not in flagged(SALE, WITHHELD, refund)
    assert flagged(refund, back, SALE) == {
        "Refund ItemPrice Principal",
        "Refund ItemWithheldTax MarketplaceFacilitatorVAT-Principal",
    }


def test_where_the_item_code_is_missing_the_sku_tells_the_items_apart():
    by_sku = {"order-item-code": ""}
    other = by_sku | {"sku": "SKU-2"}
    assert flagged(SALE | by_sku, WITHHELD | by_sku) == ALL - {"Order ItemPrice Tax"}
    assert flagged(SALE | other, WITHHELD | by_sku) == {"Order ItemWithheldTax MarketplaceFacilitatorVAT-Principal"}


NO_CODE = {"order-item-code": ""}


@pytest.mark.parametrize("withheld_first", [False, True])
@pytest.mark.parametrize("without_code", ["withheld", "others"])
def test_a_row_that_has_only_the_sku_belongs_to_the_item_with_that_sku(withheld_first, without_code):
    if without_code == "withheld":
        rows = [SALE, TAX, WITHHELD | NO_CODE]
    else:
        rows = [SALE | NO_CODE, TAX | NO_CODE, WITHHELD]
    assert flagged(*(rows[::-1] if withheld_first else rows)) == ALL


def test_rows_with_other_codes_stay_ordinary_though_their_sku_is_the_same():
    assert flagged(SALE | OTHER_ITEM, WITHHELD) == {"Order ItemWithheldTax MarketplaceFacilitatorVAT-Principal"}


def test_a_withheld_row_with_only_the_sku_is_found_again_from_far_away():
    """Many blocks of the file lie between the item's rows."""
    others = [SALE | {"order-id": f"206-{number}"} for number in range(2000)]
    settlement = read_one(table(summary("0.00"), SALE, *others, WITHHELD | NO_CODE))
    assert {g.lines for g in settlement.groups if g.amazon_accounted and g.line_type.amount_type == "ItemPrice"} == {1}


def test_rows_of_no_order_item_are_never_flagged():
    stray = line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", "-20.00")
    assert flagged(stray, line("Order/ItemPrice/Principal", "100.00")) == set()


def test_a_sku_without_an_order_is_no_order_item():
    no_order = {"order-id": "", "order-item-code": ""}
    assert flagged(SALE | no_order, WITHHELD | no_order) == set()


def test_every_name_of_the_withheld_tax_counts_wherever_it_stands():
    for name in (
        "ItemFees/MarketplaceFacilitatorVAT-Principal",
        "ItemWithheldTax/MarketplaceFacilitatorTax-Shipping",
        "ItemWithheldTax/LowValueGoodsTax-Principal",
    ):
        withheld = item_line(f"Order/{name}", "-20.00")
        assert "Order ItemPrice Principal" in flagged(SALE, withheld), name


def test_v1_files_are_decided_the_same_way():
    item = {"order_id": "702-1", "order_item_code": "5", "sku": "SKU-1"}
    assert flagged(
        v1_row("Order", price_type="Principal", price_amount="100.00", **item),
        v1_row("Order", item_related_fee_type="Commission", item_related_fee_amount="-15.00", **item),
        v1_row("Order", price_type="MarketplaceFacilitatorTax-Principal", price_amount="-20.00", **item),
        columns=V1,
    ) == {"Order ItemPrice Principal", "Order ItemPrice MarketplaceFacilitatorTax-Principal"}


ROWS = st.lists(
    st.tuples(st.sampled_from(["Principal", "MarketplaceFacilitatorVAT-Principal"]), st.sampled_from(["", "1", "2"]),
              st.sampled_from(["", "a", "b"])),
    min_size=1, max_size=8,
)  # fmt: skip


@given(ROWS)
def test_rows_are_of_one_item_by_their_codes_or_where_one_is_missing_by_their_skus(rows):
    def is_one_item(first, second):
        (_, code, sku), (_, other_code, other_sku) = first, second
        return code == other_code if code and other_code else bool(sku) and sku == other_sku

    withheld = [row for row in rows if row[0] != "Principal"]
    expected = sum(row[0] == "Principal" and any(is_one_item(row, other) for other in withheld) for row in rows)
    written = [
        item_line(f"Order/ItemPrice/{name}", "-1.00", order_item_code=code, sku=sku) for name, code, sku in rows
    ]
    for block in (61, 1 << 16):
        with mock.patch.object(file_text, "_BLOCK", block):
            groups = read_one(table(summary("0.00"), *written)).groups
        found = sum(g.lines for g in groups if g.amazon_accounted and g.line_type.amount_description == "Principal")
        assert found == expected
