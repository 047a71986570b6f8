"""A small ledger with Xero's rules for documents, quick enough for thousands of seeds.

Held against the sandbox in tests/simulations/test_posting_ledger.py: the same calls, the same answers.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from services.xero import documents, errors
from services.xero.documents import RESOURCES, Document, DocumentLine

KEY_LIVES = timedelta(seconds=360)
NEXT = {
    "DRAFT": {"approved", "deleted", "renamed"}, "AUTHORISED": {"voided", "renamed", "approved"},
    "POSTED": {"voided", "approved"}, "PAID": set(), "VOIDED": set(), "DELETED": set(),
}  # fmt: skip
UNIQUE = ("invoice", "credit_note")
ENDED = ("VOIDED", "DELETED")
CLOSED = "Invoice not of valid status for modification"
MONEY = (
    "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.")
LOCKED = "The document date cannot be before the period lock date, currently set at 31-Dec-2026"


class Ledger:
    """What stands in Xero. Every method does what it says at once, or raises a XeroError."""

    def __init__(self, held: bool = False, place: int = 0, now=lambda: None):
        self.held, self.locked, self.place, self.now = held, False, place, now
        self.documents: dict[str, Document] = {}
        self.remembered: dict[str, tuple[datetime, str, object]] = {}
        self.made = 0

    def create(self, kind: str, body: str, key: str, now: datetime, status: str = "DRAFT") -> Document:
        known = self.remembered.get(key)
        if key and known and now - known[0] < KEY_LIVES:
            if known[1] != body:
                raise errors.Rejected([f"Idempotency Key: {key} is used with a different request."])
            if isinstance(known[2], Exception):
                raise known[2]
            return known[2]
        given = json.loads(body, parse_float=Decimal).get(RESOURCES[kind].path)
        if not given:
            raise errors.Rejected(["The body is not of this kind."])
        document = self._created(kind, given[0], status)
        self.remember(key, now, body, document)
        return document

    def remember(self, key: str, now: datetime, body: str, what: object) -> None:
        if key:
            self.remembered[key] = (now, body, what)

    def _created(self, kind: str, given: dict, status: str) -> Document:
        self._check_number(kind, given[RESOURCES[kind].number])
        self.made += 1
        document_id = f"0000000{self.place}-0000-4000-8000-{self.made:012}"
        return self._keep(replace(_as_sent(kind, given), id=document_id, status=status))

    def _check_number(self, kind: str, number: str, besides: str = "") -> None:
        same = [each for each in self.documents.values()
                if each.kind == kind and each.number == number and each.id != besides]
        if kind in UNIQUE and any(self.held or each.status not in ENDED for each in same):
            raise errors.Rejected(["Invoice # must be unique."])

    def change(self, to: str, kind: str, document_id: str, number: str = "") -> Document:
        there = self.get(kind, document_id)
        if to == "voided" and there.amount_paid:
            raise errors.Rejected([MONEY])
        if to not in NEXT[there.status]:
            raise errors.Rejected([CLOSED])
        if self.locked and (to in ("voided", "approved") or there.status == "AUTHORISED"):
            raise errors.Rejected([LOCKED])
        if to == "renamed":
            self._check_number(kind, number, besides=document_id)
            return self._keep(replace(there, number=number))
        approved = "POSTED" if kind == "manual_journal" else "AUTHORISED"
        return self._keep(replace(there, status={"approved": approved, "voided": "VOIDED", "deleted": "DELETED"}[to]))

    def pay(self, document_id: str) -> None:
        there = self.documents[document_id]
        if there.status == "AUTHORISED" and there.total:
            self._keep(replace(there, status="PAID", amount_paid=there.total))

    def _keep(self, document: Document) -> Document:
        self.documents[document.id] = replace(document, updated_at=self.now())
        return self.documents[document.id]

    def get(self, kind: str, document_id: str) -> Document:
        found = self.documents.get(document_id)
        if found is None or RESOURCES[found.kind] is not RESOURCES[kind]:
            raise errors.NotFoundInXero
        return found

    def of_list(self, kind: str) -> list[Document]:
        return [each for each in self.documents.values() if RESOURCES[each.kind] is RESOURCES[kind]]

    def carrying(self, kind: str, key: str) -> list[Document]:
        """The active documents of the list that carry the key."""
        return [each for each in self.of_list(kind) if each.status not in ENDED and documents.carries(each, key)]


def _as_sent(kind: str, given: dict) -> Document:
    journal = kind == "manual_journal"
    lines = tuple(
        DocumentLine(each["Description"], each["AccountCode"], each["TaxType"],
                     Decimal(each["LineAmount" if journal else "UnitAmount"]), Decimal(each["TaxAmount"]))
        for each in given["JournalLines" if journal else "LineItems"])
    return Document(
        kind=kind, id="", number=given[RESOURCES[kind].number], reference=given.get("Reference", ""), status="DRAFT",
        currency="" if journal else given["CurrencyCode"], total=sum(line.line_amount for line in lines),
        total_tax=sum(line.tax_amount for line in lines), contact_name="", date=given["Date"], lines=lines)
