"""What is sent to Xero for a plan, to the last digit."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from services.core.plans import Plan, PlanLine
from services.xero import payloads


def line(description: str, account: str, tax_type: str, gross: int, tax: int, tracking=()) -> PlanLine:
    return PlanLine(
        description=description, category="SALES", account_code=account, account_name="", tax_type=tax_type,
        tax_name="", tracking=tracking, gross=gross, tax=tax, net=gross - tax, groups=())  # fmt: skip


INVOICE = Plan(
    settlement_id="26881161592", number="AMZ-TB-10001", reference="(£1,275.20) TBUK-26881161592", kind="invoice",
    contact="Amazon.co.uk", date="2026-05-28", due_date="2026-05-28", currency="GBP", total=127520,
    settlement_total=127520, problems=(), lines=(
        line("Principal", "200", "OUTPUT2", 152405, 25401, tracking=(("region", "uk"), ("channel", "amazon"))),
        line("Commission – “FBA”", "401", "INPUT2", -24885, -4148),
        line("Reserve", "610", "NONE", 0, 0),
    ),
)  # fmt: skip

INVOICE_SENT = """
{"Invoices": [{"Type": "ACCREC", "Status": "DRAFT", "InvoiceNumber": "AMZ-TB-10001",
  "Reference": "(£1,275.20) TBUK-26881161592", "Contact": {"Name": "Amazon.co.uk"}, "Date": "2026-05-28",
  "DueDate": "2026-05-28", "CurrencyCode": "GBP", "LineAmountTypes": "Inclusive", "LineItems": [
  {"Description": "Principal", "Quantity": 1, "UnitAmount": 1524.05, "AccountCode": "200", "TaxType": "OUTPUT2",
   "TaxAmount": 254.01, "Tracking": [{"TrackingCategoryID": "region", "TrackingOptionID": "uk"},
   {"TrackingCategoryID": "channel", "TrackingOptionID": "amazon"}]},
  {"Description": "Commission – “FBA”", "Quantity": 1, "UnitAmount": -248.85, "AccountCode": "401",
   "TaxType": "INPUT2", "TaxAmount": -41.48}]}]}
"""


def exact(text: str) -> dict:
    return json.loads(text, parse_float=Decimal)


def sent(plan: Plan, contact: dict | None = None) -> dict:
    return exact(payloads.encode(payloads.document_payload(plan, contact or {"Name": plan.contact})))


def test_an_invoice_is_sent_as_previewed_and_a_zero_line_is_left_out():
    assert sent(INVOICE) == exact(INVOICE_SENT)


def test_a_credit_note_has_its_own_fields_and_no_due_date():
    note = sent(replace(INVOICE, kind="credit_note", number="AMZ-TB-10002"))["CreditNotes"][0]
    assert (note["Type"], note["CreditNoteNumber"]) == ("ACCRECCREDIT", "AMZ-TB-10002")
    assert "DueDate" not in note
    assert "InvoiceNumber" not in note


def test_a_contact_is_named_by_its_id_or_name_and_nothing_more():
    assert sent(INVOICE, {"ContactID": "c-1"})["Invoices"][0]["Contact"] == {"ContactID": "c-1"}
    for contact in ({}, {"Name": "Amazon", "EmailAddress": "x@example.com"}, {"EmailAddress": "x@example.com"}):
        with pytest.raises(ValueError, match="ContactID or its Name"):
            payloads.document_payload(INVOICE, contact)


def test_yen_are_sent_without_decimals():
    yen = replace(INVOICE, currency="JPY", lines=(line("Principal", "200", "NONE", 1200, 0),), total=1200)
    assert '"UnitAmount": 1200,' in payloads.encode(payloads.document_payload(yen, {"Name": "Amazon.co.jp"}))


def test_amounts_beyond_what_a_float_holds_are_sent_digit_for_digit():
    large = replace(INVOICE, lines=(line("Principal", "200", "NONE", 9007199254740993, 0),), total=9007199254740993)
    assert '"UnitAmount": 90071992547409.93,' in payloads.encode(payloads.document_payload(large, {"Name": "x"}))


def test_a_float_is_refused_rather_than_sent():
    with pytest.raises(TypeError, match="float"):
        payloads.encode({"UnitAmount": 0.1})


@pytest.mark.parametrize(("value", "text"), [
    (Decimal("-0.10"), "-0.10"), (Decimal("1E+3"), "1000"), (Decimal("1E-2"), "0.01"), (True, "true"), (None, "null"),
    ('a "quote" \n <b>', '"a \\"quote\\" \\n <b>"'), ([], "[]"), ((1, "£"), '[1, "£"]'),
])  # fmt: skip
def test_every_value_becomes_the_json_it_is(value, text):
    assert payloads.encode(value) == text


def test_another_number_leaves_every_other_digit_as_it_was():
    frozen = payloads.encode(payloads.document_payload(INVOICE, {"Name": "Amazon.co.uk"}))
    again = payloads.renumbered(frozen, "invoice", "AMZ-TB-10001-2")
    assert again == frozen.replace("AMZ-TB-10001", "AMZ-TB-10001-2")
