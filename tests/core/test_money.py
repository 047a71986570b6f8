"""Money: written as people and machines expect, taxed to the nearest penny with halves away from zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.money import format_major, format_money, minor_digits, tax_within, to_decimal


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (127520, "GBP", "£1,275.20"),
        (-4316, "GBP", "-£43.16"),
        (-2999, "CAD", "-CA$29.99"),
        (4115, "EUR", "€41.15"),
        (58289, "USD", "US$582.89"),
        (100000000, "AUD", "A$1,000,000.00"),
        (12345, "JPY", "¥12,345"),
        (100000, "SEK", "SEK 1,000.00"),
        (-5, "PLN", "-PLN 0.05"),
        (0, "GBP", "£0.00"),
        (1234567, "KWD", "KWD 1,234.567"),
    ],
)
def test_people_read_a_symbol_commas_and_the_currencys_decimals(minor, currency, written):
    assert format_money(minor, currency) == written


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (127520, "GBP", "1275.20"),
        (-2999, "CAD", "-29.99"),
        (0, "GBP", "0.00"),
        (1200, "JPY", "1200"),
        (1, "BHD", "0.001"),
    ],
)
def test_machines_read_plain_major_units(minor, currency, written):
    assert format_major(minor, currency) == written


def test_major_units_are_exact_for_large_amounts():
    assert to_decimal(9007199254740993, "GBP") == Decimal("90071992547409.93")
    assert minor_digits("JPY") == 0


@pytest.mark.parametrize(
    ("gross", "tax"),
    [
        (12000, 2000),
        (-24885, -4148),
        (-915, -153),
        (1503, 251),
        (449, 75),
        (-1503, -251),
        (-327, -55),
        (3, 1),
        (-3, -1),
        (2, 0),
    ],
)
def test_tax_at_20_per_cent_is_a_sixth_of_the_gross_with_halves_away_from_zero(gross, tax):
    assert tax_within(gross, Decimal(20)) == tax


@pytest.mark.parametrize(("rate", "tax"), [("0", 0), ("5", 476), ("12.5", 1111), ("19", 1597), ("8.875", 815)])
def test_any_rate_is_taken_exactly(rate, tax):
    assert tax_within(10000, Decimal(rate)) == tax


def test_a_negative_rate_is_refused():
    with pytest.raises(ValueError, match="negative"):
        tax_within(100, Decimal(-1))


@given(st.integers(-(10**12), 10**12), st.decimals(0, 50, places=3))
def test_a_credit_mirrors_its_charge_and_tax_is_within_half_a_penny_of_the_exact_figure(gross, rate):
    tax = tax_within(gross, rate)
    assert tax_within(-gross, rate) == -tax
    assert abs(tax * (100 + rate) - gross * rate) * 2 <= 100 + rate
