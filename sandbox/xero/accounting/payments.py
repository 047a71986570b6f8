"""Payments of invoices, and refunds of credit notes: create, delete, read (xero.md 8.10)."""

import uuid
from decimal import Decimal
from typing import Any

from sandbox.xero import clock, wire
from sandbox.xero.accounting import amounts, contacts, document_lists, document_store, locks, reading, settling
from sandbox.xero.accounting.answers import Answer, not_found
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_query import query
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import CREDIT_NOTES, INVOICES, PAYMENTS
from sandbox.xero.accounting.saving import ZERO_ID, Invalid, save_all
from sandbox.xero.accounting.texts import say

TYPES = {
    "ACCREC": "ACCRECPAYMENT", "ACCPAY": "ACCPAYPAYMENT", "ACCRECCREDIT": "ARCREDITPAYMENT",
    "ACCPAYCREDIT": "APCREDITPAYMENT",
}
ECHOED = ("Date", "Amount", "Reference", "CurrencyRate", "Status", "InvoiceNumber", "CreditNoteNumber", "Code")


def many(call: Call) -> Answer:
    """In pages only when a page is asked for."""
    asked = query(PAYMENTS, call)
    if not document_lists.is_paged(call):
        return call.answer("Payments", [shown(call, item) for item in document_lists.all_of(call, asked)])
    found, pagination = document_lists.one_page(call, asked)
    return call.answer("Payments", [shown(call, item) for item in found], pagination)


def one(call: Call, document_id: str) -> Answer:
    return call.answer("Payments", [shown(call, _find(call, document_id))])


def create(call: Call) -> Answer:
    return _save_all(call, lambda given: create_one(call, given))


def update(call: Call, document_id: str) -> Answer:
    """A payment can only be deleted."""
    payment = _find(call, document_id)
    return _save_all(call, lambda given: _delete(call, payment, given))


def _save_all(call: Call, save: Any) -> Answer:
    return save_all(call, "Payments", "PaymentID", save, _echo)


def _echo(given: dict) -> dict:
    echoed = {name: given[name] for name in ECHOED if isinstance(given.get(name), str | int | Decimal)}
    return {**echoed, "HasValidationErrors": True}


def _find(call: Call, document_id: str) -> Document:
    return document_store.by_id(call.ledger, PAYMENTS, document_id) or _missing()


def _missing() -> Document:
    raise not_found()


def create_one(call: Call, given: dict) -> dict:
    """Raises Invalid."""
    if given.get("PaymentID") not in (None, "", ZERO_ID):
        payment = document_store.by_id(call.ledger, PAYMENTS, str(given["PaymentID"]))
        if payment is None:
            raise Invalid(say("id_unknown", **PAYMENTS.words))
        return _delete(call, payment, given)
    if given.get("Status") not in (None, "", "AUTHORISED"):
        raise Invalid(say("not_for_creation", **PAYMENTS.words))
    document = settling.named_document(call, given)
    account = _account(call, given)
    amount = amounts.rounded(reading.number(given, "Amount") or amounts.ZERO)
    settling.demand_payable(document, amount)
    today = clock.moment(call.now_ms).date().isoformat()
    day = reading.day(given, "Date") if given.get("Date") else today
    locks.check(call, day)
    payment = Document(PAYMENTS, {
        "PaymentID": str(uuid.uuid4()), "Status": "AUTHORISED", "Type": TYPES[document.type], "Date": day,
        "Total": amount, "Reference": reading.text(given, "Reference", 1000) if given.get("Reference") else "",
        "CurrencyRate": document.facts["CurrencyRate"], "AccountID": account["AccountID"], "ParentID": document.id,
        "ParentFamily": document.family.plural, "ContactID": document.facts["ContactID"], "App": call.caller.client_id,
    }, [])
    document_store.keep(call.ledger, payment, call.now_ms, call.caller.client_id, f"Paid {amount:,}")
    settling.settle(call, document, "AmountPaid", amount, day, f"Payment of {amount:,}")
    return shown(call, payment)


def _account(call: Call, given: dict) -> dict:
    """A bank account, or one that takes payments. Raises Invalid."""
    named = given.get("Account") if isinstance(given.get("Account"), dict) else {}
    code, account_id = str(named.get("Code") or given.get("Code") or ""), str(named.get("AccountID") or "").lower()
    if not code and not account_id:
        raise Invalid(say("payment_account_missing"))
    for account in call.ledger.accounts.values():
        if account_id == account["AccountID"] or (not account_id and code == account["Code"]):
            if account["Status"] != "ACTIVE":
                raise Invalid(say("account_archived", code=account["Code"]))
            if account["Type"] == "BANK" or account["EnablePaymentsToAccount"]:
                return account
    raise Invalid(say("account_not_valid", code=code or account_id))


def _delete(call: Call, payment: Document, given: dict) -> dict:
    if given.get("Status") != "DELETED":
        raise Invalid(say("payment_unchangeable"))
    return delete_one(call, payment)


def delete_one(call: Call, payment: Document) -> dict:
    """The document is open again by its amount. Raises Invalid."""
    if payment.status == "DELETED":
        raise Invalid(say("not_for_modification", **PAYMENTS.words))
    locks.check(call, payment.facts["Date"])
    document, amount = parent(call, payment), payment.facts["Total"]
    payment.facts["Status"] = "DELETED"
    document_store.keep(call.ledger, payment, call.now_ms, call.caller.client_id, "AUTHORISED → DELETED")
    settling.settle(call, document, "AmountPaid", -amount, "", f"Payment of {amount:,} removed")
    return shown(call, payment)


def parent(call: Call, payment: Document) -> Document:
    family = INVOICES if payment.facts["ParentFamily"] == INVOICES.plural else CREDIT_NOTES
    found = document_store.by_id(call.ledger, family, payment.facts["ParentID"])
    assert found, "A payment without its document"
    return found


def shown(call: Call, payment: Document) -> dict[str, Any]:
    """As Xero answers it; a refund's credit note stands under Invoice too, with its own type [OAS]."""
    facts, document = payment.facts, parent(call, payment)
    account = next(item for item in call.ledger.accounts.values() if item["AccountID"] == facts["AccountID"])
    return {
        "PaymentID": payment.id, "Date": wire.day_pair("Date", facts["Date"])["Date"], "BankAmount": facts["Total"],
        "Amount": facts["Total"], **({"Reference": facts["Reference"]} if facts["Reference"] else {}),
        "CurrencyRate": amounts.rounded(facts["CurrencyRate"], 6), "PaymentType": facts["Type"],
        "Status": facts["Status"], "UpdatedDateUTC": wire.moment(facts["UpdatedDateUTC"]),
        "UpdatedDateUTCString": wire.iso_moment(facts["UpdatedDateUTC"]), "HasAccount": True, "IsReconciled": False,
        "Account": {name: account[name] for name in ("AccountID", "Code", "Name")},
        "Invoice": {
            "Type": document.type, "InvoiceID": document.id, "InvoiceNumber": document.number, "Payments": [],
            "CreditNotes": [], "Prepayments": [], "Overpayments": [], "HasErrors": False, "IsDiscounted": False,
            "LineItems": [], "CurrencyCode": document.facts["CurrencyCode"],
            "Contact": contacts.short(call.ledger.contacts[facts["ContactID"]]),
        },
        "HasValidationErrors": False,
    }
