"""Xero's Accounting API: one method a call, typed answers, named errors, nothing repeated behind anybody's back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import requests

from services.xero import answers, documents, errors, payloads, reference
from services.xero.calls import Calls, Surroundings
from services.xero.documents import RESOURCES, Document, Resource

ACTIVE = "DRAFT,SUBMITTED,AUTHORISED,PAID"
ACTIVE_STATUSES = frozenset((*ACTIVE.split(","), "POSTED"))
STATUSES = {"approved": "AUTHORISED", "voided": "VOIDED", "deleted": "DELETED"}
_PAGE_SIZE = 100
_LARGEST_PAGE = 1000


class XeroClient:
    """Calls for one organisation, as ``around`` says they are made. Every method raises XeroError."""

    def __init__(self, http: requests.Session, api_base: str, tenant_id: str, around: Surroundings):
        self._calls = Calls(http, api_base, tenant_id, around)
        self._get, self.write = self._calls.get, self._calls.write

    @property
    def tenant_id(self) -> str:
        """The organisation whose answers these are."""
        return self._calls.tenant_id

    @property
    def calls(self) -> int:
        """How many requests went out, repeated ones included."""
        return self._calls.sent

    # --- reference data -------------------------------------------------------------------

    @errors.asking()
    def organisation(self) -> reference.OrganisationFacts:
        found = answers.elements_of(self._get("Organisation"), "Organisations")
        if not found:
            raise errors.Unreadable(xero_words="no Organisation in the answer")
        return reference.organisation(found[0])

    @errors.asking()
    def accounts(self) -> list[reference.AccountFacts]:
        return [reference.account(each) for each in answers.elements_of(self._get("Accounts"), "Accounts")]

    @errors.asking()
    def tax_rates(self) -> list[reference.TaxRateFacts]:
        return [reference.tax_rate(each) for each in answers.elements_of(self._get("TaxRates"), "TaxRates")]

    @errors.asking()
    def tracking_categories(self) -> list[reference.TrackingFacts]:
        answer = self._get("TrackingCategories", {"includeArchived": "true"})
        return [reference.tracking_category(each) for each in answers.elements_of(answer, "TrackingCategories")]

    @errors.asking()
    def currencies(self) -> list[reference.CurrencyFacts]:
        return [reference.currency(each) for each in answers.elements_of(self._get("Currencies"), "Currencies")]

    @errors.asking()
    def contacts(self, changed_since: datetime | None = None) -> reference.Contacts:
        """The active contacts, 1,000 a call; or those that changed since a moment, archived ones among them.

        All pages are read, however many; a page that holds nothing new ends it, not all having been read.
        """
        query = {"summaryOnly": "true", "order": "Name", "pageSize": str(_LARGEST_PAGE)}
        query |= {"includeArchived": "true"} if changed_since else {}
        found: dict[str, reference.ContactFacts] = {}
        for elements in self.pages("Contacts", query, changed_since):
            before = len(found)
            found |= {contact.contact_id: contact for contact in map(reference.contact, elements)}
            if elements and len(found) == before:
                return reference.Contacts(tuple(found.values()), all_read=False)
        return reference.Contacts(tuple(found.values()), all_read=True)

    # --- documents ------------------------------------------------------------------------

    @errors.asking()
    def find_documents(self, kind: str, key: str) -> list[Document]:
        """The active documents whose reference or number holds ``key`` as a word, lines included.

        ``kind`` invoice or bill asks for both (they share Xero's list); credit_note for credit
        notes of both sides. Each document says its own kind.
        """
        resource = RESOURCES[kind]
        if resource is documents.INVOICES:
            query = {"searchTerm": key, "Statuses": ACTIVE}
        elif resource is documents.JOURNALS:
            query = {"where": f"Narration.Contains({_quoted(key)})"}
        else:
            query = {"where": f"Reference!=null AND Reference.Contains({_quoted(key)})"}
        found = self._documents(resource, query)
        return [each for each in found if each.status in ACTIVE_STATUSES and documents.carries(each, key)]

    @errors.asking()
    def documents_numbered(self, kind: str, number: str) -> list[Document]:
        """Every document with exactly this number, whatever its status."""
        resource = RESOURCES[kind]
        if resource is documents.INVOICES:
            query = {"InvoiceNumbers": number}
        else:
            query = {"where": f"CreditNoteNumber=={_quoted(number)}"}
        return [each for each in self._documents(resource, query) if each.number.casefold() == number.casefold()]

    @errors.asking()
    def numbers_beginning(self, kind: str, prefix: str) -> list[str]:
        """The numbers of all documents, ended ones too, that begin with ``prefix``; without their lines."""
        resource = RESOURCES[kind]
        query = {"pageSize": str(_LARGEST_PAGE)}
        if resource is documents.INVOICES:
            query |= {"searchTerm": prefix, "summaryOnly": "true"}
        else:
            query |= {"where": f"CreditNoteNumber.StartsWith({_quoted(prefix)})"}
        found = (answers.text(each, resource.number) for page in self.pages(resource.path, query) for each in page)
        return [number for number in found if number.casefold().startswith(prefix.casefold())]

    @errors.asking()
    def get_document(self, kind: str, document_id: str) -> Document:
        """Raises NotFoundInXero."""
        return self._the_one(RESOURCES[kind], document_id, self._get(f"{RESOURCES[kind].path}/{document_id}"))

    def create_document(self, kind: str, payload: dict | str, idempotency_key: str) -> Document:
        """PUT, which only ever creates (POST would overwrite a document of that number: xero.md 5.1).

        ``payload`` is sent as it is when it is text already. Xero remembers the key for six minutes.
        """
        resource = RESOURCES[kind]
        made = self._one(resource, self.write("PUT", resource.path, payload, idempotency_key))
        number = payloads.number_of(kind, payload)
        if number and made.number.casefold() != number.casefold():
            raise errors.Unreadable(xero_words=f"{made.number} in the answer instead of {number}")
        return made

    def approve(self, kind: str, document_id: str) -> Document:
        """DRAFT or SUBMITTED → AUTHORISED; harmless to repeat, since it names one document."""
        return self.change("approved", kind, document_id)

    def void(self, kind: str, document_id: str) -> Document:
        """AUTHORISED → VOIDED; Rejected when money is allocated or the period is locked."""
        return self.change("voided", kind, document_id)

    def delete_draft(self, kind: str, document_id: str) -> Document:
        """DRAFT or SUBMITTED → DELETED: Xero cannot void what was never approved (xero.md 5.2)."""
        return self.change("deleted", kind, document_id)

    def rename(self, kind: str, document_id: str, number: str) -> Document:
        return self.change("renamed", kind, document_id, number)

    def change(self, to: str, kind: str, document_id: str, number: str = "") -> Document:
        """``to``: approved, voided, deleted or renamed; names one document, so it may be said twice."""
        return self._change(kind, document_id, **change_fields(to, kind, number))

    def _change(self, kind: str, document_id: str, **fields: str) -> Document:
        resource = RESOURCES[kind]
        body = payloads.change_payload(resource, document_id, **fields)
        return self._the_one(resource, document_id, self.write("POST", f"{resource.path}/{document_id}", body))

    def _the_one(self, resource: Resource, document_id: str, answer: Any) -> Document:
        """The document that was named, and no other."""
        there = self._one(resource, answer)
        if there.id.casefold() != document_id.casefold():
            raise errors.Unreadable(xero_words=f"document {there.id} in the answer instead of {document_id}")
        return there

    def _documents(self, resource: Resource, query: dict[str, str]) -> list[Document]:
        pages = self.pages(resource.path, query | {"pageSize": str(_PAGE_SIZE)})
        return [documents.read_document(each, resource) for page in pages for each in page]

    def _one(self, resource: Resource, answer: Any) -> Document:
        found = answers.elements_of(answer, resource.path)
        if len(found) != 1:
            raise errors.Unreadable(xero_words=f"{len(found)} documents in the answer instead of one")
        return documents.read_document(found[0], resource)

    # --- calls ----------------------------------------------------------------------------

    def pages(
        self, path: str, query: dict[str, str], changed_since: datetime | None = None
    ) -> Iterator[list[dict]]:
        """Page after page until Xero says, or shows, that there are no more."""
        page = 1
        while True:
            answer = self._get(path, query | {"page": str(page)}, changed_since)
            if answer is None:  # nothing changed
                return
            elements = answers.elements_of(answer, path)
            yield elements
            told = answer.get("pagination")
            count = told.get("pageCount") if isinstance(told, dict) else None
            is_told = type(count) is int and count > 0
            last = page >= count if is_told else len(elements) < int(query["pageSize"])
            if last or not elements:
                return
            page += 1


def change_fields(to: str, kind: str, number: str = "") -> dict[str, str]:
    """What is sent to bring a document there; a journal is POSTED where others are AUTHORISED (xero.md 8.9)."""
    if to == "renamed":
        return {RESOURCES[kind].number: number}
    return {"Status": "POSTED" if (to, kind) == ("approved", "manual_journal") else STATUSES[to]}


def _quoted(value: str) -> str:
    """``value`` inside a where expression; our keys and numbers hold no quotes, others are not asked for."""
    if '"' in value or "\\" in value:
        raise ValueError(f"{value!r} cannot stand in a where expression")
    return f'"{value}"'
