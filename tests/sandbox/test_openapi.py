"""The check against Xero's specification bites, and says when it cannot."""

import re

import pytest

from sandbox.xero.accounting.endpoints import BASE, ENDPOINTS
from tests.sandbox import openapi
from tests.sandbox.xero_app import credit_note, invoice

pytestmark = pytest.mark.skipif(not openapi.available(), reason=openapi.ABSENT)

INVOICES = f"{BASE}/Invoices"


@pytest.mark.parametrize(("method", "path", "body"), [
    ("PUT", INVOICES, {"Invoices": [invoice()]}),
    ("PUT", INVOICES, invoice()),
    ("POST", f"{INVOICES}?summarizeErrors=false", {"Invoices": [invoice(), invoice()]}),
    ("POST", f"{INVOICES}/0a1b2c3d-0000-4000-8000-000000000001", {"Status": "AUTHORISED"}),
    ("PUT", f"{BASE}/CreditNotes", credit_note()),
    ("GET", f"{INVOICES}?page=1&where=Status%3D%3D%22DRAFT%22&Statuses=DRAFT", None),
    ("GET", "/connections?authEventId=0a1b2c3d-0000-4000-8000-000000000001", None),
])
def test_a_good_request_passes(method, path, body):
    openapi.validate_request(method, path, body)


@pytest.mark.parametrize(("method", "path", "body", "named"), [
    ("PUT", INVOICES, invoice(Status="APPROVED"), "APPROVED"),
    ("PUT", INVOICES, invoice({"Quantity": "one"}), "one"),
    ("PUT", INVOICES, invoice(Nonsense=1), "Nonsense"),
    ("PUT", INVOICES, invoice({"Descripton": "x"}), "Descripton"),
    ("PUT", INVOICES, {"Invoices": [invoice()], "Extra": 1}, "Extra"),
    ("GET", f"{INVOICES}?page=one", None, "page"),
    ("GET", f"{INVOICES}?References=x", None, "References"),
    ("GET", f"{BASE}/Nonsense", None, "Nonsense"),
    ("PATCH", INVOICES, invoice(), "PATCH"),
])
def test_a_bad_request_does_not(method, path, body, named):
    with pytest.raises(AssertionError, match=named):
        openapi.validate_request(method, path, body)


@pytest.mark.parametrize(("status", "body", "named"), [
    (200, {"Invoices": [{"Status": "APPROVED"}]}, "APPROVED"),
    (200, {"Invoices": [{"Total": "1.00"}]}, "1.00"),
    (200, {"Invoices": [{"Nonsense": 1}]}, "Nonsense"),
    (200, {"Invoices": [{"LineItems": [{"Nonsense": 1}]}]}, "Nonsense"),
    (200, {"Nonsense": []}, "Nonsense"),
    (200, {"Invoices": [{"InvoiceID": "1"}]}, "1"),
    (400, {"ErrorNumber": "ten"}, "ten"),
    (400, {"Elements": [{"Nonsense": 1}]}, "Nonsense"),
    (302, None, "302"),
])
def test_a_bad_answer_does_not(status, body, named):
    with pytest.raises(AssertionError, match=named):
        openapi.validate_answer("PUT", INVOICES, status, body)


def test_every_endpoint_of_the_sandbox_is_one_of_xeros():
    for method, path, _, _ in ENDPOINTS:
        example = path.replace("<file_name>", "lines.csv")
        openapi.operation(method, BASE + re.sub(r"<\w+>", "0a1b2c3d-0000-4000-8000-000000000001", example))
