"""A small ledger with Xero's rules for documents, quick enough for thousands of seeds, and the line to it, which fails.

Held against the sandbox in tests/simulations/test_posting_ledger.py: the same calls, the same answers.
"""

import json
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from services.xero import documents, errors, many, payloads
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

    def __init__(self, held: bool = False):
        self.held, self.locked = held, False
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
        document = self._created(kind, json.loads(body, parse_float=Decimal)[RESOURCES[kind].path][0], status)
        self.remember(key, now, body, document)
        return document

    def remember(self, key: str, now: datetime, body: str, what: object) -> None:
        if key:
            self.remembered.setdefault(key, (now, body, what))

    def _created(self, kind: str, given: dict, status: str) -> Document:
        self._check_number(kind, given[RESOURCES[kind].number])
        self.made += 1
        document = replace(_as_sent(kind, given), id=f"00000000-0000-4000-8000-{self.made:012}", status=status)
        self.documents[document.id] = document
        return document

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
        self.documents[document.id] = document
        return document

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


@dataclass
class Late:
    """A request that is still on its way."""

    at: datetime
    apply: object


WRITE_FAULTS = (
    "lost before", "lost after", "late", "429", "500 before", "500 after", "503", "401", "not sent", "kill before",
    "kill after")
READ_FAULTS = ("lost before", "429", "500 before", "503", "401", "not sent", "kill before", "kill after")


class Line:
    """The client's end of the line to a ledger: it has the client's methods, and ``chance`` spoils calls."""

    def __init__(self, ledger: Ledger, world, chance: random.Random, spoiled: float):
        self.ledger, self.world, self.chance, self.spoiled = ledger, world, chance, spoiled
        self.under_way: list[Late] = []
        self.creates = self.calls = 0
        self.creates_status = "DRAFT"
        self.script: list[str] = []  # what becomes of the next writes, where a schedule is directed

    # --- services.xero.client.XeroClient ---------------------------------------------------

    def find_documents(self, kind: str, key: str) -> list[Document]:
        return self._read(lambda: self.ledger.carrying(kind, key))

    def documents_numbered(self, kind: str, number: str) -> list[Document]:
        return self._read(lambda: [each for each in self.ledger.of_list(kind) if each.number == number])

    def get_document(self, kind: str, document_id: str) -> Document:
        return self._read(lambda: self.ledger.get(kind, document_id))

    def create_document(self, kind: str, payload: str, key: str) -> Document:
        self.creates += 1
        self.world.intent_is_written(payload)
        status = self.creates_status
        return self._write(lambda: self.ledger.create(kind, payload, key, self.world.now(), status),
                           lambda error: self.ledger.remember(key, self.world.now(), payload, error))

    def change(self, to: str, kind: str, document_id: str, number: str = "") -> Document:
        self.world.change_was_intended(to, document_id)
        return self._write(lambda: self.ledger.change(to, kind, document_id, number))

    def delete_draft(self, kind: str, document_id: str) -> Document:
        return self._write(lambda: self.ledger.change("deleted", kind, document_id))

    # --- services.xero.many ----------------------------------------------------------------

    def listed(self, kind: str, words: str, statuses=(), changed_since=None) -> list[Document]:
        return self._read(lambda: [
            each for each in self.ledger.of_list(kind)
            if words in f"{each.number} {each.reference}" and (not statuses or each.status in statuses)])

    def find(self, kind: str, keys) -> dict[str, list[Document]]:
        return self._read(lambda: {key: self.ledger.carrying(kind, key) for key in keys})

    def by_ids(self, ids: list[str]) -> list[Document]:
        return self._read(lambda: [self.ledger.documents[each] for each in ids if each in self.ledger.documents])

    def create_many(self, kind: str, bodies: list[str], key: str) -> list[many.Answer]:
        self.creates += len(bodies)
        for body in bodies:
            self.world.intent_is_written(body)
        together = payloads.together(kind, bodies)
        status = self.creates_status
        return self._write(lambda: self._all_created(kind, bodies, key, together, status),
                           lambda error: self.ledger.remember(key, self.world.now(), together, error))

    def _all_created(self, kind: str, bodies: list[str], key: str, together: str, status: str) -> list[many.Answer]:
        known = self.ledger.remembered.get(key)
        if known and self.world.now() - known[0] < KEY_LIVES:
            if isinstance(known[2], Exception):
                raise known[2]
            return known[2]
        made = [_each(lambda body=body: self.ledger.create(kind, body, "", self.world.now(), status))
                for body in bodies]
        self.ledger.remember(key, self.world.now(), together, made)
        return made

    def change_many(self, to: str, kind: str, named: list[tuple[str, str]]) -> list[many.Answer]:
        for document_id, _ in named:
            self.world.change_was_intended(to, document_id)
        return self._write(
            lambda: [_each(lambda one=one: self.ledger.change(to, kind, *one)) for one in named])

    # --- what becomes of a call --------------------------------------------------------------

    def _read(self, do) -> object:
        return self._call(do, READ_FAULTS)

    def _write(self, do, remember=lambda error: None) -> object:
        return self._call(do, WRITE_FAULTS, remember)

    def _call(self, do, faults, remember=lambda error: None) -> object:
        self.calls += 1
        self.world.boundary()
        self.deliver()
        fault = self._fault(faults)
        if fault == "kill before":
            self.world.die()
        if fault in ("lost before", "late", "429", "500 before", "503", "401", "not sent"):
            if fault == "late":
                self.under_way.append(Late(self.world.now() + timedelta(seconds=self.chance.uniform(1, 2000)), do))
            if fault == "500 before":
                remember(errors.ServerError())
            self.world.boundary(seconds=30 if fault in ("lost before", "late") else 0.2)
            raise FAULTS[fault]()
        answer = self._answered(do)
        if fault == "500 after":
            remember(errors.ServerError())
        self.world.boundary()
        if fault == "kill after":
            self.world.die()
        if fault in ("lost after", "500 after"):
            raise FAULTS[fault]()
        if isinstance(answer, errors.XeroError):
            raise answer
        return answer

    def _fault(self, faults) -> str:
        if self.script and faults is WRITE_FAULTS:
            return self.script.pop(0)
        return self.chance.choice(faults) if self.chance.random() < self.spoiled else ""

    def _answered(self, do) -> object:
        try:
            return do()
        except errors.XeroError as error:
            return error

    def deliver(self) -> None:
        """What was late arrives when its time has come; nobody waits for its answer any more."""
        due = sorted((each for each in self.under_way if each.at <= self.world.now()), key=lambda each: each.at)
        for each in due:
            self.under_way.remove(each)
            self._answered(each.apply)


def _each(do) -> many.Answer:
    try:
        return do()
    except errors.Rejected as rejected:
        return rejected
    except errors.NotFoundInXero:
        return errors.Rejected(["An existing Invoice with the specified InvoiceID could not be found"])


FAULTS = {
    "lost before": errors.NoAnswer, "lost after": errors.NoAnswer, "late": errors.NoAnswer,
    "429": lambda: errors.RateLimited("minute", 20), "500 before": errors.ServerError,
    "500 after": errors.ServerError, "503": errors.Unavailable, "401": errors.TokenExpired,
    "not sent": errors.NotSent,
}  # fmt: skip
