"""Line items: amounts, account, tax rate and tracking, each held to Xero's rules (xero.md 5.4–5.6)."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.xero.accounting import amounts
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import JOURNALS
from sandbox.xero.accounting.reading import number, objects, text
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.statuses import APPROVAL
from sandbox.xero.accounting.texts import say
from sandbox.xero.accounting.tracking import tracking

AMOUNT_FIELDS = {"Quantity", "UnitAmount", "LineAmount", "DiscountRate", "DiscountAmount"}
RECALCULATING = AMOUNT_FIELDS | {"TaxType", "AccountCode", "AccountID"}
CODABLE_SYSTEM_ACCOUNTS = ("", "ROUNDING")  # all others are Xero's own to post to [ACC-DOC, ROUND]
CLOSED_TO_JOURNALS = ("BANK", "INVENTORY")
JOURNAL_SYSTEM_ACCOUNTS = ("DEBTORS", "CREDITORS", "RETAINEDEARNINGS")  # closed to journals
LARGEST = Decimal("9999999999.99")
CLASS_FIELDS = {
    "ASSET": "CanApplyToAssets", "EQUITY": "CanApplyToEquity", "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities", "REVENUE": "CanApplyToRevenue",
}


@dataclass
class Setting:
    """What a line stands in."""

    call: Call
    document: Document
    warnings: list[str]

    @property
    def strict(self) -> bool:
        return self.document.status in (*APPROVAL, "PAID", "POSTED")

    def takes(self, account: dict) -> bool:
        """Whether lines may be coded to this account [ACC-DOC, MJ-DOC, MNV]."""
        if self.document.family is JOURNALS:
            return account["Type"] not in CLOSED_TO_JOURNALS and account["SystemAccount"] not in JOURNAL_SYSTEM_ACCOUNTS
        return account["Type"] != "BANK" and account["SystemAccount"] in CODABLE_SYSTEM_ACCOUNTS

    @property
    def line_amount_types(self) -> str:
        return self.document.facts["LineAmountTypes"]


def lines(setting: Setting, given: list[dict]) -> list[dict]:
    """The lines as they stand from now on: a LineItemID keeps its line, one that is not sent is removed [INV-DOC].

    Raises Invalid with the messages of all lines.
    """
    most = setting.call.switch("most_lines")
    if most != "unlimited" and len(given) > int(most):
        raise Invalid(say("too_many_lines", most=most))
    kept = {line["LineItemID"]: line for line in setting.document.lines}
    messages: list[str] = []
    made = []
    for item in given:
        try:
            made.append(_line(setting, kept.get(str(item.get("LineItemID") or "").lower(), {}), item))
        except Invalid as error:
            messages += [message for message in error.messages if message not in messages]
    if messages:
        raise Invalid(*messages, warnings=setting.warnings)
    return made


def _line(setting: Setting, kept: dict, given: dict) -> dict:
    line: dict[str, Any] = {"LineItemID": kept.get("LineItemID") or str(uuid.uuid4())}
    line["Description"] = text(given, "Description", 4000) if "Description" in given else kept.get("Description", "")
    given = {name: value for name, value in given.items() if value is not None}
    line |= _amounts(setting, kept, given)
    account = _account(setting, kept, given)
    line |= {"AccountCode": account["Code"], "AccountID": account["AccountID"]} if account else {}
    if given.get("ItemCode") or kept.get("ItemCode"):
        line["ItemCode"] = given.get("ItemCode") or kept["ItemCode"]
    line |= _tax(setting, kept, given, line, account)
    line["Tracking"] = kept.get("Tracking", [])
    if "Tracking" in given:
        line["Tracking"] = tracking(setting.call, objects(given, "Tracking"))
    if setting.strict and not line["Description"] and setting.document.family is not JOURNALS:
        raise Invalid(say("description_missing"))
    return line


def _amounts(setting: Setting, kept: dict, given: dict) -> dict[str, Decimal]:
    if kept and not AMOUNT_FIELDS & given.keys():
        return {name: kept[name] for name in kept.keys() & AMOUNT_FIELDS}
    quantity, unit, stated = number(given, "Quantity"), number(given, "UnitAmount"), number(given, "LineAmount")
    quantity = _quantity(quantity if quantity is not None else kept.get("Quantity", Decimal(1)))
    if unit is None:
        unit = stated / quantity if stated is not None and quantity else kept.get("UnitAmount", Decimal(0))
    unit = amounts.rounded(unit, setting.call.unit_decimals)
    discounts = _discounts(setting, given)
    rate, amount = discounts.get("DiscountRate", Decimal(0)), discounts.get("DiscountAmount", Decimal(0))
    total = amounts.line_amount(quantity, unit, rate, amount)
    if stated is not None and amounts.rounded(stated) != total:
        raise Invalid(say("line_total_differs", given=amounts.rounded(stated), expected=total))
    if abs(total) >= LARGEST:
        raise Invalid(say("line_amount_too_large"))
    return {"Quantity": quantity, "UnitAmount": unit, "LineAmount": total, **discounts}


def _quantity(quantity: Decimal) -> Decimal:
    exact = amounts.rounded(quantity, 4) if abs(quantity) < Decimal(10) ** 13 else None
    if exact is None or exact != quantity or len(quantity.as_tuple().digits) > 13:
        raise Invalid(say("quantity_not_valid"))
    return exact


def _discounts(setting: Setting, given: dict) -> dict[str, Decimal]:
    found = {name: number(given, name) for name in ("DiscountRate", "DiscountAmount")}
    discounts = {name: amounts.rounded(value, 4) for name, value in found.items() if value}
    if discounts and setting.document.type != "ACCREC":
        raise Invalid(say("discount_not_valid"))
    return discounts


def _account(setting: Setting, kept: dict, given: dict) -> dict | None:
    """The account by code or id. On drafts an unknown code is dropped with a warning [OAS]."""
    code = str(given.get("AccountCode") or "")
    chart = setting.call.ledger.accounts
    if not code and given.get("AccountID"):
        wanted = str(given["AccountID"]).lower()
        code = next((account["Code"] for account in chart.values() if account["AccountID"] == wanted), wanted)
    code = code or kept.get("AccountCode", "")
    if not code:
        if setting.strict:
            raise Invalid(say("account_missing"))
        return None
    account = chart.get(code)
    if account is None and not setting.strict:
        setting.warnings.append(say("account_removed", code=code))
        return None
    if account is None or not setting.takes(account):
        raise Invalid(say("account_not_valid", code=code))
    if account["Status"] != "ACTIVE":
        raise Invalid(say("account_archived", code=code))
    return account


def _tax(setting: Setting, kept: dict, given: dict, line: dict, account: dict | None) -> dict:
    """TaxType (the account's own when it is left out) and TaxAmount (taken as given, else worked out)."""
    if setting.line_amount_types == "NoTax":
        return {"TaxType": "NONE", "TaxAmount": amounts.ZERO}
    default = kept.get("TaxType") or (account["TaxType"] if account else "")
    tax_type = str(given.get("TaxType") or default)
    rate = _rate(setting, tax_type, account) if tax_type else Decimal(0)
    stated = number(given, "TaxAmount")
    if stated is None and kept and not RECALCULATING & given.keys():
        stated = kept["TaxAmount"]
    worked_out = amounts.tax_on(line["LineAmount"], rate, setting.line_amount_types)
    tax = worked_out if stated is None else _stated_tax(setting, amounts.rounded(stated), rate, line["LineAmount"])
    return {"TaxType": tax_type, "TaxAmount": tax} if tax_type else {"TaxAmount": tax}


def _rate(setting: Setting, tax_type: str, account: dict | None) -> Decimal:
    """In per cent, as it is put on a document: a reverse charge puts none."""
    rate = setting.call.ledger.tax_rates.get(tax_type)
    if rate is None or rate["Status"] != "ACTIVE" or _refused_on_bills(setting, rate):
        raise Invalid(say("tax_type_unknown", tax_type=tax_type))
    if account and not rate[CLASS_FIELDS[account["Class"]]]:
        raise Invalid(say("tax_type_not_for_account", tax_type=tax_type, code=account["Code"]))
    return Decimal(rate["DocumentRate"])


def _refused_on_bills(setting: Setting, rate: dict) -> bool:
    income_only = rate["CanApplyToRevenue"] and not rate["CanApplyToExpenses"]
    return income_only and not setting.document.is_sale and setting.call.switch("output_tax_on_bills") == "refused"


def _stated_tax(setting: Setting, stated: Decimal, rate: Decimal, amount: Decimal) -> Decimal:
    if stated and not rate:
        if setting.call.switch("zero_rate_tax_amount") == "refused":
            raise Invalid(say("zero_rate_tax"))
        return amounts.ZERO
    if abs(stated) > abs(amount) and setting.call.switch("tax_above_line") == "refused":
        raise Invalid(say("tax_greater_than_line"))
    return stated
