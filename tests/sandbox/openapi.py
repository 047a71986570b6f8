"""Holds requests and answers against Xero's published specification, and against keys it does not know.

The specification lies beside the checkout, not in it; where it is absent nothing is checked
and ``available()`` is false. What is known to be wrong in it is listed here, not passed over.
"""

import json
import re
import warnings
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

FOLDER = Path(__file__).parents[2].parent / "shared" / "xero-openapi"
ACCOUNTING = "/api.xro/2.0"
ABSENT = "Xero's OpenAPI files are not beside this checkout"

# Real answers hold these, by recordings of Xero, though the specification (16.1.0) does not know them.
UNDOCUMENTED: dict[str, set[str]] = {
    "": {"Id", "Status", "ProviderName", "DateTimeUTC"},  # the envelope
    "Invoice": {"DateString", "DueDateString", "ExpectedPaymentDateString", "PlannedPaymentDateString",
                "FullyPaidOnDateString", "InvoicePaymentServices", "RoundingAmount"},
    "CreditNote": {"DateString", "DueDateString", "FullyPaidOnDateString"},
    "LineItem": {"ValidationErrors"},
    "Contact": {"HasErrors", "Warnings"},  # a refused element
    "HistoryRecord": {"DateUTCString", "ValidationErrors"},
}
# The specification calls for a time zone where real connections (and its own example) have none.
WRONGLY_REFUSED = re.compile(r"^'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}' is not a 'date-time'$")
# The elements of a 400 are echoes of whole documents, which the Element schema leaves out.
WITHIN = {"History": "HistoryRecords"}  # what the body of a part of a document is called
ELEMENTS = {
    "Invoices": "Invoice", "CreditNotes": "CreditNote", "Contacts": "Contact", "Payments": "Payment",
    "ManualJournals": "ManualJournal", "Accounts": "Account", "Allocations": "Allocation",
    "HistoryRecords": "HistoryRecord",
}


def available() -> bool:
    return FOLDER.is_dir()


@cache
def _spec(name: str) -> dict:
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def document(name: str) -> dict:
    """The specification of this file name, as it was published."""
    return _spec(name)


@cache
def _checker(name: str) -> OpenAPI:
    # The strict load of the specification fails on its own defaults ("false" as text for a flag).
    return OpenAPI.from_dict(_spec(name), config=Config(spec_validator_cls=None))


def validate_request(method: str, path: str, body: Any = None) -> None:
    """``path`` may carry a query; ``body`` is the JSON value sent. Raises AssertionError saying what is wrong."""
    if not available():
        return
    name, request = _request(method, path, body)
    _held(lambda: _checker(name).validate_request(request), f"{method} {path}")
    operation = _operation(name, method, path)
    known = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    unknown = set(request.parameters.query) - known
    assert not unknown, f"{method} {path}: the specification knows no {sorted(unknown)}"
    if body is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        _known_keys(name, schema, _wrapped(path, body), f"{method} {path}")


def validate_answer(method: str, path: str, status: int, body: Any) -> None:
    """``body`` is the JSON value answered, or None. Raises AssertionError saying what is wrong."""
    if not available():
        return
    name, request = _request(method, path, None)
    operation = _operation(name, method, path)
    if str(status) not in operation["responses"]:
        assert status in (400, 401, 403, 404, 406, 414, 429, 500, 501, 502, 503), f"{method} {path} answered {status}"
        return  # the specification says nothing about these
    if body is None:
        return
    text = json.dumps(body, default=_float).encode()
    response = MockResponse(text, status, content_type="application/json")
    _held(lambda: _checker(name).validate_response(request, response), f"{method} {path} → {status}")
    content = _resolved(name, operation["responses"][str(status)])["content"]["application/json"]
    _known_keys(name, content["schema"], body, f"{method} {path} → {status}", _plural(path))


def operation(method: str, path: str) -> dict:
    """What the specification says of this call. Raises AssertionError when it does not know it."""
    return _operation(_request(method, path, None)[0], method, path)


def _held(check: Any, what: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openapi-core cannot check OAuth 2, and says so each time
            check()
    except OpenAPIError as error:
        details = getattr(error, "schema_errors", None) or getattr(error.__cause__, "schema_errors", None) or [error]
        messages = [str(getattr(one, "message", one)) for one in details]
        wrong = [message for message in messages if not WRONGLY_REFUSED.match(message)]
        if wrong:
            raise AssertionError(f"{what}: {'; '.join(wrong)}") from error


def _request(method: str, path: str, body: Any) -> tuple[str, MockRequest]:
    path, _, query = path.replace("/connections", "/Connections").partition("?")  # a fault of the specification
    name = "xero_accounting.yaml" if path.startswith(ACCOUNTING) else "xero-identity.yaml"
    data = b"" if body is None else json.dumps(_wrapped(path, body), default=_float).encode()
    return name, MockRequest(
        "https://api.xero.com", method.lower(), path, args=dict(parse_qsl(query)), data=data,
        headers={"xero-tenant-id": "held elsewhere", "Authorization": "Bearer held elsewhere"},
        content_type="application/json",
    )


def _float(value: Any) -> float:
    assert isinstance(value, Decimal), f"{value!r} is no JSON"
    return float(value)


def _plural(path: str) -> str:
    steps = path.partition("?")[0].removeprefix(ACCOUNTING).strip("/").split("/")
    return WITHIN.get(steps[2], steps[2]) if len(steps) > 2 else steps[0]


def _wrapped(path: str, body: Any) -> Any:
    """Xero takes a bare object too, which the specification does not say [INV-DOC]."""
    bare = isinstance(body, dict) and _plural(path) in ELEMENTS and _plural(path) not in body
    return {_plural(path): [body]} if bare else body


def _operation(name: str, method: str, path: str) -> dict:
    """The operation, with the parameters of its path, references resolved."""
    local = path.partition("?")[0].removeprefix(ACCOUNTING)
    for template, item in sorted(_spec(name)["paths"].items(), key=lambda pair: pair[0].count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), local, re.IGNORECASE) and method.lower() in item:
            operation = item[method.lower()]
            both = [*item.get("parameters", []), *operation.get("parameters", [])]
            return {**operation, "parameters": [_resolved(name, parameter) for parameter in both]}
    raise AssertionError(f"The specification knows no {method} {local}")


def _resolved(name: str, node: dict) -> dict:
    while "$ref" in node:
        found: Any = _spec(name)
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def _known_keys(name: str, schema: dict, value: Any, what: str, plural: str = "", at: str = "") -> None:
    """No key that neither the schema nor the list above knows."""
    title = schema.get("$ref", "").rsplit("/", 1)[-1]
    if title == "Element" and plural in ELEMENTS:
        title, schema = ELEMENTS[plural], {"$ref": f"#/components/schemas/{ELEMENTS[plural]}"}
    schema = _resolved(name, schema)
    if isinstance(value, list):
        for item in value:
            _known_keys(name, schema.get("items", {}), item, what, plural, at)
    if not isinstance(value, dict) or "properties" not in schema:
        return
    allowed = UNDOCUMENTED[""] if not at else UNDOCUMENTED.get(title, set())
    unknown = value.keys() - schema["properties"].keys() - allowed
    assert not unknown, f"{what}: the specification knows no {sorted(unknown)} in {title or 'the body'} {at}"
    for key, item in value.items():
        _known_keys(name, schema["properties"].get(key, {}), item, what, plural, f"{at}/{key}")
