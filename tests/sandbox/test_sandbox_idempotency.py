"""Idempotency-Key: six minutes of the same answer, and a refusal of anything else under it."""

import pytest

from tests.sandbox.xero_app import invoice


def test_the_same_request_gets_the_same_answer_and_makes_one_document(app):
    first = app.call("PUT", "/Invoices", invoice(), key="k")
    again = app.call("PUT", "/Invoices", invoice(), key="k")
    assert again.data == first.data
    assert len(app.get("/Invoices")) == 1


def test_after_six_minutes_the_key_is_forgotten(app, time):
    app.call("PUT", "/Invoices", invoice(), key="k")
    time.move(minutes=5, seconds=59)
    app.call("PUT", "/Invoices", invoice(), key="k")
    assert len(app.get("/Invoices")) == 1
    time.move(seconds=1)
    app.call("PUT", "/Invoices", invoice(), key="k")
    assert len(app.get("/Invoices")) == 2


@pytest.mark.parametrize(("method", "path", "changes"), [
    ("PUT", "/Invoices", {"Reference": "other"}), ("POST", "/Invoices", {}), ("PUT", "/CreditNotes", {}),
])
def test_another_request_under_the_key_is_refused(app, method, path, changes):
    app.call("PUT", "/Invoices", invoice(), key="k")
    answer = app.call(method, path, invoice(**changes), key="k")
    assert (answer.status_code, answer.json["Message"]) == (
        400, "Idempotency Key: k is used with a different request.",
    )


def test_another_query_is_another_request(app):
    app.call("PUT", "/Invoices", invoice(), key="k")
    assert app.call("PUT", "/Invoices", invoice(), key="k", summarizeErrors="false").status_code == 400


def test_a_refusal_is_remembered_even_when_its_cause_is_gone(app):
    app.lock(PeriodLockDate="2026-05-31")
    refused = app.call("PUT", "/Invoices", invoice(Status="AUTHORISED"), key="k")
    app.lock(PeriodLockDate="")
    assert refused.status_code == 400
    assert app.call("PUT", "/Invoices", invoice(Status="AUTHORISED"), key="k").data == refused.data
    assert app.call("PUT", "/Invoices", invoice(Status="AUTHORISED"), key="k2").status_code == 200


def test_a_replayed_call_counts_against_the_limits(app):
    first = app.call("PUT", "/Invoices", invoice(), key="k").headers["X-DayLimit-Remaining"]
    assert int(app.call("PUT", "/Invoices", invoice(), key="k").headers["X-DayLimit-Remaining"]) == int(first) - 1


def test_reading_ignores_the_key(app):
    app.call("GET", "/Invoices", key="k")
    app.save(invoice())
    assert len(app.call("GET", "/Invoices", key="k").json["Invoices"]) == 1


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_key_has_its_limits(app, key):
    answer = app.call("PUT", "/Invoices", invoice(), headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert app.get("/Invoices") == []
