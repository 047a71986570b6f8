"""A hand in Xero for the live check: plain calls, whatever they answer, and everything made is remembered."""

import secrets
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import requests

from models import Account, TaxRate
from services import xero_limits, xero_tokens
from services.parts import Parts
from services.xero import answers, payloads, transport
from services.xero.errors import RateLimited, Unreadable

TIMEOUT_SECONDS = (5, 30)
CONTACT = "TrueBooks live check"
LISTS = {"Invoices": ("InvoiceID", "InvoiceNumber"), "CreditNotes": ("CreditNoteID", "CreditNoteNumber")}


@dataclass(frozen=True)
class Told:
    """What Xero answered; ``body`` is None where it is no JSON."""

    status: int
    body: Any
    headers: dict[str, str]
    text: str

    @property
    def is_good(self) -> bool:
        return self.status == 200

    def elements(self, path: str) -> list[dict]:
        """The objects of the list of that name; none where there is no such list."""
        listed = self.body.get(path) if isinstance(self.body, dict) else None
        return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []

    @property
    def document(self) -> dict:
        """The document it is about; raises Unreadable, with the words of refusal, when there is none."""
        found = self.elements("Invoices") or self.elements("CreditNotes")
        if not found or not self.is_good:
            raise Unreadable(f"Xero answered with status {self.status} and no document. {self.words}".strip())
        return found[0]

    @property
    def words(self) -> str:
        """Its words of refusal."""
        elements = self.body.get("Elements", []) if isinstance(self.body, dict) else []
        return " ".join(words for element in elements for words in answers.validation_messages(element)) or self.text


@dataclass
class Probe:
    """``made`` are the documents to take back: (list, id, number). ``unanswered`` creates may have made more."""

    parts: Parts
    mark: str = field(default_factory=lambda: f"TBLIVE-{secrets.token_hex(4).upper()}")
    made: list[tuple[str, str, str]] = field(default_factory=list)
    unanswered: int = 0
    calls: int = 0

    # --- calls ----------------------------------------------------------------------------

    def call(
        self, method: str, path: str, body: dict | None = None, key: str = "", query: dict | None = None,
        headers: dict[str, str] | None = None, token: str = "",
    ) -> Told:
        """One call; a used-up minute is waited out, once. Raises RateLimited for a used-up day."""
        for _ in range(2):
            xero_limits.hold_back(self.parts)
            response = self._send(method, path, body, key, query, headers, token)
            if response.status_code != 429:
                break
            kind, after = response.headers.get("X-Rate-Limit-Problem", ""), response.headers.get("Retry-After", "")
            xero_limits.park(self.parts, self._tenant_id(), RateLimited(kind.lower(), answers.whole(after)))
        return Told(response.status_code, answers.as_json(response), dict(response.headers), response.text[:300])

    def _send(self, method, path, body, key, query, headers, token) -> requests.Response:
        base = self.parts.config.xero_api_url
        url = f"{base}/{path}" if path.startswith("connections") else f"{base}/api.xro/2.0/{path}"
        sent = {"Accept": "application/json", "Authorization": f"Bearer {token or self.token()}",
                "xero-tenant-id": self._tenant_id()} | (headers or {})
        sent |= {"Content-Type": "application/json"} if body else {}
        sent |= {"Idempotency-Key": key} if key else {}
        self.calls += 1
        with transport.faults_told_apart():
            return self.parts.xero_http().request(
                method, url, params=query, headers=sent, data=payloads.encode(body).encode() if body else None,
                timeout=TIMEOUT_SECONDS, allow_redirects=False)

    def _tenant_id(self) -> str:
        return xero_tokens.row().tenant_id

    def token(self) -> str:
        return xero_tokens.access_token(self.parts)

    # --- documents ------------------------------------------------------------------------

    def number(self) -> str:
        """One that nobody has used."""
        return f"{self.mark}-{secrets.token_hex(2).upper()}"

    def create(self, number: str, *lines: dict, key: str = "", credit_note: bool = False) -> Told:
        """A draft of these lines (one of 10.00 without tax when left out)."""
        path = "CreditNotes" if credit_note else "Invoices"
        id_field, called = LISTS[path]
        document = {
            "Type": "ACCRECCREDIT" if credit_note else "ACCREC", "Status": "DRAFT", called: number,
            "Reference": self.mark, "Contact": {"Name": f"{CONTACT} {self.mark}"}, "Date": self._today(),
            "LineAmountTypes": "Inclusive", "LineItems": list(lines) or [self.line("10.00")]}
        document |= {} if credit_note else {"DueDate": self._today()}
        self.unanswered += 1  # until there is an answer that says what came of it
        told = self.call("PUT", path, {path: [document]}, key)
        if told.status < 500 and (told.elements(path) or not told.is_good):
            self.unanswered -= 1
        if told.is_good:
            self.made.append((path, str(told.document.get(id_field)), number))
        return told

    def change(self, told: Told, **fields: str) -> Told:
        """Changes what ``told`` made."""
        path = "CreditNotes" if told.elements("CreditNotes") else "Invoices"
        id_field, _ = LISTS[path]
        document_id = told.document.get(id_field)
        return self.call("POST", f"{path}/{document_id}", {path: [{id_field: document_id, **fields}]})

    def line(self, amount: str, tax_type: str = "", tax: str = "") -> dict:
        line = {"Description": "Live check", "Quantity": 1, "UnitAmount": Decimal(amount),
                "AccountCode": self.account().code, "TaxType": tax_type or self.tax_type(zero=True)}
        return line | ({"TaxAmount": Decimal(tax)} if tax else {})

    def account(self) -> Account:
        """An account that sales go to."""
        usable = (Account.class_ == "REVENUE") & (Account.status == "ACTIVE") & (Account.system_account == "")
        return Account.select().where(usable & Account.gone_at.is_null()).order_by(Account.code).get()

    def tax_type(self, zero: bool) -> str:
        """A rate of 0 % (or of more) that may stand on sales; empty where there is none."""
        active = TaxRate.select().where((TaxRate.status == "ACTIVE") & TaxRate.gone_at.is_null())
        fitting = [row for row in active if "REVENUE" in row.applies_to and (Decimal(row.rate) == 0) == zero]
        return fitting[0].tax_type if fitting else ""

    def _today(self) -> str:
        return self.parts.clock.now().date().isoformat()


def seconds_since(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s"
