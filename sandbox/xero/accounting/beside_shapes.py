"""How payments, credits and files look in the answer of the document they stand beside [VCR, OAS]."""

from typing import Any

from sandbox.xero import wire
from sandbox.xero.accounting import document_store, settling
from sandbox.xero.accounting.amounts import rounded
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import CREDIT_NOTES, INVOICES


def payment_in_document(payment: Document) -> dict[str, Any]:
    facts = payment.facts
    return {
        "PaymentID": payment.id, "Date": wire.day_pair("Date", facts["Date"])["Date"], "Amount": facts["Total"],
        **({"Reference": facts["Reference"]} if facts["Reference"] else {}),
        "CurrencyRate": rounded(facts["CurrencyRate"], 6), "HasAccount": False, "HasValidationErrors": False,
    }


def credits_of_invoice(call: Call, invoice: Document) -> list[dict[str, Any]]:
    shown = []
    for row in settling.beside(call, invoice).allocations:
        note = document_store.by_id(call.ledger, CREDIT_NOTES, row["note_id"])
        assert note, "An allocation without its credit note"
        shown.append({
            "CreditNoteID": note.id, "CreditNoteNumber": note.number, "AppliedAmount": row["amount"],
            "Date": wire.day_pair("Date", row["day"])["Date"], "Total": note.facts["Total"], "HasErrors": False,
        })
    return shown


def allocations_of_note(call: Call, note: Document) -> list[dict[str, Any]]:
    shown = []
    for row in settling.beside(call, note).allocations:
        invoice = document_store.by_id(call.ledger, INVOICES, row["invoice_id"])
        assert invoice, "An allocation without its invoice"
        shown.append({
            "AllocationID": row["id"], "Amount": row["amount"], "Date": wire.day_pair("Date", row["day"])["Date"],
            "Invoice": invoice_in_short(invoice.id, invoice.number),
        })
    return shown


def invoice_in_short(invoice_id: str, number: str) -> dict[str, Any]:
    return {
        "InvoiceID": invoice_id, "InvoiceNumber": number, "Payments": [], "CreditNotes": [], "Prepayments": [],
        "Overpayments": [], "HasErrors": False, "IsDiscounted": False, "LineItems": [],
    }


def files(call: Call, document: Document) -> list[dict[str, Any]]:
    return [file(call, document, kept) for kept in settling.beside(call, document).attachments]


def file(call: Call, document: Document, kept: dict[str, Any]) -> dict[str, Any]:
    base = f"{call.request.host_url}api.xro/2.0/{document.family.plural}/{document.id}/Attachments"
    return {
        "AttachmentID": kept["id"], "FileName": kept["file_name"], "Url": f"{base}/{kept['file_name']}",
        "MimeType": kept["mime_type"], "ContentLength": kept["size"], "IncludeOnline": bool(kept["online"]),
    }
