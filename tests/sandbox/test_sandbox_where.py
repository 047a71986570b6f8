"""The where expressions Xero documents, and what it refuses."""

from datetime import datetime
from decimal import Decimal

import pytest

from sandbox.xero.accounting.where import BadWhere, parse_where

FIELDS = {
    "Status": "text", "Reference": "text", "InvoiceNumber": "text", "InvoiceID": "guid", "Date": "day",
    "Total": "number", "SentToContact": "flag", "Contact.Name": "text", "UpdatedDateUTC": "moment",
}
ROW = {
    "Status": "AUTHORISED", "Reference": '(£1) TBUK-1 "A"', "InvoiceNumber": "AMZ-TB-10001",
    "InvoiceID": "0a1b2c3d-0000-4000-8000-000000000001", "Date": datetime(2026, 5, 28), "Total": Decimal("1275.20"),
    "SentToContact": False, "Contact.Name": "Amazon.co.uk", "UpdatedDateUTC": datetime(2026, 6, 1, 12),
}
EMPTY = dict.fromkeys(FIELDS)


@pytest.mark.parametrize("expression", [
    'Status=="AUTHORISED"', 'Status = "authorised"', 'status=="AUTHORISED"', 'Status!="VOIDED"', 'Status<>"VOIDED"',
    'Reference.Contains("tbuk-1")', 'Reference.Contains("\\"A\\"")', 'InvoiceNumber.StartsWith("AMZ-TB-")',
    'InvoiceNumber.EndsWith("10001")', 'Reference!=null && Reference.ToLower().Contains("tbuk-1")',
    'InvoiceID==guid("0A1B2C3D-0000-4000-8000-000000000001")',
    'InvoiceID==Guid("0a1b2c3d-0000-4000-8000-000000000001")',
    "Date==DateTime(2026,5,28)", "Date>=DateTime(2026, 05, 01) AND Date<DateTime(2026,06,01)",
    "UpdatedDateUTC>DateTime(2026,6,1,11,59,59)", "Total==1275.20", "Total>=1275.2 and Total<1275.21", "Total>-1",
    'Contact.Name=="amazon.co.uk"', "SentToContact==false", "!SentToContact", "!(Total<0)",
    'Status=="DRAFT" OR Status=="AUTHORISED"', 'Status=="DRAFT"||Total>1',
    'Status=="VOIDED" AND Total>1 OR Reference.Contains("TBUK")', '(Status=="DRAFT" OR Total>1) AND Total<2000',
])
def test_it_holds(expression):
    assert parse_where(expression, FIELDS).matches(ROW) is True


@pytest.mark.parametrize("expression", [
    'Status=="DRAFT"', 'Reference.Contains("TBDE")', "Total>1275.20", 'Status=="DRAFT" AND Total>1', "SentToContact",
    'Status=="VOIDED" AND (Total>1 OR Reference.Contains("TBUK"))', "Reference==null", "Date<DateTime(2026,5,28)",
])
def test_it_does_not_hold(expression):
    assert parse_where(expression, FIELDS).matches(ROW) is False


@pytest.mark.parametrize(("expression", "holds"), [
    ("Reference==null", True), ("Reference!=null", False), ('Reference=="x"', False), ('Reference!="x"', True),
    ('Reference.Contains("x")', False), ('Reference!=null AND Reference.Contains("x")', False),
    ("Total>0", False), ("Total<0", False), ("Date>=DateTime(2026,1,1)", False),
])
def test_an_empty_field_is_null(expression, holds):
    assert parse_where(expression, FIELDS).matches(EMPTY) is holds


@pytest.mark.parametrize("expression", [
    'Nonsense=="x"', 'Status="', "Status==", 'Status=="A" AND', '(Status=="A"', 'Status=="A")', "Status", "",
    "Total=='x'", 'Total=="1"', "Date==\"2026-05-28\"", 'InvoiceID=="0a1b2c3d-0000-4000-8000-000000000001"',
    'Reference.Matches("x")', "Reference.Contains(1)", 'Total.Contains("1")', "DateTime(2026,13,1)==Date",
    'Status=="A" XOR Status=="B"', "Contact.Nonsense==null", "__import__('os')", "Status==guid()",
])
def test_it_refuses_what_xero_cannot_read(expression):
    with pytest.raises(BadWhere):
        parse_where(expression, FIELDS)


def test_a_bad_where_answers_400_with_its_name(app):
    answer = app.call("GET", "/Invoices", where='Nonsense=="x"')
    assert (answer.status_code, answer.json["Type"], answer.json["ErrorNumber"]) == (400, "QueryParseException", 16)
