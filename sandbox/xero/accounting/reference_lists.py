"""GET of what an organisation is set up with: its facts, accounts, tax rates, tracking and currencies."""

from decimal import Decimal

from sandbox.xero import wire
from sandbox.xero.accounting.answers import Answer, not_found
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.selection import select

FOUR_PLACES = Decimal("0.0001")


def organisation(call: Call) -> Answer:
    """The path is singular, the key plural; lock dates are left out while they are not set [REC, ORG-DOC]."""
    facts = {name: value for name, value in call.ledger.organisation.items() if name not in ("Label", "Key")}
    facts["CreatedDateUTC"] = f"/Date({facts['CreatedDateUTC']})/"
    for lock in ("PeriodLockDate", "EndOfYearLockDate"):
        if lock in facts:
            facts[lock] = wire.day_pair(lock, facts[lock])[lock]
    facts |= {"Addresses": [], "Phones": [], "ExternalLinks": [], "PaymentTerms": {}}
    return call.answer("Organisations", [facts])


def accounts(call: Call) -> Answer:
    found = select(call, call.ledger.records("account"), "accounts")
    return call.answer("Accounts", [account(item) for item in found])


def one_account(call: Call, account_id: str) -> Answer:
    for item in call.ledger.accounts.values():
        if item["AccountID"] == account_id.lower():
            return call.answer("Accounts", [account(item)])
    raise not_found()


def account(kept: dict) -> dict:
    shown = {
        **kept, "ShowInExpenseClaims": False, "ReportingCode": "", "HasAttachments": False, "AddToWatchlist": False,
        "UpdatedDateUTC": wire.moment(kept["UpdatedDateUTC"]),
    }
    if kept["Type"] == "BANK":
        shown |= {"BankAccountNumber": "00000000000000", "BankAccountType": "BANK"}
    return shown


def tax_rates(call: Call) -> Answer:
    """Deleted rates are in the list [REC:tax_rates]."""
    found = select(call, call.ledger.records("tax_rate"), "tax_rates")
    return call.answer("TaxRates", [tax_rate(item) for item in found])


def tax_rate(kept: dict) -> dict:
    rate = Decimal(kept["Rate"]).quantize(FOUR_PLACES)
    component = {"Name": "VAT", "Rate": rate, "IsCompound": False, "IsNonRecoverable": False}
    facts = {name: value for name, value in kept.items() if name not in ("Rate", "DocumentRate")}
    return {**facts, "DisplayTaxRate": rate, "EffectiveRate": rate, "TaxComponents": [component]}


def tracking_categories(call: Call) -> Answer:
    archived = call.flag("includeArchived")
    kept = [item for item in call.ledger.tracking if archived or item["Status"] == "ACTIVE"]
    return call.answer("TrackingCategories", select(call, kept, "tracking_categories"))


def one_tracking_category(call: Call, category_id: str) -> Answer:
    for item in call.ledger.tracking:
        if item["TrackingCategoryID"] == category_id.lower():
            return call.answer("TrackingCategories", [item])
    raise not_found()


def currencies(call: Call) -> Answer:
    return call.answer("Currencies", select(call, call.ledger.records("currency"), "currencies"))
