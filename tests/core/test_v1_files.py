"""V1 files: every amount column of a row counts, under the words of V2."""

import pytest

from tests.core.settlement_text import V1, V1_SHORT, amounts, item_line, line, read, read_one, summary, table, v1_row

ITEM = {
    "order_id": "702-0000000-0000001", "order_item_code": "50000000001", "sku": "SKU-1", "marketplace_name": "Amazon.ca"
}  # fmt: skip


def ca(total, **cells):
    dates = {
        "settlement_start_date": "2026-05-12T07:06:34+00:00",
        "settlement_end_date": "2026-05-26T07:06:34+00:00",
        "deposit_date": "2026-05-28T07:06:34+00:00",
    }
    return summary(total, currency="CAD", **dates, **cells)


QUANTITY = v1_row("Order", quantity_purchased="1", **ITEM)
PRINCIPAL = v1_row("Order", price_type="Principal", price_amount="59.99", **ITEM)
COMMISSION = v1_row("Order", item_related_fee_type="Commission", item_related_fee_amount="-9.63    ", **ITEM)
PROMOTION = v1_row("Order", promotion_type="Shipping", promotion_amount="-3.49", **ITEM)
ADVERTISING = v1_row(
    "ServiceFee",
    item_related_fee_type="Cost of Advertising",
    item_related_fee_amount="-501.55",
    other_fee_amount="-60.19",
    other_fee_reason_description="TaxAmount",
)


def test_a_v1_file_says_the_same_as_the_v2_file_of_its_settlement():
    v1 = table(ca("46.87"), QUANTITY, PRINCIPAL, COMMISSION, PROMOTION, columns=V1)
    marketplace = {"marketplace_name": "Amazon.ca"}
    v2 = table(
        ca("46.87"),
        item_line("Order/ItemPrice/Principal", "59.99", **marketplace),
        item_line("Order/ItemFees/Commission", "-9.63", **marketplace),
        item_line("Order/Promotion/Shipping", "-3.49", **marketplace),
    )
    first, second = read_one(v1), read_one(v2)
    assert (first.format, second.format) == ("V1", "V2")
    assert first.groups == second.groups
    assert (first.total, first.lines_total, first.end_date) == (4687, 4687, "2026-05-26")


def test_both_amounts_of_an_advertising_row_count_as_advertising():
    settlement = read_one(table(ca("-561.74"), ADVERTISING, columns=V1))
    assert amounts(settlement) == {"ServiceFee/Cost of Advertising/TransactionTotalAmount": -56174}
    assert (settlement.lines_total, settlement.line_count) == (settlement.total, 2)


def test_a_file_without_promotions_has_33_columns_and_reads_the_same():
    assert (len(V1_SHORT), len(V1)) == (33, 36)
    rows = (ca("50.36"), QUANTITY, PRINCIPAL, COMMISSION)
    assert read_one(table(*rows, columns=V1_SHORT)) == read_one(table(*rows, columns=V1))


@pytest.mark.parametrize("kind", ["Payable to Amazon", "Successful charge", "Subscription Fee", "Storage Fee"])
def test_an_other_amount_is_named_by_its_transaction_type(kind):
    settlement = read_one(table(ca("-29.99"), v1_row(kind, other_amount="-29.99"), columns=V1_SHORT))
    assert amounts(settlement) == {f"other-transaction/other-transaction/{kind}": -2999}


def test_a_reimbursement_is_known_by_its_reason():
    settlement = read_one(table(ca("18.75"), v1_row("WAREHOUSE_DAMAGE", other_amount="18.75"), columns=V1))
    assert amounts(settlement) == {"other-transaction/FBA Inventory Reimbursement/WAREHOUSE_DAMAGE": 1875}


def test_a_row_may_hold_an_amount_in_every_column_and_all_count():
    everything = v1_row(
        "Order", shipment_fee_type="FBA transportation fee", shipment_fee_amount="-1.00",
        order_fee_type="Handling", order_fee_amount="-2.00", price_type="Principal", price_amount="64.00",
        item_related_fee_type="Commission", item_related_fee_amount="-4.00", misc_fee_amount="-8.00",
        other_fee_amount="-16.00", other_fee_reason_description="Closing", promotion_type="Principal",
        promotion_amount="-0.50", direct_payment_type="CollectOnDeliveryRevenue", direct_payment_amount="-0.25",
        other_amount="-0.01", **ITEM,
    )  # fmt: skip
    settlement = read_one(table(ca("32.24"), everything, columns=V1))
    assert amounts(settlement) == {
        "Order/Shipment-Fees/FBA transportation fee": -100,
        "Order/Order-Fees/Handling": -200,
        "Order/ItemPrice/Principal": 6400,
        "Order/ItemFees/Commission": -400,
        "Order/Misc-Fees/Misc-Fees": -800,
        "Order/ItemFees/Closing": -1600,
        "Order/Promotion/Principal": -50,
        "Order/DirectPayment/CollectOnDeliveryRevenue": -25,
        "other-transaction/other-transaction/Order": -1,
    }
    assert settlement.lines_total == settlement.total


def test_hundreds_of_rows_without_an_amount_count_for_nothing():
    settlement = read_one(table(ca("59.99"), *[QUANTITY] * 300, PRINCIPAL, columns=V1))
    assert (settlement.lines_total, settlement.line_count) == (5999, 1)


def test_two_marketplaces_stay_apart_in_the_groups():
    other_shop = v1_row(
        "Order", shipment_fee_type="FBA transportation fee", shipment_fee_amount="-8.11", order_id="S01-1-1",
        marketplace_name="Non-Amazon CA",
    )  # fmt: skip
    settlement = read_one(table(ca("51.88"), PRINCIPAL, other_shop, columns=V1))
    assert {group.marketplace: group.amount for group in settlement.groups} == {
        "Amazon.ca": 5999,
        "Non-Amazon CA": -811,
    }


def test_a_v1_file_joined_to_a_v2_file_is_two_settlements():
    v1 = table(ca("59.99"), PRINCIPAL, columns=V1)
    v2 = table(summary("5.00"), line("Order/ItemPrice/Principal", "5.00"), settlement_id="27")
    assert read(v1 + v2) == [read_one(v1), read_one(v2)]
