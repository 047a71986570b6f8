"""How invoices and credit notes look in answers: just saved, one, in a page, in a list (xero.md 5.7, 6)."""

from typing import Any

from sandbox.xero import wire
from sandbox.xero.accounting import beside_shapes, contacts, settling
from sandbox.xero.accounting.amounts import rounded
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import INVOICES, Family

DAYS = ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate", "FullyPaidOnDate")
PLAIN = ("Reference", "Url", "BrandingThemeID", "RoundingAmount")
LINE_FIELDS = (
    "LineItemID", "Description", "Quantity", "UnitAmount", "ItemCode", "AccountCode", "AccountID", "TaxType",
    "TaxAmount", "LineAmount", "Tracking", "DiscountRate", "DiscountAmount",
)


def saved(call: Call, document: Document, warnings: list[str]) -> dict[str, Any]:
    """The answer to a write. A document just voided still shows its whole amount as due [REC:invoice_void]."""
    shown = one(call, document)
    if document.family is INVOICES:
        shown["AmountDue"] = document.facts["Total"] - document.facts["AmountPaid"] - document.facts["AmountCredited"]
        for name in ("Payments", "CreditNotes", "AmountCredited"):
            shown.pop(name, None)
    for item in shown["LineItems"]:
        item["ValidationErrors"] = []
    if warnings:
        shown["Warnings"] = [{"Message": message} for message in warnings]
    return shown


def one(call: Call, document: Document) -> dict[str, Any]:
    attached = beside_shapes.files(call, document)
    return _shown(call, document) | ({"Attachments": attached} if attached else {}) | {
        "Contact": contacts.contact(call.ledger.contacts[document.facts["ContactID"]]),
        "LineItems": [_line(line, call.unit_decimals) for line in document.lines],
    }


def in_page(call: Call, document: Document) -> dict[str, Any]:
    return in_list(call, document) | {"LineItems": [_line(line, call.unit_decimals) for line in document.lines]}


def in_list(call: Call, document: Document) -> dict[str, Any]:
    """Without its lines, and with the short form of the contact [INV-DOC, VCR]."""
    short = contacts.short(call.ledger.contacts[document.facts["ContactID"]])
    return _shown(call, document) | {"Contact": short, "LineItems": []}


def in_summary(call: Call, document: Document) -> dict[str, Any]:
    shown = in_list(call, document)
    for name in ("LineItems", "Payments", "HasAttachments", "CISDeduction"):
        shown.pop(name, None)
    return shown


def _shown(call: Call, document: Document) -> dict[str, Any]:
    facts, family = document.facts, document.family
    shown: dict[str, Any] = {"Type": facts["Type"], family.id_field: document.id, family.number_field: document.number}
    shown |= {name: facts[name] for name in PLAIN if facts.get(name)}
    shown |= _money(call, document)
    shown |= {
        "SentToContact": facts["SentToContact"], "CurrencyRate": rounded(facts["CurrencyRate"], 6),
        "HasErrors": False, "HasAttachments": bool(settling.beside(call, document).attachments),
        "UpdatedDateUTCString": wire.iso_moment(facts["UpdatedDateUTC"]),
    }
    for name in DAYS:
        if facts.get(name):
            shown |= wire.day_pair(name, facts[name])
    return shown | {
        "Status": facts["Status"], "LineAmountTypes": facts["LineAmountTypes"], "SubTotal": facts["SubTotal"],
        "TotalTax": facts["TotalTax"], "Total": facts["Total"], "CurrencyCode": facts["CurrencyCode"],
        "UpdatedDateUTC": wire.moment(facts["UpdatedDateUTC"]),
    }


def _money(call: Call, document: Document) -> dict[str, Any]:
    facts = document.facts
    payments = [beside_shapes.payment_in_document(each) for each in settling.beside(call, document).payments]
    if document.family is not INVOICES:
        allocations = beside_shapes.allocations_of_note(call, document)
        return {"Payments": payments, "Allocations": allocations, "RemainingCredit": document.open_amount}
    return {
        "Payments": payments, "CreditNotes": beside_shapes.credits_of_invoice(call, document), "Prepayments": [],
        "Overpayments": [], "InvoicePaymentServices": [], "AmountDue": document.open_amount,
        "AmountPaid": facts["AmountPaid"], "AmountCredited": facts["AmountCredited"],
        "IsDiscounted": any("DiscountRate" in line or "DiscountAmount" in line for line in document.lines),
    }


def _line(line: dict[str, Any], unit_decimals: int) -> dict[str, Any]:
    shown = dict(line)
    shown["Quantity"] = rounded(line["Quantity"], 4)
    shown["UnitAmount"] = rounded(line["UnitAmount"], unit_decimals)
    return shown


def echo(family: Family, given: dict[str, Any]) -> dict[str, Any]:
    """A refused element is mostly what was sent [REC:invoice_delete_authorised]."""
    plain = ("Type", family.number_field, "Status", "LineAmountTypes", "CurrencyCode", *PLAIN)
    echoed: dict[str, Any] = {name: given[name] for name in plain if isinstance(given.get(name), str)}
    if isinstance(given.get("Contact"), dict):
        sent = given["Contact"]
        echoed["Contact"] = {name: sent[name] for name in ("ContactID", "ContactNumber", "Name") if sent.get(name)}
    lines = given["LineItems"] if isinstance(given.get("LineItems"), list) else []
    echoed["LineItems"] = [_echoed_line(line) for line in lines if isinstance(line, dict)]
    return echoed


def _echoed_line(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in LINE_FIELDS if given.get(name) is not None}
