"""Each switch played both ways (voided_numbers stands with the numbers), and the table itself."""

import re
from pathlib import Path

import pytest

from sandbox.xero.switches import switches
from tests.sandbox.xero_app import API, REDIRECT, authorisation, invoice, journal, journal_line, line


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


# --- signing in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "status"), [("refused", 400), ("accepted", 200)])
def test_loopback_redirect(stranger, value, status):
    stranger.turn(loopback_redirect=value)
    asked = authorisation(redirect_uri=REDIRECT.replace("localhost", "127.0.0.1"))
    assert stranger.client.get("/identity/connect/authorize", query_string=asked).status_code == status
    lan = authorisation(redirect_uri=REDIRECT.replace("localhost", "192.168.0.7"))
    assert stranger.client.get("/identity/connect/authorize", query_string=lan).status_code == 400


@pytest.mark.parametrize(("value", "status"), [("accepted", 200), ("refused", 400)])
def test_pkce_with_secret(stranger, value, status):
    stranger.turn(pkce_with_secret=value)
    assert stranger.redeem(stranger.consent()["code"], client_secret="s").status_code == status
    assert stranger.redeem(stranger.consent()["code"]).status_code == 200


@pytest.mark.parametrize(("value", "status"), [("400", 400), ("401", 401)])
def test_invalid_client_status(stranger, value, status):
    stranger.turn(invalid_client_status=value)
    code = stranger.consent(code_challenge="", code_challenge_method="")["code"]
    answer = stranger.redeem(code, code_verifier="")
    assert (answer.status_code, answer.json) == (status, {"error": "invalid_client"})


@pytest.mark.parametrize("value", ["unsupported_grant_type", "invalid_request"])
def test_unknown_grant_error(stranger, value):
    stranger.turn(unknown_grant_error=value)
    answer = stranger.client.post("/connect/token", data={"grant_type": "password", "client_id": "an-app"})
    assert (answer.status_code, answer.json) == (400, {"error": value})


@pytest.mark.parametrize(("value", "good"), [("both", 2), ("first_only", 1)])
def test_concurrent_refresh(app, value, good):
    app.turn(concurrent_refresh=value)
    parts = app.sandbox.parts
    with parts.in_flight.entered(("refresh", app.tokens["refresh_token"])):
        second = app.refresh()  # while the first is under way
    answers = [app.refresh(), second]
    assert sorted(answer.status_code for answer in answers).count(200) == good
    if good == 1:
        assert second.json == {"error": "invalid_grant"}


@pytest.mark.parametrize(("value", "status"), [("valid", 200), ("ended", 401)])
def test_access_after_refresh(app, value, status):
    app.turn(access_after_refresh=value)
    fresh = app.refresh().json
    assert app.call("GET", "/Currencies").status_code == status
    app.tokens = fresh
    assert app.call("GET", "/Currencies").status_code == 200


def test_consent_organisations(stranger):
    several = {"organisation": [], "decision": "allow", **authorisation()}
    page = stranger.client.get("/identity/connect/authorize", query_string=authorisation()).text
    assert 'type="checkbox"' not in page
    stranger.turn(consent_organisations="several")
    page = stranger.client.get("/identity/connect/authorize", query_string=authorisation()).text
    tenants = re.findall(r'type="checkbox" name="organisation" value="([^"]+)"', page)
    several["organisation"] = tenants[:2]
    sent_back = stranger.client.post("/identity/connect/authorize", data=several)
    stranger.tokens = stranger.redeem(re.search(r"code=([^&]+)", sent_back.location)[1]).json
    assert [item["tenantId"] for item in stranger.connections()] == tenants[:2]
    assert len({item["authEventId"] for item in stranger.connections()}) == 1
    asked = authorisation(acr_values="bulk_connect:false")
    one_only = stranger.client.get("/identity/connect/authorize", query_string=asked).text
    assert 'type="checkbox"' not in one_only
    refused = stranger.client.post("/identity/connect/authorize", data={**several, "acr_values": "bulk_connect:false"})
    assert refused.status_code == 400


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "has_body"), [("json", True), ("empty", False)])
def test_missing_scope_body(stranger, value, has_body):
    stranger.connect(scope="accounting.contacts")
    stranger.turn(missing_scope_body=value)
    answer = stranger.call("GET", "/Invoices")
    assert (answer.status_code, bool(answer.data)) == (401, has_body)
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("value", ["insufficient_scope", "insufficent_scope"])
def test_scope_error_spelling(stranger, value):
    stranger.connect(scope="accounting.contacts")
    stranger.turn(scope_error_spelling=value)
    assert stranger.call("GET", "/Invoices").headers["WWW-Authenticate"] == f'Bearer error="{value}"'


@pytest.mark.parametrize(("value", "status"), [("403", 403), ("400", 400)])
def test_missing_tenant(app, value, status):
    app.turn(missing_tenant=value)
    app.tenant = ""
    assert app.call("GET", "/Currencies").status_code == status


@pytest.mark.parametrize(("value", "mimetype"), [("html", "text/html"), ("json", "application/json")])
def test_unhandled_body(app, value, mimetype):
    app.turn(unhandled_body=value)
    app.order("GET", f"{API}/Currencies", "500_before")
    answer = app.client.get(f"{API}/Currencies", headers=app.headers())
    assert (answer.status_code, answer.mimetype) == (500, mimetype)
    assert "An unhandled error with the Xero API occurred." in answer.text


@pytest.mark.parametrize(("value", "told"), [
    ("own", [(16, "QueryParseException"), (14, "PostDataInvalidException")]),
    ("validation", [(10, "ValidationException")] * 2),
])
def test_bad_request_type(app, value, told):
    app.turn(bad_request_type=value)
    answers = [app.call("GET", "/Invoices", where="Nonsense"),
               app.client.put(f"{API}/Invoices", data=b"{", headers=app.headers())]
    assert [(answer.json["ErrorNumber"], answer.json["Type"]) for answer in answers] == told


def test_full_stops(app):
    app.save(invoice(InvoiceNumber="A-1"))
    bad = invoice(InvoiceNumber="A-1", CurrencyCode=None)
    assert app.refused(bad) == ["Invoice # must be unique."]
    app.turn(full_stops="turned")
    assert app.refused(bad) == ["Invoice # must be unique"]
    assert app.refused(invoice(CurrencyCode="JPY")) == ["Organisation is not subscribed to currency JPY."]


@pytest.mark.parametrize(("value", "status"), [("true", 400), ("false", 200)])
def test_summarize_errors_default(app, value, status):
    app.turn(summarize_errors_default=value)
    both = {"Invoices": [invoice(), invoice(CurrencyCode="JPY")]}
    assert app.call("PUT", "/Invoices", both).status_code == status
    assert app.call("PUT", "/Invoices", both, summarizeErrors="true").status_code == 400


# --- documents ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("voided", "deleted", "free"), [
    ("free", "like_voided", True), ("held", "like_voided", False), ("free", "held", False), ("held", "free", True),
])
def test_deleted_numbers(app, voided, deleted, free):
    app.turn(voided_numbers=voided, deleted_numbers=deleted)
    draft = app.save(invoice(InvoiceNumber="A-1"))
    app.save({"Status": "DELETED"}, f"/Invoices/{draft['InvoiceID']}", "POST")
    if free:
        assert app.save(invoice(InvoiceNumber="A-1"))["InvoiceNumber"] == "A-1"
    else:
        assert app.refused(invoice(InvoiceNumber="A-1")) == ["Invoice # must be unique."]


def test_authorised_to_draft(app):
    path = f"/Invoices/{app.save(invoice(Status='AUTHORISED'))['InvoiceID']}"
    assert app.refused({"Status": "DRAFT"}, path, "POST") == ["Invoice not of valid status for modification"]
    app.turn(authorised_to_draft="accepted")
    assert app.save({"Status": "DRAFT"}, path, "POST")["Status"] == "DRAFT"


NEGATIVE = "The Total for this document must be greater than or equal to zero."


def test_negative_submitted(app):
    document = invoice(line("-1"), Status="SUBMITTED")
    assert app.refused(document) == [NEGATIVE]
    app.turn(negative_submitted="accepted")
    path = f"/Invoices/{app.save(document)['InvoiceID']}"
    assert app.refused({"Status": "AUTHORISED"}, path, "POST") == [NEGATIVE]


def test_negative_bill(app):
    bill = invoice(line("-1", "401", "INPUT2"), Type="ACCPAY", Status="AUTHORISED")
    assert app.refused(bill) == [NEGATIVE]
    app.turn(negative_bill="accepted")
    assert app.save(bill)["Total"] == -1.00
    assert app.refused(invoice(line("-1"), Status="AUTHORISED")) == [NEGATIVE]


def test_tax_above_line(app):
    document = invoice(line("10.00", TaxAmount=10.01))
    assert app.refused(document) == ["The tax amount cannot be greater than the line amount"]
    app.turn(tax_above_line="accepted")
    assert app.save(document)["TotalTax"] == 10.01


def test_rounding_amount(app):
    sent = {"Status": "AUTHORISED", "SubTotal": 100.00, "TotalTax": 20.00, "Total": 120.05, "RoundingAmount": 0.05}
    assert app.save(invoice(**sent))["Total"] == 120.00
    app.turn(rounding_amount="honoured")
    rounded = app.save(invoice(**sent))
    assert (rounded["Total"], rounded["AmountDue"], rounded["RoundingAmount"]) == (120.05, 120.05, 0.05)
    assert app.save(invoice(**{**sent, "Total": 120.06}))["Total"] == 120.00
    assert app.save(invoice(**{**sent, "Total": 121, "RoundingAmount": 1}))["Total"] == 120.00
    assert app.save(invoice(**{**sent, "Status": "DRAFT"}))["Total"] == 120.00


def test_most_lines(app):
    many = invoice(*[line("1.00")] * 301)
    assert len(app.save(many)["LineItems"]) == 301
    app.turn(most_lines="300")
    assert app.refused(many) == ["A document may have 300 line items at most."]
    assert app.save(invoice(*[line("1.00")] * 300))


def test_unbalanced_draft_journal(full):
    lopsided = journal(journal_line("100.00", "855"), journal_line("-10.00", "200"))
    words = ["The total debits (100.00) must equal total credits (-10.00)"]
    assert full.refused(lopsided, "/ManualJournals") == words
    full.turn(unbalanced_draft_journal="accepted")
    made = full.save(lopsided, "/ManualJournals")
    post = {"Status": "POSTED", "Narration": "n"}
    assert full.refused(post, f"/ManualJournals/{made['ManualJournalID']}", "POST") == words


PLAYED_ELSEWHERE = {  # each in the file of its subject
    "voided_numbers": "changes", "missing_attachment_scope": "files", "attachment_limit": "files",
    "day_limit": "limits", "minute_window": "limits", "appminute_retry_after": "limits", "identity_limit": "limits",
    "long_query": "limits", "idempotency_500": "idempotency", "idempotency_429": "idempotency",
    "idempotency_simultaneous": "idempotency", "user_role": "roles", "lowered_role_status": "roles",
    "reset_tenant": "organisations",
}


def test_every_switch_is_played_both_ways():
    here = Path(__file__)
    for name, switch in switches().items():
        subject = PLAYED_ELSEWHERE.get(name)
        text = (here.with_name(f"test_sandbox_{subject}.py") if subject else here).read_text(encoding="utf-8")
        assert f"def test_{name}(" in text or f"{name}=" in text, name
        if switch.values[1:]:
            assert any(f'"{value}"' in text for value in switch.values[1:]), name
