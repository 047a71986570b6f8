"""Money set against documents: what is paid or credited, and the status that follows (xero.md 8.8, 8.10)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.xero.accounting import document_store
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import CREDIT_NOTES, INVOICES, PAYMENTS
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.texts import say

FILE = "document_id, id, file_name, mime_type, online, length(content) AS size"
CENT = Decimal("0.01")


@dataclass
class Beside:
    """What stands beside a document: its live payments, allocations (as in the store) and attachments."""

    payments: list[Document] = field(default_factory=list)
    allocations: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)


def beside(call: Call, document: Document) -> Beside:
    if document.id not in call.gathered:
        gather(call, [document])
    return call.gathered[document.id]


def gather(call: Call, documents: Iterable[Document]) -> None:
    """Reads what stands beside all of these at once."""
    found: dict[str, Beside] = defaultdict(Beside, {document.id: Beside() for document in documents})
    ids = list(found)
    for start in range(0, len(ids), 500):
        _gather(call, found, ids[start : start + 500])
    call.gathered.update(found)


def _gather(call: Call, found: dict[str, Beside], ids: list[str]) -> None:
    marks, tenant = ", ".join("?" * len(ids)), call.ledger.tenant_id
    for payment in document_store.of_parents(call.ledger, PAYMENTS, ids):
        if payment.status != "DELETED":
            found[payment.facts["ParentID"]].payments.append(payment)
    for side in ("note_id", "invoice_id"):
        for row in call.db.execute(
            f"SELECT * FROM allocations WHERE tenant_id = ? AND {side} IN ({marks}) ORDER BY rowid", (tenant, *ids)  # noqa: S608 our own words
        ):
            found[row[side]].allocations.append(_allocation(row))
    for row in call.db.execute(
        f"SELECT {FILE} FROM attachments WHERE tenant_id = ? AND document_id IN ({marks}) ORDER BY rowid",  # noqa: S608
        (tenant, *ids),
    ):
        found[row["document_id"]].attachments.append(dict(row))


def _allocation(row: Any) -> dict[str, Any]:
    return {**dict(row), "amount": row["cents"] * CENT}


def demand_payable(document: Document, amount: Decimal) -> None:
    """Raises Invalid."""
    if amount <= 0:
        raise Invalid(say("payment_not_positive"))
    if document.status not in ("AUTHORISED", "PAID"):
        raise Invalid(say("not_for_payment", **document.family.words))
    if amount > document.open_amount:
        raise Invalid(say("payment_too_large"))


def settle(call: Call, document: Document, field_name: str, amount: Decimal, day: str, what: str) -> None:
    """Adds to AmountPaid or AmountCredited (a negative amount takes away) and keeps the document.

    Paid in full it becomes PAID; a payment taken away opens it again.
    """
    facts = document.facts
    facts[field_name] += amount
    if not document.open_amount:
        facts |= {"Status": "PAID", "FullyPaidOnDate": day}
    elif document.status == "PAID":
        facts["Status"] = "AUTHORISED"
        facts.pop("FullyPaidOnDate", None)
    document_store.keep(call.ledger, document, call.now_ms, call.caller.client_id, what)
    call.gathered.pop(document.id, None)


def named_document(call: Call, given: dict) -> Document:
    """The invoice or credit note that a payment or an allocation names, by id or number. Raises Invalid."""
    for key, family in (("Invoice", INVOICES), ("CreditNote", CREDIT_NOTES)):
        named = given.get(key)
        if not isinstance(named, dict):
            named = {family.number_field: given[f"{key}Number"]} if given.get(f"{key}Number") else None
        if named is not None:
            return _found(call, family, named)
    raise Invalid(say("document_missing"))


def _found(call: Call, family: Any, named: dict) -> Document:
    document_id, number = str(named.get(family.id_field) or ""), str(named.get(family.number_field) or "")
    found = document_store.by_id(call.ledger, family, document_id) if document_id else None
    if family is INVOICES and document_id and not found:  # as Xero answers payments of credit notes
        found = document_store.by_id(call.ledger, CREDIT_NOTES, document_id)
    if not found and number:
        found = next(iter(document_store.by_number(call.ledger, family, number)), None)
    if not found:
        raise Invalid(say("id_unknown", **family.words))
    return found
