"""Xero's Accounting API: one method a call, typed answers, named errors, nothing repeated behind anybody's back."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

from services.xero import answers, documents, errors, payloads, reference, transport
from services.xero.documents import RESOURCES, Document, Resource

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = (5, 30)  # to connect, to answer
PAUSES_SECONDS = (0.2, 1.0)  # before the second and third try of a GET; longer waits belong to jobs
ACTIVE = "DRAFT,SUBMITTED,AUTHORISED,PAID"
_PAGE_SIZE = 100
_LARGEST_PAGE = 1000
_MOST_CONTACT_PAGES = 10

Limits = Callable[[int | None, int | None], None]  # calls left today, calls left this minute


class XeroClient:
    """Calls for one organisation.

    ``access_token()`` gives a token good for the call; ``renew(refused)`` a fresh one when Xero
    turned one down; ``on_limits(day, minute)`` hears what Xero says is left; ``explain(error)``
    may turn a 403 or a missing scope into a better-informed error. Every method raises XeroError.
    """

    def __init__(
        self, http: requests.Session, api_base: str, tenant_id: str, access_token: Callable[[], str],
        on_limits: Limits | None = None, *, renew: Callable[[str], str] | None = None,
        explain: Callable[[errors.XeroError], errors.XeroError] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._http = http
        self._base = api_base.rstrip("/") + "/api.xro/2.0"
        self._tenant_id = tenant_id
        self._access_token = access_token
        self._on_limits = on_limits
        self._renew = renew
        self._explain = explain
        self._sleep = sleep
        self.calls = 0  # requests that went out, repeated ones included

    # --- reference data -------------------------------------------------------------------

    def organisation(self) -> reference.OrganisationFacts:
        found = answers.elements_of(self._get("Organisation"), "Organisations")
        if not found:
            raise errors.Unreadable(xero_words="no Organisation in the answer")
        return reference.organisation(found[0])

    def accounts(self) -> list[reference.AccountFacts]:
        return [reference.account(each) for each in answers.elements_of(self._get("Accounts"), "Accounts")]

    def tax_rates(self) -> list[reference.TaxRateFacts]:
        return [reference.tax_rate(each) for each in answers.elements_of(self._get("TaxRates"), "TaxRates")]

    def tracking_categories(self) -> list[reference.TrackingFacts]:
        answer = self._get("TrackingCategories", {"includeArchived": "true"})
        return [reference.tracking_category(each) for each in answers.elements_of(answer, "TrackingCategories")]

    def currencies(self) -> list[reference.CurrencyFacts]:
        return [reference.currency(each) for each in answers.elements_of(self._get("Currencies"), "Currencies")]

    def contacts(self) -> reference.Contacts:
        """The active contacts, 1,000 a call; ``complete`` is False beyond 10,000."""
        query = {"summaryOnly": "true", "order": "Name", "pageSize": str(_LARGEST_PAGE)}
        found: list[reference.ContactFacts] = []
        for page, elements in enumerate(self._pages("Contacts", query), 1):
            found += [reference.contact(each) for each in elements]
            if page == _MOST_CONTACT_PAGES:
                return reference.Contacts(tuple(found), complete=len(elements) < _LARGEST_PAGE)
        return reference.Contacts(tuple(found), complete=True)

    # --- documents ------------------------------------------------------------------------

    def find_documents(self, kind: str, key: str) -> list[Document]:
        """The active documents whose reference or number holds ``key`` as a word, lines included.

        ``kind`` invoice or bill asks for both (they share Xero's list); credit_note for credit
        notes of both sides. Each document says its own kind.
        """
        resource = RESOURCES[kind]
        if resource is documents.INVOICES:
            query = {"searchTerm": key, "Statuses": ACTIVE}
        else:
            query = {"where": f"Reference!=null AND Reference.Contains({_quoted(key)})"}
        found = self._documents(resource, query)
        return [each for each in found if each.status in ACTIVE.split(",") and documents.carries(each, key)]

    def documents_numbered(self, kind: str, number: str) -> list[Document]:
        """Every document with exactly this number, whatever its status."""
        resource = RESOURCES[kind]
        if resource is documents.INVOICES:
            query = {"InvoiceNumbers": number}
        else:
            query = {"where": f"CreditNoteNumber=={_quoted(number)}"}
        return [each for each in self._documents(resource, query) if each.number.casefold() == number.casefold()]

    def numbers_beginning(self, kind: str, prefix: str) -> list[str]:
        """The numbers of all documents, ended ones too, that begin with ``prefix``; without their lines."""
        resource = RESOURCES[kind]
        query = {"pageSize": str(_LARGEST_PAGE)}
        if resource is documents.INVOICES:
            query |= {"searchTerm": prefix, "summaryOnly": "true"}
        else:
            query |= {"where": f"CreditNoteNumber.StartsWith({_quoted(prefix)})"}
        found = (answers.text(each, resource.number) for page in self._pages(resource.path, query) for each in page)
        return [number for number in found if number.casefold().startswith(prefix.casefold())]

    def get_document(self, kind: str, document_id: str) -> Document:
        """Raises NotFoundInXero."""
        return self._one(RESOURCES[kind], self._get(f"{RESOURCES[kind].path}/{document_id}"))

    def create_document(self, kind: str, payload: dict | str, idempotency_key: str) -> Document:
        """PUT, which only ever creates (POST would overwrite a document of that number: xero.md 5.1).

        ``payload`` is sent as it is when it is text already. Xero remembers the key for six minutes.
        """
        resource = RESOURCES[kind]
        return self._one(resource, self._write("PUT", resource.path, payload, idempotency_key))

    def approve(self, kind: str, document_id: str) -> Document:
        """DRAFT or SUBMITTED → AUTHORISED; harmless to repeat, since it names one document."""
        return self._change(kind, document_id, Status="AUTHORISED")

    def void(self, kind: str, document_id: str) -> Document:
        """AUTHORISED → VOIDED; Rejected when money is allocated or the period is locked."""
        return self._change(kind, document_id, Status="VOIDED")

    def delete_draft(self, kind: str, document_id: str) -> Document:
        """DRAFT or SUBMITTED → DELETED: Xero cannot void what was never approved (xero.md 5.2)."""
        return self._change(kind, document_id, Status="DELETED")

    def rename(self, kind: str, document_id: str, number: str) -> Document:
        return self._change(kind, document_id, **{RESOURCES[kind].number: number})

    def _change(self, kind: str, document_id: str, **fields: str) -> Document:
        resource = RESOURCES[kind]
        body = payloads.change_payload(resource, document_id, **fields)
        return self._one(resource, self._write("POST", f"{resource.path}/{document_id}", body))

    def _documents(self, resource: Resource, query: dict[str, str]) -> list[Document]:
        pages = self._pages(resource.path, query | {"pageSize": str(_PAGE_SIZE)})
        return [documents.read_document(each, resource) for page in pages for each in page]

    def _one(self, resource: Resource, answer: Any) -> Document:
        found = answers.elements_of(answer, resource.path)
        if len(found) != 1:
            raise errors.Unreadable(xero_words=f"{len(found)} documents in the answer instead of one")
        return documents.read_document(found[0], resource)

    # --- calls ----------------------------------------------------------------------------

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[list[dict]]:
        """Page after page until Xero says, or shows, that there are no more."""
        page = 1
        while True:
            answer = self._get(path, query | {"page": str(page)})
            elements = answers.elements_of(answer, path)
            yield elements
            told = answer.get("pagination")
            count = told.get("pageCount") if isinstance(told, dict) else None
            last = page >= count if isinstance(count, int) else len(elements) < int(query["pageSize"])
            if last or not elements:
                return
            page += 1

    def _get(self, path: str, query: dict[str, str] | None = None) -> Any:
        """Reading does nothing in Xero, so it alone is tried again: twice, after a short pause."""
        for pause in PAUSES_SECONDS:
            try:
                return self._call("GET", path, params=query)
            except errors.NoToken:
                raise
            except (errors.NotSent, errors.NoAnswer, errors.Unavailable):
                self._sleep(pause)
        return self._call("GET", path, params=query)

    def _write(self, method: str, path: str, payload: dict | str, idempotency_key: str = "") -> Any:
        body = payload if isinstance(payload, str) else payloads.encode(payload)
        headers = {"Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        return self._call(method, path, data=body.encode(), headers=headers)

    def _call(self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any) -> Any:
        """One call; after a 401 one more with a renewed token, since a 401 means that nothing was done."""
        token = _token_from(self._access_token)
        headers = headers or {}
        try:
            try:
                return self._send(method, path, token, headers, **sent)
            except errors.TokenExpired:
                if self._renew is None:
                    raise
            return self._send(method, path, _token_from(self._renew, token), headers, **sent)
        except (errors.AccessRefused, errors.ScopeMissing) as error:
            raise (self._explain(error) if self._explain else error) from error

    def _send(self, method: str, path: str, token: str, headers: dict[str, str], **sent: Any) -> Any:
        headers = headers | {
            "Accept": "application/json", "Authorization": f"Bearer {token}", "xero-tenant-id": self._tenant_id}
        self.calls += 1
        with transport.faults_told_apart():
            response = self._http.request(
                method, f"{self._base}/{path}", headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **sent)
        self._note(method, path, response)
        return answers.read(response)

    def _note(self, method: str, path: str, response: requests.Response) -> None:
        # Xero's support asks for the correlation id; nothing else of the exchange is logged.
        correlation = response.headers.get("Xero-Correlation-Id", "")
        log.info("Xero answered %s %s with %s, correlation id %s", method, path, response.status_code, correlation)
        left = [response.headers.get(f"X-{window}Limit-Remaining", "") for window in ("Day", "Min")]
        if self._on_limits and any(left):
            day, minute = (int(count) if count.isdigit() else None for count in left)
            self._on_limits(day, minute)


def _token_from(source: Callable[..., str], *refused: str) -> str:
    """Whatever kept us from a token, the call itself was not made: its outcome is never unknown."""
    try:
        return source(*refused)
    except errors.XeroError as error:
        if error.outcome_unknown or isinstance(error, errors.NotSent):
            raise errors.NoToken(xero_words=error.xero_words) from error
        raise


def _quoted(value: str) -> str:
    """``value`` inside a where expression; our keys and numbers hold no quotes, others are not asked for."""
    if '"' in value or "\\" in value:
        raise ValueError(f"{value!r} cannot stand in a where expression")
    return f'"{value}"'
