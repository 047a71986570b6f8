"""Suggested mappings: the organisation's own accounts, by name; no tax where it is not registered."""

from decimal import Decimal

from services.core.books import AccountFacts, Books, TaxRateFacts
from services.core.catalogue import UNKNOWN, standard
from services.core.suggestions import has_suggestions, suggest

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
