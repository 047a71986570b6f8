"""Idempotency-Key: six minutes of the same answer, and a refusal of anything else under it."""

import threading

import pytest

from sandbox.xero import ConnectionDropped
from tests.sandbox.xero_app import API, XeroApp, invoice, payment


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


@pytest.mark.parametrize(("value", "statuses", "documents"), [("kept", [500, 500], 0), ("forgotten", [500, 200], 1)])
def test_an_internal_error_is_remembered_as_the_switch_says(app, value, statuses, documents):
    app.turn(idempotency_500=value)
    app.order("PUT", f"{API}/Invoices", "500_before")
    assert [app.call("PUT", "/Invoices", invoice(), key="k").status_code for _ in range(2)] == statuses
    assert len(app.get("/Invoices")) == documents


@pytest.mark.parametrize(("value", "second"), [("forgotten", 200), ("kept", 429)])
def test_a_429_is_remembered_as_the_switch_says(app, time, value, second):
    app.turn(idempotency_429=value)
    app.limit(minute=1)
    app.call("GET", "/Currencies")
    refused = app.call("PUT", "/Invoices", invoice(), key="k")
    assert refused.status_code == 429
    time.move(seconds=int(refused.headers["Retry-After"]))
    assert app.call("PUT", "/Invoices", invoice(), key="k").status_code == second


def test_an_ordered_429_is_not_remembered_either(app):
    app.order("PUT", f"{API}/Invoices", "429_minute")
    assert [app.call("PUT", "/Invoices", invoice(), key="k").status_code for _ in range(2)] == [429, 200]


def test_a_dropped_answer_is_given_again(app):
    app.order("PUT", f"{API}/Invoices", "drop_after")
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice(InvoiceNumber="A-1"), key="k")
    assert app.call("PUT", "/Invoices", invoice(InvoiceNumber="A-1"), key="k").status_code == 200
    assert len(app.get("/Invoices")) == 1


def test_another_organisation_is_another_request_only_by_its_own_key(app):
    """The key belongs to the app, not to the organisation: put the tenant into it [BRZ]."""
    first = app.call("PUT", "/Invoices", invoice(), key="k")
    app.connect("TrueBooks Demo (US)")
    assert app.call("PUT", "/Invoices", invoice(), key="k").data == first.data
    assert app.get("/Invoices") == []


def test_payments_and_files_heed_the_key_too(full):
    document = full.save(invoice(Status="AUTHORISED"))
    first = [full.call("PUT", "/Payments", payment(document), key="p").json["Payments"][0] for _ in range(2)]
    assert first[0]["PaymentID"] == first[1]["PaymentID"]
    path = f"{API}/Invoices/{document['InvoiceID']}/Attachments/a.csv"
    sent = {"headers": full.headers(**{"Idempotency-Key": "f"}), "content_type": "text/csv"}
    assert full.client.put(path, data=b"one", **sent).status_code == 200
    assert full.client.put(path, data=b"two", **sent).status_code == 400


@pytest.mark.parametrize(("value", "statuses"), [("waits", [200, 200]), ("refused", [200, 400])])
def test_two_at_once_under_one_key(app, value, statuses):
    app.turn(idempotency_simultaneous=value)
    both, answers, store = threading.Barrier(2), [], app.sandbox.parts.store
    original = type(store).write

    def meeting(self):
        """Both calls are under way before either of them reaches the ledger."""
        if threading.current_thread().name.startswith("caller"):
            threading.current_thread().name = "met"
            both.wait(20)
        return original(self)

    def call() -> None:
        answers.append(XeroApp.call(app, "PUT", "/Invoices", invoice(), key="k"))

    threads = [threading.Thread(target=call, name=f"caller {n}") for n in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store), "write", meeting)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answer.status_code for answer in answers) == statuses
    assert len(app.get("/Invoices")) == 1
