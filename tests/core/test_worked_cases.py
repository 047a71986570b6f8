"""The settlements worked out by hand: each must come out line by line. They stay beside the checkout."""

import json
from pathlib import Path

import pytest

from services.core.books import Mapped
from services.core.money import format_major
from services.core.plans import PlanSettings
from tests.core.books_text import plan_of, uk_books
from tests.core.settlement_text import read_one

WORKED = Path(__file__).parents[2] / ".." / "shared" / "worked"
CASES = sorted(path.name.removesuffix(".expected.json") for path in WORKED.glob("*.expected.json"))
SALES_SIDE, PURCHASE_SIDE = {"OUTPUT2", "ZERORATEDOUTPUT"}, {"INPUT2"}


def mapping(entries, marketplace=""):
    return {
        (category, entry.get("marketplace", marketplace)): Mapped(entry["account_code"], entry["tax_type"])
        for category, entry in entries.items()
    }


def plan_and_expected(case):
    expected = json.loads((WORKED / f"{case}.expected.json").read_text(encoding="utf-8"))
    mappings = mapping(json.loads((WORKED / "mapping.json").read_text(encoding="utf-8")))
    mappings |= mapping(expected["mapping_overrides"])
    settlement = read_one((WORKED / f"{case}.txt").read_bytes())
    return plan_of(settlement, uk_books(mappings), settings=PlanSettings(lines="category")), expected


if not CASES:

    @pytest.mark.skip("the worked settlements are not beside this checkout")
    def test_every_worked_case_comes_out_as_worked_out():
        """Stands in for the cases, so that their absence shows."""


@pytest.mark.parametrize("case", CASES)
def test_the_worked_case_comes_out_as_worked_out(case):
    plan, expected = plan_and_expected(case)
    preview = plan.as_json()
    for fact in ("settlement_id", "settlement_total", "currency", "kind", "reference", "date", "total"):
        assert preview[fact] == expected[fact], fact
    facts = list(expected["lines"][0])
    assert by_category([{fact: line[fact] for fact in facts} for line in preview["lines"]]) == by_category(
        expected["lines"]
    )
    assert plan.is_postable


def by_category(lines):
    assert len({line["category"] for line in lines}) == len(lines)
    return {line["category"]: line for line in lines}


@pytest.mark.parametrize("case", CASES)
def test_the_worked_case_fills_the_vat_return_as_worked_out(case):
    plan, expected = plan_and_expected(case)
    if expected["uk_vat_boxes"] is None:
        pytest.skip("this case states no VAT return")
    sign = -1 if plan.kind == "credit_note" else 1
    sales = [line for line in plan.lines if line.tax_type in SALES_SIDE]
    purchases = [line for line in plan.lines if line.tax_type in PURCHASE_SIDE]
    boxes = {
        "1": sum(line.tax for line in sales) * sign,
        "4": -sum(line.tax for line in purchases) * sign,
        "6": sum(line.net for line in sales) * sign,
        "7": -sum(line.net for line in purchases) * sign,
    }
    assert {box: format_major(amount, "GBP") for box, amount in boxes.items()} == expected["uk_vat_boxes"]
