"""One call of the API: who calls which organisation, when, with which query and body."""

import sqlite3
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from typing import Any

from flask import Request

from sandbox.xero import switches, wire
from sandbox.xero.accounting.answers import Answer, bad_body
from sandbox.xero.accounting.bearer import Caller
from sandbox.xero.ledger import Ledger


@dataclass
class Call:
    db: sqlite3.Connection
    request: Request
    caller: Caller
    ledger: Ledger
    now_ms: int
    id: str  # of this answer; Xero-Correlation-Id says the same
    gathered: dict[str, Any] = dataclass_field(default_factory=dict)  # what was read for all documents at once

    def forget(self) -> None:
        """Reads the organisation afresh, after something was undone."""
        self.ledger = Ledger(self.db, self.ledger.tenant_id)
        self.gathered.clear()

    @property
    def query(self) -> dict[str, str]:
        return self.request.args

    def flag(self, name: str, default: bool = False) -> bool:
        """``true`` or ``false`` in the query, in any case: Python's ``False`` too [REC]."""
        return self.query.get(name, str(default)).lower() == "true"

    @cached_property
    def unit_decimals(self) -> int:
        return 4 if self.query.get("unitdp") == "4" else 2

    def switch(self, name: str) -> str:
        return switches.value(self.db, name)

    @cached_property
    def body(self) -> Any:
        if "xml" in self.request.headers.get("Content-Type", ""):
            raise bad_body("The sandbox reads JSON only. Send Content-Type: application/json.")
        try:
            body = wire.loads(self.request.get_data())
            wire.check_text(body)
        except wire.NotJson as error:
            raise bad_body(f"The request body is not valid JSON: {error}") from error
        return body

    def elements(self, plural: str) -> list[dict]:
        """``{"Invoices": […]}``, one bare object or a bare list. Raises Refusal."""
        body = self.body
        if isinstance(body, dict) and plural in body:
            body = body[plural]
        elements = body if isinstance(body, list) else [body]
        if not elements or not all(isinstance(element, dict) for element in elements):
            raise bad_body(f"The body must hold {plural}.")
        return elements

    def answer(self, plural: str, items: list[dict], pagination: dict | None = None) -> Answer:
        """The envelope around every list [REC]."""
        envelope: dict[str, Any] = {
            "Id": self.id, "Status": "OK", "ProviderName": self.caller.client_id,
            "DateTimeUTC": f"/Date({self.now_ms})/",
        }
        if pagination is not None:
            envelope["pagination"] = pagination
        return Answer(200, wire.pretty({**envelope, plural: items}))
