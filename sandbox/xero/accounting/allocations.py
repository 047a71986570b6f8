"""Credit notes set against invoices, and taken off them again (xero.md 8.8)."""

import uuid
from decimal import Decimal
from typing import Any

from sandbox.xero import clock, wire
from sandbox.xero.accounting import amounts, document_store, locks, reading, settling
from sandbox.xero.accounting.answers import Answer, not_found
from sandbox.xero.accounting.beside_shapes import invoice_in_short
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.documents import find
from sandbox.xero.accounting.families import CREDIT_NOTES, INVOICES
from sandbox.xero.accounting.saving import Invalid, guid, save_all
from sandbox.xero.accounting.texts import say

PAIRS = {"ACCRECCREDIT": "ACCREC", "ACCPAYCREDIT": "ACCPAY"}


def create(call: Call, document_id: str) -> Answer:
    note = find(CREDIT_NOTES, call, document_id)
    return save_all(call, "Allocations", "AllocationID", lambda given: _create(call, note.id, given), _echo)


def delete(call: Call, document_id: str, allocation_id: str) -> Answer:
    """The answer is the bare allocation, without an envelope [OAS]."""
    note = find(CREDIT_NOTES, call, document_id)
    row = call.db.execute(
        "DELETE FROM allocations WHERE tenant_id = ? AND note_id = ? AND id = ? RETURNING *",
        (call.ledger.tenant_id, note.id, allocation_id.lower()),
    ).fetchall()
    if not row:
        raise not_found()
    amount = Decimal(row[0]["cents"]) / 100
    invoice = document_store.by_id(call.ledger, INVOICES, row[0]["invoice_id"])
    for document in filter(None, (invoice, note)):
        settling.settle(call, document, "AmountCredited", -amount, "", f"Credit of {amount:,} taken off")
    gone = {"AllocationID": row[0]["id"], "Date": wire.day_pair("Date", row[0]["day"])["Date"], "IsDeleted": True}
    return Answer(200, wire.pretty({**gone, "Amount": amount, "Invoice": {"InvoiceID": row[0]["invoice_id"]}}))


def _echo(given: dict) -> dict:
    """What every allocation holds, as far as it was sent."""
    named = given.get("Invoice") if isinstance(given.get("Invoice"), dict) else {}
    invoice = {name: named[name] for name in ("InvoiceID", "InvoiceNumber") if isinstance(named.get(name), str)}
    amount = given.get("Amount")
    return {
        "Amount": amount if type(amount) in (int, Decimal) else 0, "Date": str(given.get("Date") or ""),
        "Invoice": {**invoice, **({"InvoiceID": guid(invoice["InvoiceID"])} if "InvoiceID" in invoice else {})},
    }


def _create(call: Call, note_id: str, given: dict) -> dict[str, Any]:
    note = document_store.by_id(call.ledger, CREDIT_NOTES, note_id)
    invoice = settling.named_document(call, given)
    assert note, "It was there a moment ago"
    amount = amounts.rounded(reading.number(given, "Amount") or amounts.ZERO)
    _check(note, invoice, amount)
    today = clock.moment(call.now_ms).date().isoformat()
    day = reading.day(given, "Date") if given.get("Date") else today
    locks.check(call, day)
    allocation_id = str(uuid.uuid4())
    call.db.execute(
        "INSERT INTO allocations VALUES (?, ?, ?, ?, ?, ?)",
        (call.ledger.tenant_id, allocation_id, note.id, invoice.id, int(amount * 100), day),
    )
    for document in (invoice, note):
        settling.settle(call, document, "AmountCredited", amount, day, f"Credit of {amount:,}")
    return {
        "AllocationID": allocation_id, "Amount": amount, "Date": wire.day_pair("Date", day)["Date"],
        "Invoice": invoice_in_short(invoice.id, invoice.number),
    }


def _check(note: Document, invoice: Document, amount: Decimal) -> None:
    """Both approved, of the same side, contact and currency, and with enough left. Raises Invalid."""
    if note.status != "AUTHORISED":
        raise Invalid(say("note_not_approved"))
    same = all(note.facts[name] == invoice.facts[name] for name in ("ContactID", "CurrencyCode"))
    if invoice.type != PAIRS[note.type] or not same:
        raise Invalid(say("note_does_not_fit"))
    settling.demand_payable(invoice, amount)
    settling.demand_payable(note, amount)
