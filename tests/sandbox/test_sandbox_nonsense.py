"""Every field of every body, replaced by nonsense: refused or taken, and never an error of the sandbox's own."""

import copy
from collections.abc import Iterator

import pytest

from tests.sandbox.xero_app import API, credit_note, invoice, journal, line, payment

NONSENSE = [None, True, -1, 1e300, 0.001, "", "x", "\ud800", "\x00", "9" * 5000, "-00:00", [], [5], [[]], {}, {"a": {}}]
ID = "0a1b2c3d-0000-4000-8000-000000000001"
TRACKED = line(Tracking=[{"Name": "Region", "Option": "Europe"}], TaxAmount=20, LineAmount=120, DiscountRate=1)
FULL = {
    "DueDate": "2026-05-28", "CurrencyCode": "GBP", "CurrencyRate": 1, "Reference": "r", "Url": "https://a.example/",
    "Status": "AUTHORISED", "SentToContact": True, "BrandingThemeID": ID, "SubTotal": 100, "TotalTax": 20,
    "Total": 120, "RoundingAmount": 0, "Contact": {"ContactID": ID, "Name": "A", "ContactNumber": "1"},
}
BODIES = {
    "/Invoices": {"Invoices": [invoice(TRACKED, **FULL, InvoiceNumber="A-1", InvoiceID=ID)]},
    "/CreditNotes": {"CreditNotes": [credit_note(TRACKED, **{**FULL, "DueDate": None}, CreditNoteNumber="C-1")]},
    "/ManualJournals": {"ManualJournals": [journal(Status="POSTED", Url="https://a.example/", LineAmountTypes="NoTax",
                                                   ManualJournalID=ID, ShowOnCashBasisReports=True)]},
    "/Payments": {"Payments": [payment({"InvoiceID": ID}, PaymentID=ID, Reference="r", Status="AUTHORISED")]},
    "/Contacts": {"Contacts": [{"ContactID": ID, "Name": "A", "ContactNumber": "1", "ContactStatus": "ACTIVE",
                                "EmailAddress": "a@b.example", "AccountNumber": "1"}]},
    "/Accounts": {"Accounts": [{"Code": "299", "Name": "A", "Type": "EXPENSE", "TaxType": "INPUT2",
                                "Status": "ACTIVE", "Description": "d", "EnablePaymentsToAccount": True}]},
}


def spoilt(body: object) -> Iterator[object]:
    """The body with each of its parts, one after the other, replaced by each piece of nonsense."""
    for path in list(parts(body)):
        for value in NONSENSE:
            changed = copy.deepcopy(body)
            place = changed
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            yield changed


def parts(body: object, path: tuple = ()) -> Iterator[tuple]:
    steps = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, value in steps:
        yield (*path, step)
        yield from parts(value, (*path, step))


def throw(app, method: str, path: str, body: object) -> None:
    apart = app.client.open(f"{API}{path}?summarizeErrors=false", method=method, json=body, headers=app.headers())
    assert apart.status_code in (200, 400), f"{method} {path} {body} → {apart.status_code}"


@pytest.fixture
def patient(full):
    """No limits stand in the way of so many calls."""
    full.limit(minute=10**6, day=10**6, appminute=10**6)
    return full


@pytest.mark.parametrize("path", BODIES)
def test_nonsense_in_what_is_created(patient, path):
    for body in spoilt(BODIES[path]):
        throw(patient, "PUT", path, body)


@pytest.mark.parametrize("path", ["/Invoices", "/CreditNotes", "/ManualJournals", "/Contacts"])
def test_nonsense_in_what_is_changed(patient, path):
    made = patient.save({"Name": "A"} if path == "/Contacts" else {
        "/Invoices": invoice(), "/CreditNotes": credit_note(), "/ManualJournals": journal()}[path], path)
    document_id = made[next(name for name in made if name in ("InvoiceID", "CreditNoteID", "ManualJournalID",
                                                              "ContactID"))]
    for body in spoilt({path.strip("/"): BODIES[path][path.strip("/")]}):
        throw(patient, "POST", f"{path}/{document_id}", body)


def test_nonsense_in_allocations_and_notes(patient):
    note = patient.save(credit_note(Status="AUTHORISED"), "/CreditNotes")["CreditNoteID"]
    allocation = {"Allocations": [{"Invoice": {"InvoiceID": ID}, "Amount": 1, "Date": "2026-05-28"}]}
    for path, body in (("Allocations", allocation), ("History", {"HistoryRecords": [{"Details": "x"}]})):
        for changed in spoilt(body):
            throw(patient, "PUT", f"/CreditNotes/{note}/{path}", changed)


QUERIES = {
    "where": ['Status=="', "((((", "(" * 500, "Total>1e5", "Total>" + "9" * 400,
              "DateTime(99999,1,1)==Date", "guid(1)==InvoiceID", 'Date.Contains("x")', "null", "true",
              "Status==null.x"],
    "order": ["Date,,", "x", " DESC", "Date DESC DESC"], "page": ["-1", "9" * 40, "1.5", ""],
    "pageSize": ["0", "x", "9" * 40], "IDs": [",,,", "x", "\x00"], "Statuses": ["x", ","], "unitdp": ["x", "-1"],
    "searchTerm": ["%", "\x00", "'", '"'], "summaryOnly": ["x"], "ContactIDs": ["'"],
}


@pytest.mark.parametrize("path", BODIES)
def test_nonsense_in_a_query(patient, path):
    for name, values in QUERIES.items():
        for value in values:
            query = {"pageSize": "5"} | {name: value}
            answer = patient.client.get(f"{API}{path}", query_string=query, headers=patient.headers())
            assert answer.status_code in (200, 400), f"{path} {name}={value} → {answer.status_code}"


@pytest.mark.parametrize("since", [
    "", "x", "2026-13-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
])
def test_nonsense_for_a_moment_does_nothing(patient, since):
    for path in BODIES:
        answer = patient.client.get(f"{API}{path}", headers=patient.headers(**{"If-Modified-Since": since}))
        assert answer.status_code == 200
