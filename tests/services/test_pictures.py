"""What Home's pictures show: one currency at a time, of the marketplace and period that were chosen."""

from datetime import date, timedelta

import pytest

from services import pictures
from services.core.months import between, moved
from tests.xero_world import ADS, FEE, World, settlement_text


@pytest.fixture
def world(parts) -> World:
    return World(parts)


def sold(world, settlement_id: int, deposited: str, sale="100.00", fee="-20.00", marketplace="Amazon.co.uk", **facts):
    """One settlement whose money came on this day."""
    order = ("Order", marketplace, "ItemPrice", "Principal")
    text = settlement_text((order, sale), (FEE, fee), settlement_id=str(settlement_id), **facts)
    came = date.fromisoformat(deposited)
    for printed, day in (  # from the last to the first, so that no date is taken for another one
        ("17.05.2026", came),
        ("15.05.2026", came - timedelta(2)),
        ("01.05.2026", came - timedelta(16)),
    ):
        text = text.replace(f"{printed} 00:00:00 UTC", f"{day:%d.%m.%Y} 00:00:00 UTC", 1)
    assert world.take(text).outcome == "imported"


def share(shown, name: str):
    return next((each.amount, each.tenths) for each in shown.shares if each.slice.id == name)


def test_nothing_is_drawn_before_the_first_settlement(world):
    assert pictures.gather() is None


def test_currencies_are_never_added_together_and_the_one_with_most_settlements_comes_first(world):
    sold(world, 1, "2026-05-17")
    sold(world, 2, "2026-05-17", sale="70.00", marketplace="Amazon.de", currency="EUR")
    sold(world, 3, "2026-05-31", sale="50.00", marketplace="Amazon.fr", currency="EUR")
    euros = pictures.gather()
    assert (euros.choice.currency, share(euros, "sales")) == ("EUR", (12000, 1000))
    assert euros.unit == "a euro"
    assert [each.name for each in euros.marketplaces] == ["Amazon.de", "Amazon.fr"]
    pounds = pictures.gather("GBP")
    assert share(pounds, "sales") == (10000, 1000)
    assert pounds.unit == "a pound"
    assert pounds.choice.currencies == [("EUR", "EUR (2 settlements)"), ("GBP", "GBP (1 settlement)")]


def test_a_share_is_of_the_sales_and_parts_and_payout_come_to_them(world):
    world.take(settlement_text((("Order", "", "ItemPrice", "Principal"), "200.00"), (FEE, "-30.00"), (ADS, "-20.50")))
    shown = pictures.gather()
    assert [(each.slice.id, each.amount, each.tenths) for each in shown.shares] == [
        ("sales", 20000, 1000), ("selling_fees", -3000, -150), ("advertising", -2050, -103), ("payout", 14950, 748),
    ]  # fmt: skip


def test_one_marketplace_can_be_looked_at_and_all_are_compared_still(world):
    sold(world, 1, "2026-05-17", sale="70.00", marketplace="Amazon.de", currency="EUR")
    sold(world, 2, "2026-05-31", sale="50.00", marketplace="Amazon.fr", currency="EUR")
    shown = pictures.gather("EUR", "Amazon.fr")
    assert share(shown, "sales") == (5000, 1000)
    assert [each.settlement_id for each in shown.proceeds] == ["2"]
    assert [(each.name, each.sales, each.payout) for each in shown.marketplaces] == [
        ("Amazon.de", 7000, 5000), ("Amazon.fr", 5000, 3000),
    ]  # fmt: skip


def test_a_period_leaves_out_what_came_before_and_after(world):
    for number, day in enumerate(("2025-03-10", "2025-12-31", "2026-01-01", "2026-04-20", "2026-05-17"), 1):
        sold(world, number, day)
    assert share(pictures.gather(period="3"), "sales")[0] == 20000
    assert share(pictures.gather(period="12"), "sales")[0] == 40000
    year = pictures.gather(period="2025")
    assert share(year, "sales")[0] == 20000
    assert [each.settlement_id for each in year.proceeds] == ["1", "2"]
    assert [each.name for each in year.months] == between("2025-01", "2025-12")
    assert year.choice.periods == [("12", "Last 12 months"), ("3", "Last 3 months"), ("2026", "2026"), ("2025", "2025")]


def test_thirteen_months_stand_side_by_side_however_empty_they_are(world):
    sold(world, 1, "2025-05-17")
    sold(world, 2, "2026-05-17")
    months = pictures.gather().months
    assert (months[0].name, months[-1].name, len(months)) == ("2025-05", "2026-05", 13)
    assert [each.sales for each in months if each.sales] == [10000, 10000]


def test_the_last_24_settlements_are_drawn_the_oldest_first(world):
    for number in range(1, 28):
        sold(world, number, (date(2025, 1, 20) + timedelta(14 * number)).isoformat())
    assert [int(each.settlement_id) for each in pictures.gather().proceeds] == list(range(4, 28))


@pytest.mark.parametrize("asked", [("XXX", "", ""), ("", "Amazon.nowhere", ""), ("", "", "1887"), ("'", "%", "-1")])
def test_what_is_not_on_offer_is_taken_for_the_usual(world, asked):
    sold(world, 1, "2026-05-17")
    assert pictures.gather(*asked).choice == pictures.gather().choice


def test_a_payout_below_nothing_and_no_sales_can_be_drawn(world):
    world.take(settlement_text((FEE, "-29.99")))
    shown = pictures.gather()
    assert share(shown, "payout") == (-2999, None)
    assert shown.proceeds_drawn["slim"].columns[0].bars[0].is_negative


def test_months_are_counted_over_the_turn_of_the_year():
    assert moved("2026-01", -1) == "2025-12"
    assert moved("2025-11", 14) == "2027-01"
    assert between("2025-12", "2026-02") == ["2025-12", "2026-01", "2026-02"]
