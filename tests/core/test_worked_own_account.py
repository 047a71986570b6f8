"""The settlements worked out by hand, with Amazon's Tax rows in an account of their own: worked out by hand as well.

The files stay beside the checkout; what must come of them under this setting is ours and stands here. Against the
other setting only the sales side moves: each sales line is its Principal rows alone, taken as holding VAT itself
(gross / 6 at 20 %), and all Tax rows of Order and Refund that Amazon does not account for meet on one line of
SALES_TAX without tax. Fees, reserves and the total stay.
"""

import json
from pathlib import Path

import pytest

from services.core.books import Mapped
from services.core.money import format_major
from services.core.plans import PlanSettings
from services.core.vat_effect import boxes
from tests.core.books_text import plan_of, uk_books
from tests.core.settlement_text import read_one

WORKED = Path(__file__).parents[2] / ".." / "shared" / "worked"
SALES_SIDE = {"SALES", "SALES_SHIPPING", "GIFT_WRAP", "PROMOTIONS", "REFUNDS", "SALES_TAX"}

# case → {category: (gross, tax)} as they stand in the document, then boxes 1, 4, 6 and 7.
BY_HAND = {
    "1-uk-ordinary": (
        {
            "SALES": ("1366.66", "227.78"),  # 100.00 + 1250.00 + 16.66; / 6 = 227.7766…
            "SALES_SHIPPING": ("4.16", "0.69"),  # / 6 = 0.6933…
            "GIFT_WRAP": ("2.49", "0.42"),  # / 6 = 0.415: a tie, away from zero
            "PROMOTIONS": ("-10.00", "-1.67"),  # / 6 = 1.6666…
            "REFUNDS": ("-16.66", "-2.78"),  # / 6 = 2.7766…
            "SALES_TAX": ("269.33", "0.00"),  # 20.00 + 0.83 + 250.00 + 0.50 − 2.00 + 3.33 − 3.33
        },
        # 227.78 + 0.69 + 0.42 − 1.67 − 2.78; fees as before; 1346.65 gross of sales − 224.44; fees as before
        ("224.44", "60.07", "1122.21", "300.27"),
    ),
    "2-uk-amazon-accounts-for-vat": (
        {
            "SALES": ("50.00", "8.33"),  # the ordinary sale's Principal; / 6 = 8.3333…
            "SALES_TAX": ("10.00", "0.00"),  # its Tax; the others' Tax rows cancel with what Amazon withholds
        },
        ("8.33", "3.54", "106.67", "17.70"),  # 41.67 + 105.00 − 40.00 zero-rated stay in box 6
    ),
    "3-uk-negative": (
        {"SALES": ("-10.00", "-1.67"), "SALES_TAX": ("-2.00", "0.00")},  # a credit note: every sign is turned
        ("1.67", "9.20", "8.33", "45.96"),
    ),
    "4-uk-zero": (
        {"SALES": ("20.00", "3.33"), "SALES_TAX": ("4.00", "0.00")},
        ("3.33", "0.60", "16.67", "3.00"),
    ),
    "5-uk-half-pennies": (
        {
            "SALES": ("12.53", "2.09"),  # / 6 = 2.0883…
            "SALES_SHIPPING": ("3.74", "0.62"),  # / 6 = 0.6233…
            "REFUNDS": ("-12.53", "-2.09"),
            "SALES_TAX": ("0.75", "0.00"),  # 2.50 + 0.75 − 2.50
        },
        ("0.62", "0.94", "3.12", "4.64"),  # 10.44 + 3.12 − 10.44 in box 6
    ),
    "6-de-reverse-charge": ({"SALES": ("119.00", "0.00")}, None),  # there are no Tax rows to move
}
CASES = [case for case in BY_HAND if (WORKED / f"{case}.txt").exists()]


def worked_out(case: str):
    """(the plan under this setting, its books, what the other setting is expected to give)."""
    expected = json.loads((WORKED / f"{case}.expected.json").read_text(encoding="utf-8"))
    mapping = json.loads((WORKED / "mapping.json").read_text(encoding="utf-8"))
    mappings = {(category, ""): Mapped(to["account_code"], to["tax_type"]) for category, to in mapping.items()}
    for category, to in expected["mapping_overrides"].items():
        mappings[category, to["marketplace"]] = Mapped(to["account_code"], to["tax_type"])
    books = uk_books(mappings | {("SALES_TAX", ""): Mapped("835", "NONE")})
    settings = PlanSettings(lines="category", sales_tax_rows="own_account")
    return plan_of(read_one((WORKED / f"{case}.txt").read_bytes()), books, settings=settings), books, expected


if not CASES:

    @pytest.mark.skip("the worked settlements are not beside this checkout")
    def test_every_worked_case_comes_out_under_this_setting_too():
        """Stands in for the cases, so that their absence shows."""


@pytest.mark.parametrize("case", CASES)
def test_the_sales_side_comes_out_as_worked_out(case):
    plan, _, _ = worked_out(case)
    by_hand, _ = BY_HAND[case]
    found = {line["category"]: (line["gross"], line["tax"]) for line in plan.as_json()["lines"]}
    assert {category: told for category, told in found.items() if category in SALES_SIDE} == by_hand
    assert plan.is_postable


@pytest.mark.parametrize("case", CASES)
def test_everything_else_and_the_total_stay(case):
    plan, _, expected = worked_out(case)
    others = {line["category"]: line for line in expected["lines"] if line["category"] not in SALES_SIDE}
    found = {line["category"]: line for line in plan.as_json()["lines"] if line["category"] not in SALES_SIDE}
    assert found.keys() == others.keys()
    for category, line in others.items():
        assert {name: found[category][name] for name in line} == line
    assert (plan.as_json()["total"], plan.kind) == (expected["total"], expected["kind"])


@pytest.mark.parametrize("case", [case for case in CASES if BY_HAND[case][1]])
def test_the_vat_return_comes_out_as_worked_out(case):
    plan, books, _ = worked_out(case)
    found = boxes(plan.lines, books, -1 if plan.kind == "credit_note" else 1)
    told = (found.tax_on_sales, found.tax_on_purchases, found.net_sales, found.net_purchases)
    assert tuple(format_major(amount, "GBP") for amount in told) == BY_HAND[case][1]
