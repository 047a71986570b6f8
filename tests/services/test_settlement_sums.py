"""The sums behind Home's pictures: they come to what Amazon states, for any settlement, whatever happens to it."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import MonthSum, Settlement, SettlementSum, Workspace
from services import corrections, line_types, removal, settlement_sums
from services import settings as workspace_settings
from services.core.catalogue import standard
from services.core.money import format_major
from services.core.settlement import LineType
from services.core.slices import slice_of, slices
from tests.xero_world import ADS, ANN, FEE, SALE, World, settlement_text

TAX = ("Order", "Amazon.co.uk", "ItemPrice", "Tax")
KEPT = ("Order", "Amazon.co.uk", "ItemWithheldTax", "MarketplaceFacilitatorVAT-Principal")
REFUND = ("Refund", "Amazon.co.uk", "ItemPrice", "Principal")
ODD = ("ServiceFee", "", "Brand new", "Odd levy")
ID = "26881161592"


@pytest.fixture
def world(parts) -> World:
    return World(parts)


def sums(settlement_id: str = ID) -> dict[str, int]:
    rows = SettlementSum.select().join(Settlement).where(Settlement.settlement_id == settlement_id)
    return {row.slice: row.amount for row in rows}


def months() -> dict[tuple[str, str, str, str], tuple[int, int]]:
    return {(m.currency, m.marketplace, m.month, m.slice): (m.amount, m.settlements) for m in MonthSum.select()}


def months_worked_out() -> dict[tuple[str, str, str, str], tuple[int, int]]:
    amounts, counts = Counter(), Counter()
    for row in SettlementSum.select():
        key = (row.currency, row.marketplace, row.dated[:7], row.slice)
        amounts[key] += row.amount
        counts[key] += 1
    return {key: (amounts[key], counts[key]) for key in amounts}


def test_every_category_belongs_to_one_slice():
    assert sorted(category for each in slices() for category in each.categories) == sorted(standard().categories)
    assert slice_of("STORAGE_FEES") == "fba_fees"


def test_a_settlement_is_summed_by_slice_as_it_arrives(world):
    world.settlement((SALE, "120.00"), (REFUND, "-10.00"), (FEE, "-18.00"), (ADS, "-5.00"), settlement_id=ID)
    assert sums() == {
        "sales": 12000, "refunds": -1000, "selling_fees": -1800, "advertising": -500, "payout": 8700,
    }  # fmt: skip
    assert months()["GBP", "Amazon.co.uk", "2026-05", "payout"] == (8700, 1)


def test_tax_that_buyers_paid_is_part_of_sales_and_what_amazon_keeps_of_it_is_tax(world):
    world.settlement((SALE, "100.00"), (TAX, "20.00"), (KEPT, "-20.00"), settlement_id=ID)
    assert sums() == {"sales": 12000, "tax": -2000, "payout": 10000}
    before = sums()
    workspace_settings.change(world.parts, "sales_tax_rows", "own_account", ANN)
    settlement_sums.bring_up_to_date()
    assert sums() == before


def test_what_a_file_does_not_explain_is_a_slice_of_its_own(world):
    world.settlement((SALE, "120.00"), settlement_id=ID, total="100.00")
    assert sums() == {"sales": 12000, "unexplained": -2000, "payout": 10000}


CELLS = st.sampled_from([SALE, FEE, ADS, TAX, KEPT, REFUND, ODD])
LINES = st.lists(st.tuples(CELLS, st.integers(-(10**6), 10**6)), min_size=1, max_size=12)
FILES = st.lists(st.tuples(LINES, st.sampled_from(["GBP", "EUR"]), st.integers(-500, 500)), min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES)
def test_slices_come_to_the_total_that_amazon_states_and_months_to_their_settlements(world, files):
    taken = []
    for lines, currency, missed in files:
        written = [(cells, format_major(minor, currency)) for cells, minor in lines]
        total = sum(minor for _, minor in lines) + missed
        stated = format_major(total, currency)
        taken.append((world.settlement(*written, currency=currency, total=stated), total))
    for settlement_id, total in taken:
        held = sums(settlement_id)
        assert held.pop("payout") == total == sum(held.values())
    assert months() == months_worked_out()
    for settlement_id, _ in taken:
        removal.remove(world.parts, settlement_id, ANN)
    assert months() == {}
    assert SettlementSum.select().count() == 0


def test_a_corrected_file_that_is_used_counts_instead(world):
    world.settlement((SALE, "120.00"), (FEE, "-18.00"), settlement_id=ID)
    world.take(settlement_text((SALE, "120.00"), (FEE, "-20.00"), settlement_id=ID))
    assert sums()["selling_fees"] == -1800
    (other,) = corrections.of(world.stored(ID))
    corrections.use(world.parts, ID, other.version, ANN)
    assert sums() == {"sales": 12000, "selling_fees": -2000, "payout": 10000}
    assert months() == months_worked_out()


def test_a_rule_moves_the_sums_of_every_settlement_that_holds_the_line_type_and_back(world):
    world.settlement((SALE, "120.00"), (ODD, "-5.00"), settlement_id=ID)
    world.settlement((SALE, "60.00"), settlement_id="26881161593")
    assert sums()["other"] == -500
    line_types.classify(world.parts, LineType("ServiceFee", "Brand new", "Odd levy"), "ADVERTISING", ANN)
    assert sums() == {"sales": 12000, "advertising": -500, "payout": 11500}
    assert months() == months_worked_out()
    line_types.take_back(world.parts, line_types.rules()[0].row.id, ANN)
    assert sums()["other"] == -500
    assert months() == months_worked_out()


def test_a_rule_for_all_that_begins_so_moves_them_too(world):
    world.settlement((SALE, "120.00"), (FEE, "-18.00"), settlement_id=ID)
    line_types.classify(world.parts, LineType("Order", "ItemFees", "Comm*"), "FBA_FEES", ANN, (False, False, True))
    assert sums() == {"sales": 12000, "fba_fees": -1800, "payout": 10200}


def test_settlements_from_before_the_sums_are_summed_when_the_data_is_opened(world):
    world.settlement((SALE, "120.00"), (FEE, "-18.00"), settlement_id=ID)
    before = (sums(), months())
    for table in (SettlementSum, MonthSum):
        table.delete().execute()
    Workspace.update(sums_basis=None).execute()
    settlement_sums.bring_up_to_date()
    assert (sums(), months()) == before


def test_what_was_written_or_deleted_past_the_program_is_put_right_when_the_data_is_opened(world):
    world.settlement((SALE, "120.00"), (FEE, "-18.00"), settlement_id=ID)
    world.settlement((SALE, "60.00"), settlement_id="26881161593")
    Settlement.delete().where(Settlement.settlement_id == "26881161593").execute()
    settlement_sums.bring_up_to_date()
    assert months() == months_worked_out()
    assert months()["GBP", "Amazon.co.uk", "2026-05", "payout"] == (10200, 1)


def test_another_catalogue_moves_the_sums_when_the_data_is_opened(world, monkeypatch):
    world.settlement((SALE, "120.00"), (FEE, "-18.00"), settlement_id=ID)
    settlement_sums.bring_up_to_date()
    monkeypatch.setattr(settlement_sums, "slice_of", lambda category: "other" if category == "SELLER_FEES" else "sales")
    monkeypatch.setattr(settlement_sums, "_basis", lambda: "of the next version")
    settlement_sums.bring_up_to_date()
    assert sums() == {"sales": 12000, "other": -1800, "payout": 10200}
    assert months() == months_worked_out()
