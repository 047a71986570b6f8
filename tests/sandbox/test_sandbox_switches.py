"""Each switch played both ways (voided_numbers stands with the numbers), and the table itself."""

import pytest

from sandbox.xero.switches import switches
from tests.sandbox.xero_app import invoice, line


def test_every_switch_says_what_it_means_and_where_the_doubt_comes_from(app):
    page = app.client.get("/sandbox/switches", headers={"Accept": "text/html"}).text
    for switch in switches().values():
        assert switch.meaning
        assert switch.source.startswith(("UNVERIFIED", "CONFLICT"))
        assert f"<code>{switch.name}</code>" in page
    assert switches()["voided_numbers"].values[0] == "free"


def test_switches_are_kept_and_shown(app):
    assert app.client.get("/sandbox/switches").json["missing_scope"] == "401"
    app.turn(missing_scope="403", zero_total="paid")
    assert app.client.get("/sandbox/switches").json["missing_scope"] == "403"
    form = app.client.post("/sandbox/switches", data={"missing_scope": "401"})
    assert (form.status_code, form.location) == (303, "/sandbox/")
    assert app.client.get("/sandbox/switches").json["missing_scope"] == "401"


@pytest.mark.parametrize("wrong", [{"nonsense": "x"}, {"voided_numbers": "maybe"}])
def test_a_switch_that_does_not_exist_is_named(app, wrong):
    answer = app.client.post("/sandbox/switches", json={"zero_total": "paid", **wrong})
    assert answer.status_code == 400
    assert "“" in answer.json["error"]
    assert app.client.get("/sandbox/switches").json["zero_total"] == "authorised"




@pytest.mark.parametrize(("value", "status", "header"), [
    ("401", 401, 'Bearer error="insufficient_scope"'), ("403", 403, None),
])
def test_missing_scope_is_401_or_403(stranger, value, status, header):
    stranger.connect(scope="accounting.contacts")
    stranger.turn(missing_scope=value)
    answer = stranger.call("GET", "/Invoices")
    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (status, header)


@pytest.mark.parametrize(("value", "names"), [
    ("sent", {"code", "state", "scope", "session_state"}), ("left_out", {"code", "state"}),
])
def test_callback_extras(stranger, value, names):
    stranger.turn(callback_extras=value)
    assert stranger.consent().keys() == names


@pytest.mark.parametrize(("value", "documents"), [("app", 1), ("token", 2)])
def test_idempotency_owner(app, value, documents):
    app.turn(idempotency_owner=value)
    app.call("PUT", "/Invoices", invoice(), key="k")
    app.tokens = app.refresh().json
    app.call("PUT", "/Invoices", invoice(), key="k")
    assert len(app.get("/Invoices")) == documents


def test_zero_rate_tax_amount(app):
    document = invoice(line("120.00", tax="NONE", TaxAmount=20))
    assert app.save(document)["TotalTax"] == 0.00
    app.turn(zero_rate_tax_amount="refused")
    assert app.refused(document) == ["The tax amount must be zero for a tax rate of 0%."]


def test_zero_total(app):
    document = invoice(line("5"), line("-5"), Status="AUTHORISED")
    assert app.save(document)["Status"] == "AUTHORISED"
    app.turn(zero_total="paid")
    paid = app.save(document)
    assert (paid["Status"], paid["FullyPaidOnDateString"]) == ("PAID", "2026-05-28T00:00:00")
    path = f"/Invoices/{paid['InvoiceID']}"
    assert app.save({"Reference": "x"}, path, "POST")["Status"] == "PAID"
    assert app.save({"Status": "VOIDED"}, path, "POST")["Status"] == "VOIDED"


def test_draft_in_locked_period(app):
    app.lock(PeriodLockDate="2026-05-31")
    assert app.save(invoice())["Status"] == "DRAFT"
    app.turn(draft_in_locked_period="refused")
    assert app.refused(invoice()) == [
        "The document date cannot be before the period lock date, currently set at 31-May-2026"
    ]


def test_output_tax_on_bills(app):
    bill = invoice(Type="ACCPAY")
    assert app.save(bill)["TotalTax"] == 20.00
    app.turn(output_tax_on_bills="refused")
    assert app.refused(bill) == [
        "The TaxType code 'OUTPUT2' does not exist or cannot be used for this type of transaction."
    ]
    assert app.save(invoice(line(account="401", tax="INPUT2"), Type="ACCPAY"))["TotalTax"] == 20.00
    assert app.save(invoice())["TotalTax"] == 20.00


def test_unknown_tracking(app):
    document = invoice(line(Tracking=[{"Name": "Region", "Option": "The Moon"}]))
    assert app.save(document)["LineItems"][0]["Tracking"] == []
    app.turn(unknown_tracking="refused")
    assert app.refused(document) == ["The tracking option 'The Moon' does not exist."]
