"""Calls made up from Xero's specification, fitting and not: every answer is one that it knows, and none is a 500.

TRUEBOOKS_GENERATED sets how many of each kind are made for each call (2 by itself, for time).
"""

import fnmatch
import json
import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from sandbox.xero import create_sandbox
from sandbox.xero.accounting.endpoints import BASE, ENDPOINTS
from tests.sandbox import openapi
from tests.sandbox.xero_app import ALL_SCOPES, XeroApp, credit_note, invoice, journal, payment

pytestmark = pytest.mark.skipif(not openapi.available(), reason=openapi.ABSENT)

FAULTS = tomllib.loads(Path(__file__).with_name("specification_faults.toml").read_text(encoding="utf-8"))
LEFT_OUT = [getattr(checks, row["check"]) for row in FAULTS["left_out"]]
COUNT = int(os.environ.get("TRUEBOOKS_GENERATED", "2"))
HOST = "http://localhost"
ANY_ID = re.compile(r"[<{]\w+[>}]")


@cache
def operations(method: str, path: str) -> list[schemathesis.APIOperation]:
    """Those of the specification with this method and this path, whatever its parts are called."""
    wanted, found = ANY_ID.sub("*", path), {}
    for template, item in openapi.document("xero_accounting.yaml")["paths"].items():
        if ANY_ID.sub("*", template) == wanted and method.lower() in item:
            found[template] = {name: item[name] for name in ("parameters", method.lower()) if name in item}
    whole = {**openapi.document("xero_accounting.yaml"), "paths": found, "servers": [{"url": HOST + BASE}]}
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(whole, default=str)))
    schema.config.update(base_url=HOST + BASE)
    return [made.ok() for made in schema.get_all_operations()]


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> XeroApp:
    app = XeroApp(create_sandbox(tmp_path_factory.mktemp("generated"), base_url=HOST)).connect(scope=ALL_SCOPES)
    app.limit(minute=10**6, day=10**6, appminute=10**6)
    return app


@pytest.fixture(scope="module")
def ids(app) -> dict[str, str]:
    """Of what is really there, for the paths."""
    owed, note = app.save(invoice(Status="AUTHORISED")), app.save(credit_note(Status="AUTHORISED"), "/CreditNotes")
    against = {"Allocations": [{"Invoice": {"InvoiceID": owed["InvoiceID"]}, "Amount": 1, "Date": "2026-05-28"}]}
    path = f"/CreditNotes/{note['CreditNoteID']}/Allocations"
    return {
        "InvoiceID": owed["InvoiceID"], "CreditNoteID": note["CreditNoteID"],
        "AllocationID": app.save(against, path)["AllocationID"],
        "ManualJournalID": app.save(journal(), "/ManualJournals")["ManualJournalID"],
        "PaymentID": app.save(payment(owed, "1.00"), "/Payments")["PaymentID"],
        "AccountID": app.get("/Accounts", where='Code=="425"')[0]["AccountID"],
        "ContactID": app.get("/Contacts")[0]["ContactID"],
        "TrackingCategoryID": app.get("/TrackingCategories")[0]["TrackingCategoryID"],
    }


@pytest.mark.parametrize(("method", "path"), [row[:2] for row in ENDPOINTS], ids=lambda part: part)
def test_made_up_calls_are_answered_as_specified(app, ids, method, path):
    found = operations(method, path)
    assert found
    for operation in found:
        known = {name: ids[name] for name in re.findall(r"{(\w+)}", operation.path) if name in ids}
        for mode in GenerationMode:
            for named in ([known, {}] if known else [{}]):
                throw(app, operation, mode, named)


def throw(app: XeroApp, operation: Any, mode: GenerationMode, named: dict[str, str]) -> None:
    more = {"path_parameters": named} if named else {}

    @settings(max_examples=COUNT, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(mode, **more))
    def each(case: schemathesis.Case) -> None:
        check(case, send(app, case))

    each()


def send(app: XeroApp, case: schemathesis.Case) -> Any:
    """With a good token for an organisation that is there: refusals of those are tested elsewhere."""
    asked = {name: value for name, value in case.as_transport_kwargs().items() if name != "timeout"}
    own = ("authorization", "xero-tenant-id", "accept", "idempotency-key")
    kept = {name: value for name, value in (asked.pop("headers", None) or {}).items() if name.lower() not in own}
    prepared = requests.Request(**asked, headers={**kept, **app.headers()}).prepare()
    address = urlsplit(prepared.url)
    return app.client.open(
        address.path, method=prepared.method, query_string=address.query, data=prepared.body,
        headers=[(name, value) for name, value in prepared.headers.items() if name.lower() != "content-length"],
    )


def check(case: schemathesis.Case, answer: Any) -> None:
    """Raises AssertionError with all that is wrong, and the call that shows it."""
    assert answer.status_code != 500, f"{case.as_curl_command()}\n{answer.text}"
    try:
        case.validate_response(answer, excluded_checks=LEFT_OUT)
    except FailureGroup as group:
        wrong = [str(each) for each in group.exceptions if not is_known(each, case, answer.status_code)]
        assert not wrong, "\n".join([case.as_curl_command(), str(answer.status_code), answer.text[:500], *wrong])


def is_known(failure: Exception, case: schemathesis.Case, status: int) -> bool:
    kind = "UndefinedStatusCode" if status != 501 else type(failure).__name__
    called = f"{case.method} {case.path}"
    return type(failure).__name__ == kind and any(
        row["status"] == status and fnmatch.fnmatchcase(called, row["calls"]) for row in FAULTS["status"]
    )


def test_every_difference_has_its_reason():
    for row in [*FAULTS["status"], *FAULTS["left_out"]]:
        assert row["reason"].endswith(".")
