"""Suggested mappings: the organisation's own accounts, by name; no tax where it is not registered."""

from decimal import Decimal

import pytest

from services.core.books import AccountFacts, Books, Mapped, TaxRateFacts
from services.core.catalogue import UNKNOWN, standard
from services.core.suggestions import has_suggestions, profile, suggest, suggest_elsewhere

RATES = {
    "OUTPUT2": TaxRateFacts("OUTPUT2", "20% (VAT on Income)", Decimal(20), "ACTIVE", frozenset({"REVENUE"})),
    "INPUT2": TaxRateFacts("INPUT2", "20% (VAT on Expenses)", Decimal(20), "ACTIVE", frozenset({"EXPENSE"})),
    "NONE": TaxRateFacts(
        "NONE", "No VAT", Decimal(0), "ACTIVE", frozenset({"REVENUE", "EXPENSE", "ASSET", "LIABILITY"})
    ),
}


def account(code, name, class_, **more):
    return AccountFacts(
        code, name, class_, more.get("type", class_), more.get("status", "ACTIVE"), more.get("system", "")
    )


def books(*accounts, rates=RATES):
    return Books(accounts={each.code: each for each in accounts}, tax_rates=rates)


def one(category, *accounts, pays_tax=True, rates=RATES):
    (suggestion,) = suggest([category], "GB", pays_tax, books(*accounts, rates=rates))
    return suggestion


def test_the_account_named_for_amazon_beats_the_general_one():
    suggestion = one("SALES", account("200", "Sales", "REVENUE"), account("205", "Amazon Sales", "REVENUE"))
    assert (suggestion.account_code, suggestion.tax_type) == ("205", "OUTPUT2")


def test_the_general_account_serves_where_there_is_no_amazon_one():
    assert one("SALES", account("200", "Sales", "REVENUE")).account_code == "200"


def test_archived_bank_and_system_accounts_and_other_classes_are_never_suggested():
    suggestion = one(
        "SALES",
        account("1", "Amazon Sales", "REVENUE", status="ARCHIVED"),
        account("2", "Amazon Sales", "EXPENSE"),
        account("3", "Amazon Sales", "REVENUE", type="BANK"),
        account("4", "Amazon Sales", "REVENUE", system="DEBTORS"),
    )
    assert not suggestion.is_complete
    assert "No account like “amazon sales”" in suggestion.missing


def test_an_organisation_not_registered_for_tax_gets_no_tax_throughout():
    everything = [each for each in standard().categories if each != UNKNOWN]
    chart = books(account("200", "Amazon Sales", "REVENUE"), account("401", "Amazon Selling Fees FBA", "EXPENSE"))
    suggested = [each.tax_type for each in suggest(everything, "GB", False, chart) if each.is_complete]
    assert suggested and set(suggested) == {"NONE"}


def test_a_rate_the_account_may_not_use_is_not_suggested():
    revenue_only = {"INPUT2": TaxRateFacts("INPUT2", "20%", Decimal(20), "ACTIVE", frozenset({"REVENUE"}))}
    assert not one("FBA_FEES", account("402", "FBA Fees", "EXPENSE"), rates=revenue_only).is_complete


def test_every_category_has_its_place_in_the_table():
    suggested = suggest([each for each in standard().categories if each != UNKNOWN], "GB", True, books())
    assert not [each.category for each in suggested if "no usual place" in each.missing]
    assert has_suggestions("GB") and not has_suggestions("ZZ")


# --- other countries ----------------------------------------------------------------------------

EVERYWHERE = frozenset({"REVENUE", "EXPENSE", "ASSET", "LIABILITY"})
CHART = (
    account("200", "Amazon Sales", "REVENUE"),
    account("401", "Amazon Selling Fees", "EXPENSE"),
    account("610", "Amazon Reserved Balances", "ASSET"),
)


def rates(*told: tuple[str, str]) -> dict[str, TaxRateFacts]:
    return {
        tax_type: TaxRateFacts(tax_type, tax_type.title(), Decimal(rate), "ACTIVE", EVERYWHERE)
        for tax_type, rate in told
    }


def tax_types(country: str, *told: tuple[str, str], pays_tax=True) -> tuple[str, ...]:
    """What sales, fees and reserves would be given in this country."""
    found = suggest(["SALES", "SELLER_FEES", "RESERVE"], country, pays_tax, books(*CHART, rates=rates(*told)))
    return tuple(each.tax_type for each in found)


@pytest.mark.parametrize(
    ("country", "told", "expected"),
    [
        ("AU", [("OUTPUT", "10"), ("INPUT", "10"), ("BASEXCLUDED", "0")], ("OUTPUT", "INPUT", "BASEXCLUDED")),
        ("US", [("OUTPUT", "8.75"), ("INPUT", "8.25"), ("NONE", "0")], ("NONE", "NONE", "NONE")),
        ("CA", [("TAX001", "13"), ("NONE", "0")], ("NONE", "NONE", "NONE")),
        ("NZ", [("OUTPUT2", "15"), ("INPUT2", "15"), ("NONE", "0")], ("NONE", "NONE", "NONE")),
        ("DE", [("TAX001", "7"), ("TAX002", "19"), ("NONE", "0")], ("TAX002", "TAX002", "NONE")),
        ("AT", [("TAX002", "20"), ("NONE", "0")], ("TAX002", "NONE", "NONE")),
    ],
)
def test_each_country_is_suggested_its_own_rates(country, told, expected):
    assert tax_types(country, *told) == expected


def test_a_rate_of_the_countrys_height_must_be_there():
    (sales, *_) = suggest(["SALES"], "DE", True, books(*CHART, rates=rates(("TAX001", "7"), ("NONE", "0"))))
    assert not sales.is_complete and "19 %" in sales.missing


@pytest.mark.parametrize("country", ["GB", "DE", "FR", "US", "CA", "AU", "NZ"])
def test_whoever_is_not_registered_gets_no_tax_throughout(country):
    no_tax = "BASEXCLUDED" if country == "AU" else "NONE"
    assert tax_types(country, (no_tax, "0"), ("OUTPUT2", "20"), pays_tax=False) == (no_tax,) * 3


@pytest.mark.parametrize("country", ["GB", "DE", "IE", "US", "CA", "AU", "NZ"])
def test_each_country_says_where_an_accountant_should_look(country):
    assert has_suggestions(country)
    assert profile(country).advice


def mapped_books(*overrides: tuple[str, str]) -> Books:
    usual = (("SALES", "200", "OUTPUT2"), ("SELLER_FEES", "401", "INPUT2"), ("RESERVE", "610", "NONE"))
    mappings = {(category, ""): Mapped(account, tax) for category, account, tax in usual}
    mappings |= {each: Mapped("200", "NONE") for each in overrides}
    told = rates(("OUTPUT2", "20"), ("INPUT2", "20"), ("NONE", "0"), ("REVERSECHARGES", "20"))
    return Books(mappings, {each.code: each for each in CHART}, told)


def test_a_marketplace_abroad_takes_no_uk_vat_and_reverse_charge_on_fees():
    told = {each.category: each for each in suggest_elsewhere("Amazon.de", "GB", mapped_books())}
    assert {category: each.tax_type for category, each in told.items()} == {
        "SALES": "NONE", "SELLER_FEES": "REVERSECHARGES"}  # fmt: skip
    assert told["SALES"].account_code == "200" and "VAT is due abroad" in told["SALES"].look


def test_home_and_what_is_overridden_already_are_left_alone():
    assert suggest_elsewhere("Amazon.co.uk", "GB", mapped_books()) == []
    told = suggest_elsewhere("Amazon.de", "GB", mapped_books(("SALES", "Amazon.de")))
    assert [each.category for each in told] == ["SELLER_FEES"]
