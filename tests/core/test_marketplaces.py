"""Whose settlement it is, and the reference its document bears."""

import pytest

from services.core.marketplaces import canonical, key, known_marketplaces, of_settlement, reference
from tests.core.settlement_text import line, read_one, summary, table


def home(*names, currency="GBP"):
    rows = [line("Order/ItemPrice/Principal", "1.00", marketplace_name=name) for name in names]
    return tuple(of_settlement(read_one(table(summary(f"{len(names)}.00", currency=currency), *rows))))


@pytest.mark.parametrize(
    ("names", "currency", "expected"),
    [
        (["Amazon.co.uk"], "GBP", ("Amazon.co.uk", "UK")),
        (["amazon.com"], "USD", ("Amazon.com", "US")),
        (["AMAZON.DE", ""], "EUR", ("Amazon.de", "DE")),
        (["Amazon.ca", "Non-Amazon CA", "Non-Amazon CA"], "CAD", ("Amazon.ca", "CA")),
        (["Amazon.com", "Non-Amazon US"], "USD", ("Amazon.com", "US")),
        (["Non-Amazon CA"], "CAD", ("Amazon.ca", "CA")),
        (["SI UK Prod Marketplace"], "GBP", ("Amazon.co.uk", "UK")),
        (["Amazon.com", "Amazon.com", "Amazon.ca"], "CAD", ("Amazon.ca", "CA")),
        (["Amazon.com", "Non-Amazon CA", "Non-Amazon CA"], "CAD", ("Amazon.com", "US")),
        (["Amazon.fr", "Amazon.de", "Amazon.de"], "EUR", ("Amazon.de", "DE")),
        ([""], "GBP", ("Amazon.co.uk", "UK")),
        ([""], "CAD", ("Amazon.ca", "CA")),
        ([""], "EUR", ("Amazon EU", "EU")),
        ([""], "SEK", ("Amazon.se", "SE")),
        ([""], "NOK", ("Amazon NO", "NO")),
        (["Somewhere else"], "USD", ("Amazon.com", "US")),
    ],
)
def test_the_marketplace_is_the_files_own_else_its_currencys(names, currency, expected):
    assert home(*names, currency=currency) == expected


def test_names_have_one_spelling():
    assert canonical("amazon.CO.UK") == "Amazon.co.uk"
    assert canonical(" Non-Amazon UK ") == "Amazon.co.uk"
    assert canonical("") == ""
    assert canonical("Bazaar") == "Bazaar"
    assert "Amazon.com.be" in known_marketplaces()


@pytest.mark.parametrize(
    ("total", "currency", "country", "expected"),
    [
        (127520, "GBP", "UK", "(£1,275.20) TBUK-26881161592"),
        (-2999, "CAD", "CA", "(-CA$29.99) TBCA-26881161592"),
        (0, "EUR", "EU", "(€0.00) TBEU-26881161592"),
        (100000, "SEK", "SE", "(SEK 1,000.00) TBSE-26881161592"),
        (1200, "JPY", "JP", "(¥1,200) TBJP-26881161592"),
    ],
)
def test_the_reference_holds_the_amount_and_the_settlements_key(total, currency, country, expected):
    assert reference(total, currency, country, "26881161592") == expected
    assert expected.endswith(key(country, "26881161592"))
