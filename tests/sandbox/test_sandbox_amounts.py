"""Tax per line, rounded half away from zero, and what the document adds up to."""

from decimal import Decimal

import pytest

from sandbox.xero.accounting.amounts import rounded, tax_on
from tests.sandbox.xero_app import invoice, line


@pytest.mark.parametrize(("amount", "rate", "kind", "tax"), [
    ("541.25", "15", "Inclusive", "70.60"), ("500", "15", "Inclusive", "65.22"), ("21", "15", "Exclusive", "3.15"),
    ("-248.85", "20", "Inclusive", "-41.48"), ("248.85", "20", "Inclusive", "41.48"),
    ("0.125", "20", "Exclusive", "0.03"), ("-0.125", "20", "Exclusive", "-0.03"), ("100", "20", "NoTax", "0"),
    ("-1000", "0", "Inclusive", "0"),
])
def test_tax_of_a_line(amount, rate, kind, tax):
    assert tax_on(Decimal(amount), Decimal(rate), kind) == Decimal(tax)


def test_there_is_no_minus_zero():
    assert str(rounded(Decimal("-0.001"))) == "0.00"


def money(document: dict) -> tuple[float, float, float]:
    return document["SubTotal"], document["TotalTax"], document["Total"]


@pytest.mark.parametrize(("kind", "expected"), [
    ("Inclusive", (100.00, 20.00, 120.00)), ("Exclusive", (120.00, 24.00, 144.00)), ("NoTax", (120.00, 0.00, 120.00)),
])
def test_totals_of_the_three_kinds(app, kind, expected):
    saved = app.save(invoice(line("120.00"), LineAmountTypes=kind))
    assert money(saved) == expected
    assert saved["LineItems"][0]["LineAmount"] == 120.00
    assert saved["LineItems"][0]["TaxType"] == ("NONE" if kind == "NoTax" else "OUTPUT2")


def test_tax_is_rounded_for_each_line_and_then_added_up(app):
    saved = app.save(invoice(*[line("0.02")] * 5, line("-0.15", "401", "INPUT2")))
    assert money(saved) == (-0.02, -0.03, -0.05)


def test_exclusive_is_what_is_meant_when_nothing_is_said(app):
    assert app.save(invoice(LineAmountTypes=None))["LineAmountTypes"] == "Exclusive"


def test_a_tax_amount_that_is_sent_is_taken(app):
    saved = app.save(invoice(line("120.00", TaxAmount=19.99), line("-100", "401", "INPUT2", TaxAmount="-16.66")))
    assert [item["TaxAmount"] for item in saved["LineItems"]] == [19.99, -16.66]
    assert money(saved) == (16.67, 3.33, 20.00)


def test_a_tax_amount_cannot_be_greater_than_its_line(app):
    words = ["The tax amount cannot be greater than the line amount"]
    assert app.refused(invoice(line("10.00", TaxAmount=10.01))) == words
    assert app.save(invoice(line("10.00", TaxAmount=10.00)))["TotalTax"] == 10.00


@pytest.mark.parametrize("tax", ["REVERSECHARGES", "ECACQUISITIONS"])
def test_a_reverse_charge_puts_no_tax_on_the_document(app, tax):
    assert money(app.save(invoice(line("120.00", "401", tax)))) == (120.00, 0.00, 120.00)


def test_a_line_without_a_tax_type_takes_its_accounts(app):
    saved = app.save(invoice({"Description": "Fees", "UnitAmount": 120, "AccountCode": "401"}))
    assert (saved["LineItems"][0]["TaxType"], saved["TotalTax"]) == ("INPUT2", 20.00)


def test_unit_amounts_have_two_decimals_unless_four_are_asked_for(app):
    exact = {"Description": "x", "Quantity": 3, "UnitAmount": 10.99999, "AccountCode": "200", "TaxType": "NONE"}
    assert app.save(invoice(exact))["LineItems"][0]["UnitAmount"] == 11.00
    four = app.call("PUT", "/Invoices", invoice({**exact, "UnitAmount": 10.3333}), unitdp=4).json["Invoices"][0]
    assert (four["LineItems"][0]["UnitAmount"], four["Total"]) == (10.3333, 31.00)
    path = f"/Invoices/{four['InvoiceID']}"
    assert app.get(path)[0]["LineItems"][0]["UnitAmount"] == 10.33
    assert app.get(path, unitdp=4)[0]["LineItems"][0]["UnitAmount"] == 10.3333


def test_a_line_amount_must_be_quantity_times_price(app):
    wrong = line("10.00", Quantity=2, LineAmount=21)
    assert app.refused(invoice(wrong)) == ["The line total 21.00 does not match the expected line total 20.00"]
    assert app.save(invoice(line("10.00", Quantity=2, LineAmount=20)))["Total"] == 20.00


def test_discounts_are_for_sales_invoices(app):
    saved = app.save(invoice(line("100.00", DiscountRate=10)))
    assert (saved["Total"], saved["IsDiscounted"]) == (90.00, True)
    words = ["Discounts can be given on sales invoices only."]
    assert app.refused(invoice(line("100.00", DiscountRate=10), Type="ACCPAY")) == words


@pytest.mark.parametrize(("changes", "words"), [
    ({"Quantity": 1.00001}, "The Quantity may have 13 digits at most, four of them after the point."),
    ({"Quantity": 1e14}, "The Quantity may have 13 digits at most, four of them after the point."),
    ({"UnitAmount": 9999999999.99}, "The LineAmount must be less than 9,999,999,999.99."),
    ({"Description": "x" * 4001}, "The Description must have at most 4000 characters."),
])
def test_lines_have_their_limits(app, changes, words):
    assert app.refused(invoice({**line(), **changes})) == [words]


def test_money_is_written_with_two_decimals_and_dates_the_microsoft_way(app):
    text = app.call("PUT", "/Invoices", invoice(line("120.10"))).text
    assert '"Total": 120.10' in text
    assert '"Quantity": 1.0000' in text
    assert '"CurrencyRate": 1.000000' in text
    assert '"Date": "\\/Date(1779926400000+0000)\\/"' in text
    assert '"DateString": "2026-05-28T00:00:00"' in text
    assert "\r\n" in text


def test_no_cent_is_lost_on_large_amounts(app):
    lines = [line("9999999999.98", tax="NONE"), line("0.01", tax="NONE")]
    assert '"Total": 9999999999.99' in app.call("PUT", "/Invoices", invoice(*lines)).text
