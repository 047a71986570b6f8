"""Whatever stands in the place of a field of Xero's lists, it is read or it is told: never a traceback."""

import copy
from decimal import Decimal

import pytest

from services.xero import answers, documents, errors, reference
from services.xero.documents import CREDIT_NOTES, INVOICES, JOURNALS

LINES = [{"Description": "d", "AccountCode": "200", "TaxType": "OUTPUT2", "LineAmount": 120, "TaxAmount": 20,
          "Tracking": [{"TrackingCategoryID": "t-1", "TrackingOptionID": "o-1"}]}]
INVOICE = {
    "InvoiceID": "i-1", "InvoiceNumber": "AMZ-TB-10001", "Type": "ACCREC", "Status": "DRAFT", "Reference": "r",
    "CurrencyCode": "GBP", "Total": Decimal("120.00"), "TotalTax": 20, "AmountPaid": 0, "Date": "/Date(1774915200000)/",
    "DueDateString": "2026-05-28T00:00:00", "UpdatedDateUTC": "/Date(1774915200000+0000)/", "Warnings": [],
    "Contact": {"ContactID": "c-1", "Name": "n"}, "LineItems": LINES, "LineAmountTypes": "Inclusive",
}
KINDS = {
    "connection": (reference.connection, {
        "id": "c-1", "tenantId": "t-1", "tenantName": "n", "tenantType": "ORGANISATION"}),
    "organisation": (reference.organisation, {
        "OrganisationID": "o-1", "Name": "n", "CountryCode": "GB", "BaseCurrency": "GBP", "PaysTax": True,
        "ShortCode": "!a", "PeriodLockDate": "/Date(1774915200000+0000)/", "EndOfYearLockDate": "2026-03-31"}),
    "account": (reference.account, {
        "AccountID": "a-1", "Code": "200", "Name": "n", "Type": "REVENUE", "Class": "REVENUE", "TaxType": "OUTPUT2",
        "Status": "ACTIVE", "SystemAccount": ""}),
    "tax rate": (reference.tax_rate, {
        "TaxType": "OUTPUT2", "Name": "n", "EffectiveRate": Decimal("20.0"), "Status": "ACTIVE",
        "CanApplyToRevenue": True}),
    "tracking": (reference.tracking_category, {
        "TrackingCategoryID": "t-1", "Name": "n", "Status": "ACTIVE",
        "Options": [{"TrackingOptionID": "o-1", "Name": "n", "Status": "ACTIVE"}]}),
    "currency": (reference.currency, {"Code": "GBP", "Description": "d"}),
    "contact": (reference.contact, {"ContactID": "c-1", "Name": "n", "ContactStatus": "ACTIVE"}),
    "invoice": (lambda each: documents.read_document(each, INVOICES), INVOICE),
    "credit note": (lambda each: documents.read_document(each, CREDIT_NOTES), INVOICE | {
        "CreditNoteID": "n-1", "CreditNoteNumber": "n", "Type": "ACCRECCREDIT"}),
    "journal": (lambda each: documents.read_document(each, JOURNALS), {
        "ManualJournalID": "j-1", "Narration": "n", "Status": "DRAFT", "JournalLines": LINES,
        "UpdatedDateUTC": "/Date(1774915200000+0000)/", "Warnings": []}),
}
NONSENSE = [
    None, True, 7, -1, Decimal("1e999999999"), Decimal("1e-999999999"), 10**4000, "", "nonsense", "NaN", "Infinity",
    "/Date(99999999999999999999)/", f"/Date({'9' * 5000})/", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "half a pair \ud800", [], [7], [None], [[]], {}, {"Name": {}}, [{"Tracking": 5}], [{"LineAmount": {}}],
]  # fmt: skip


def places(value, path=()):
    """The path of every value in it, those within lists and objects included."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from places(part, (*path, name))


def spoilt(element: dict, path: tuple, value: object) -> dict:
    element = copy.deepcopy(element)
    holder = element
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    return element


def texts(value) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = vars(value).values() if hasattr(value, "__dict__") else value.values() if isinstance(value, dict) else (
        value if isinstance(value, list | tuple) else ())
    return [text for part in parts for text in texts(part)]


@pytest.mark.parametrize("kind", KINDS)
def test_nonsense_in_any_field_is_read_or_told(kind):
    read, element = KINDS[kind]
    assert read(element)
    for path in places(element):
        for value in NONSENSE:
            try:
                came = read(spoilt(element, path, value))
            except (errors.Unreadable, errors.Rejected):
                continue
            for text in texts(came):
                assert len(text.encode()) < 6000, f"{path}: {str(value)[:40]!r}"


@pytest.mark.parametrize("printed", ["/Date(99999999999999999999)/", "0001-01-01T00:00:00+14:00"])
def test_a_moment_no_calendar_has_is_an_answer_that_cannot_be_read(printed):
    with pytest.raises(errors.Unreadable, match="cannot read"):
        answers.moment(printed)


@pytest.mark.parametrize("value", ["²", "9" * 5000, "", "-5", "1.5"])
def test_a_header_that_is_no_number_counts_as_absent(value):
    assert answers.whole(value) is None
