"""An app that connects to the sandbox through its consent page and calls its API, each answer held to the spec."""

import base64
import hashlib
import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from werkzeug.test import Client, TestResponse

from sandbox.xero import Sandbox
from tests.sandbox import openapi

API = "/api.xro/2.0"
REDIRECT = "http://localhost:8000/xero/callback"
SCOPES = (
    "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings.read"
)
ALL_SCOPES = (
    "openid offline_access accounting.invoices accounting.contacts accounting.settings accounting.payments "
    "accounting.manualjournals accounting.attachments"
)
VERIFIER = "a-verifier-of-more-than-forty-three-characters-~"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorisation(**changes: str) -> dict[str, str]:
    """A good authorisation request; a change to "" leaves the parameter out."""
    asked = {
        "response_type": "code", "client_id": "an-app", "redirect_uri": REDIRECT, "scope": SCOPES, "state": "a state",
        "nonce": "a nonce", "code_challenge": challenge(VERIFIER), "code_challenge_method": "S256", **changes,
    }
    return {name: value for name, value in asked.items() if value}


class XeroApp:
    def __init__(self, sandbox: Sandbox, client_id: str = "an-app"):
        self.sandbox = sandbox
        self.client = Client(sandbox)
        self.client_id = client_id
        self.tokens: dict[str, Any] = {}
        self.tenant = ""

    # --- signing in -------------------------------------------------------------------------

    def consent(self, organisation: str = "TrueBooks Demo (UK)", decision: str = "allow", **changes: str) -> dict:
        """Presses a button on the consent page; gives what the redirect back carries."""
        page = self.client.get("/identity/connect/authorize", query_string=authorisation(
            client_id=self.client_id, **changes
        ))
        assert page.status_code == 200, page.text
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        options = re.findall(r'<option value="([^"]+)">([^<]+)<', page.text)
        form = {name: html.unescape(value) for name, value in hidden}
        chosen = next(value for value, text in options if html.unescape(text).startswith(organisation))
        answer = self.client.post(
            "/identity/connect/authorize", data={**form, "organisation": chosen, "decision": decision}
        )
        assert answer.status_code == 302, answer.text
        assert answer.location.startswith(changes.get("redirect_uri", REDIRECT) + "?")
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}

    def redeem(self, code: str, **changes: str) -> TestResponse:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "client_id": self.client_id,
            "code_verifier": VERIFIER, **changes,
        }
        return self.client.post("/connect/token", data={name: value for name, value in form.items() if value})

    def refresh(self, token: str = "", **changes: str) -> TestResponse:
        form = {"grant_type": "refresh_token", "refresh_token": token or self.tokens["refresh_token"]}
        return self.client.post("/connect/token", data={**form, "client_id": self.client_id, **changes})

    def connect(self, organisation: str = "TrueBooks Demo (UK)", scope: str = SCOPES) -> "XeroApp":
        answer = self.redeem(self.consent(organisation, scope=scope)["code"])
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json
        self.tenant = next(item["tenantId"] for item in self.connections() if item["tenantName"] == organisation)
        return self

    def connections(self, **query: str) -> list[dict]:
        answer = self.client.get("/connections", headers=self.headers(), query_string=query)
        assert answer.status_code == 200, answer.text
        openapi.validate_answer("GET", "/connections", 200, answer.json)
        return answer.json

    # --- calling ------------------------------------------------------------------------------

    def headers(self, **more: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.tokens['access_token']}", "Accept": "application/json",
            "Xero-Tenant-Id": self.tenant, **more,
        }

    def call(
        self, method: str, path: str, body: Any = None, key: str = "", headers: Any = None, **query: Any
    ) -> TestResponse:
        address = f"{API}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = {**self.headers(), **({"Idempotency-Key": key} if key else {}), **(headers or {})}
        answer = self.client.open(address, method=method, json=body, headers=sent)
        openapi.validate_answer(method, address, answer.status_code, answer.json if answer.is_json else None)
        return answer

    def get(self, path: str, **query: Any) -> list[dict]:
        """The list that the answer holds."""
        answer = self.call("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return next(value for value in reversed(answer.json.values()) if isinstance(value, list))

    def save(self, document: dict, path: str = "/Invoices", method: str = "PUT") -> dict:
        """Saves one document and gives it as answered."""
        answer = self.call(method, path, document)
        assert answer.status_code == 200, answer.text
        return next(value for value in reversed(answer.json.values()) if isinstance(value, list))[0]

    def refused(self, document: dict, path: str = "/Invoices", method: str = "PUT") -> list[str]:
        """Why a document is not saved, in Xero's words."""
        answer = self.call(method, path, document)
        assert answer.status_code == 400, answer.text
        assert (answer.json["ErrorNumber"], answer.json["Type"]) == (10, "ValidationException")
        return [error["Message"] for element in answer.json["Elements"] for error in element["ValidationErrors"]]

    def turn(self, **switches: str) -> None:
        assert self.client.post("/sandbox/switches", json=switches).status_code == 200

    def limit(self, **most: int) -> None:
        assert self.client.post("/sandbox/limits", json=most).status_code == 200

    def order(self, method: str, path: str, fault: str, times: int = 1, **more: Any) -> None:
        wanted = {"method": method, "path": path, "fault": fault, "times": times, **more}
        assert self.client.post("/sandbox/faults", json=wanted).status_code == 200

    def lock(self, **dates: str) -> None:
        assert self.client.post(f"/sandbox/{self.tenant}/organisation", json=dates).status_code == 200


def line(amount: Any = "120.00", account: str = "200", tax: str = "OUTPUT2", **more: Any) -> dict:
    return {"Description": "Product sales", "Quantity": 1, "UnitAmount": float(amount), "AccountCode": account,
            "TaxType": tax, **more}


def invoice(*lines: dict, **changes: Any) -> dict:
    """A draft of £120.00 with £20.00 of VAT, unless told otherwise; a change to None leaves the field out."""
    document = {
        "Type": "ACCREC", "Contact": {"Name": "Amazon.co.uk"}, "Date": "2026-05-28", "DueDate": "2026-05-28",
        "LineAmountTypes": "Inclusive", "LineItems": list(lines) or [line()], **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def payment(document: dict, amount: Any = "120.00", **changes: Any) -> dict:
    """The body of a payment of this invoice (or credit note) from the bank account."""
    key = "InvoiceID" if "InvoiceID" in document else "CreditNoteID"
    return {
        key.removesuffix("ID"): {key: document[key]}, "Account": {"Code": "090"}, "Date": "2026-05-30",
        "Amount": float(amount), **changes,
    }


def journal(*lines: dict, **changes: Any) -> dict:
    """A draft that moves £100.00 from clearing to sales, unless told otherwise."""
    return {
        "Narration": "AMZ-TB-10001 (£100.00) TBUK-1", "Date": "2026-05-28",
        "JournalLines": list(lines) or [journal_line("100.00", "855"), journal_line("-100.00", "200")], **changes,
    }


def journal_line(amount: Any, account: str, **more: Any) -> dict:
    return {"LineAmount": float(amount), "AccountCode": account, "Description": "Settlement", **more}


def credit_note(*lines: dict, **changes: Any) -> dict:
    return invoice(*lines, **{"Type": "ACCRECCREDIT", "DueDate": None, **changes})


