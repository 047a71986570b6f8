"""The organisations that come with the sandbox, and what they hold."""

import pytest

from sandbox.xero import create_sandbox
from tests.sandbox.xero_app import XeroApp

WORKED = {  # code: (name, class), as the worked-out settlements need them
    "200": ("Amazon Sales", "REVENUE"), "201": ("Amazon Refunds", "REVENUE"),
    "260": ("Amazon Reimbursements", "REVENUE"), "400": ("Advertising", "EXPENSE"),
    "401": ("Amazon Selling Fees", "EXPENSE"), "402": ("FBA Fees", "EXPENSE"), "403": ("Amazon Storage", "EXPENSE"),
    "610": ("Amazon Reserved Balances", "ASSET"), "835": ("Tax collected and paid by Amazon", "LIABILITY"),
}


def by(key: str, items: list[dict]) -> dict[str, dict]:
    return {item[key]: item for item in items}


def test_the_uk_organisation_is_registered_for_vat(app):
    [facts] = app.get("/Organisation")
    assert (facts["BaseCurrency"], facts["CountryCode"], facts["PaysTax"]) == ("GBP", "GB", True)
    assert facts["ShortCode"].startswith("!")
    assert "PeriodLockDate" not in facts
    assert "Label" not in facts


def test_lock_dates_are_shown_once_they_are_set(app):
    app.lock(PeriodLockDate="2026-03-31")
    assert app.get("/Organisation")[0]["PeriodLockDate"] == "/Date(1774915200000+0000)/"
    app.lock(PeriodLockDate="")
    assert "PeriodLockDate" not in app.get("/Organisation")[0]


def test_the_uk_chart_holds_what_settlements_need(app):
    accounts = by("Code", app.get("/Accounts"))
    assert {code: (accounts[code]["Name"], accounts[code]["Class"]) for code in WORKED} == WORKED
    systems = {account["SystemAccount"] for account in accounts.values()}
    assert {"DEBTORS", "CREDITORS", "GST", "ROUNDING"} <= systems
    assert {"BANK", "REVENUE", "EXPENSE", "CURRENT", "CURRLIAB"} <= {account["Type"] for account in accounts.values()}
    assert any(account["Status"] == "ARCHIVED" for account in accounts.values())
    names = {account["Name"] for account in accounts.values()}
    assert {"Amazon Loans", "Postage", "Suspense"} <= names


@pytest.mark.parametrize(("tax_type", "rate"), [
    ("OUTPUT2", 20), ("INPUT2", 20), ("RROUTPUT", 5), ("ZERORATEDOUTPUT", 0), ("NONE", 0), ("REVERSECHARGES", 20),
    ("ECACQUISITIONS", 20),
])
def test_uk_tax_rates(app, tax_type, rate):
    assert by("TaxType", app.get("/TaxRates"))[tax_type]["EffectiveRate"] == rate


def test_tax_rates_say_which_accounts_may_use_them(app):
    rates = by("TaxType", app.get("/TaxRates"))
    assert (rates["OUTPUT2"]["CanApplyToRevenue"], rates["OUTPUT2"]["CanApplyToExpenses"]) == (True, False)
    assert (rates["INPUT2"]["CanApplyToRevenue"], rates["INPUT2"]["CanApplyToExpenses"]) == (False, True)
    assert rates["SROUTPUT"]["Status"] == "DELETED"


def test_rates_are_exact_on_the_wire(app):
    text = app.connect("TrueBooks Demo (US)").call("GET", "/TaxRates").text
    assert '"EffectiveRate": 8.7500' in text


def test_tracking_categories_come_with_their_options(app):
    tracking = by("Name", app.get("/TrackingCategories"))
    assert tracking.keys() == {"Region", "Channel"}
    assert "Amazon" in by("Name", tracking["Channel"]["Options"])
    category = app.get(f"/TrackingCategories/{tracking['Region']['TrackingCategoryID']}")
    assert category == [tracking["Region"]]


def test_the_uk_organisation_has_five_currencies(app):
    assert {item["Code"] for item in app.get("/Currencies")} == {"GBP", "EUR", "USD", "CAD", "AUD"}


def test_there_is_a_us_organisation_and_one_not_registered_for_tax(app):
    app.connect("TrueBooks Demo (US)")
    assert app.get("/Organisation")[0]["BaseCurrency"] == "USD"
    app.connect("TrueBooks Demo (not registered)")
    assert app.get("/Organisation")[0]["PaysTax"] is False
    assert [rate["TaxType"] for rate in app.get("/TaxRates")] == ["NONE"]


def test_lists_can_be_filtered_and_sorted(app):
    found = app.get("/Accounts", where='Status=="ACTIVE" AND Name.StartsWith("amazon")', order="Code DESC")
    codes = [account["Code"] for account in found]
    assert codes == sorted(codes, reverse=True)
    assert {"200", "401", "610"} <= set(codes)
    assert "411" not in codes
    assert app.get("/TaxRates", where='TaxType=="INPUT2"')[0]["Name"] == "20% (VAT on Expenses)"


def test_one_account_by_its_id(app):
    account = app.get("/Accounts", where='Code=="610"')[0]
    assert app.get(f"/Accounts/{account['AccountID']}") == [account]
    unknown = app.call("GET", "/Accounts/00000000-0000-0000-0000-000000000001")
    assert (unknown.status_code, unknown.mimetype, unknown.data) == (404, "text/html", b"")


def test_ids_are_the_same_in_every_sandbox(app, tmp_path):
    other = XeroApp(create_sandbox(tmp_path / "another")).connect()
    assert other.tenant == app.tenant
    accounts, others = by("Code", app.get("/Accounts")), by("Code", other.get("/Accounts"))
    assert accounts["200"]["AccountID"] == others["200"]["AccountID"]


def test_a_reset_brings_back_the_beginning(app, time):
    app.save({"Name": "Amazon.co.uk"}, "/Contacts")
    app.turn(voided_numbers="held")
    assert app.client.post("/sandbox/reset", json={}).status_code == 200
    assert app.client.get("/sandbox/switches").json["voided_numbers"] == "free"
    assert app.call("GET", "/Organisation").status_code == 403  # as when a demo company is reset
    tenant = app.tenant
    app.connect()
    assert app.tenant == tenant
    assert "Amazon.co.uk" not in {contact["Name"] for contact in app.get("/Contacts")}
