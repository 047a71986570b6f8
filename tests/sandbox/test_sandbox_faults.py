"""Faults on order: the right request fails, once, before or after it did its work."""

import pytest

from sandbox.xero import ConnectionDropped
from tests.sandbox.xero_app import API, invoice

INVOICES = f"{API}/Invoices"


def test_a_request_dropped_before_does_nothing(app):
    app.order("PUT", INVOICES, "drop_before")
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice())
    assert app.get("/Invoices") == []


def test_a_request_dropped_after_has_done_everything(app):
    app.order("PUT", INVOICES, "drop_after")
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice(InvoiceNumber="A-1"))
    assert [item["InvoiceNumber"] for item in app.get("/Invoices")] == ["A-1"]


@pytest.mark.parametrize(("fault", "saved"), [("500_before", 0), ("500_after", 1)])
def test_an_unhandled_error_before_or_after_saving(app, fault, saved):
    app.order("PUT", INVOICES, fault)
    answer = app.call("PUT", "/Invoices", invoice())
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert answer.text.startswith("An unhandled error with the Xero API occurred.")
    assert len(app.get("/Invoices")) == saved


def test_an_unhandled_error_is_remembered_under_its_key(app):
    app.order("PUT", INVOICES, "500_after")
    for _ in range(2):
        assert app.call("PUT", "/Invoices", invoice(), key="k").status_code == 500
    assert len(app.get("/Invoices")) == 1


def test_maintenance_is_plain_text_and_not_remembered(app):
    app.order("PUT", INVOICES, "503")
    answer = app.call("PUT", "/Invoices", invoice(), key="k")
    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert answer.text == "The Xero API is currently offline for maintenance"
    assert app.call("PUT", "/Invoices", invoice(), key="k").status_code == 200


def test_a_fault_strikes_as_often_as_ordered_and_only_what_it_names(app):
    app.order("PUT", INVOICES, "503", times=2)
    assert app.call("GET", "/Invoices").status_code == 200
    assert app.call("PUT", "/CreditNotes", invoice()).status_code == 400
    statuses = [app.call("PUT", "/Invoices", invoice()).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


def test_a_path_may_hold_a_star(app):
    path = f"/Invoices/{app.save(invoice())['InvoiceID']}"
    app.order("POST", f"{API}/Invoices/*", "500_before")
    assert app.call("POST", path, {"Status": "AUTHORISED"}).status_code == 500
    assert app.get(path)[0]["Status"] == "DRAFT"


def test_signing_in_can_fail_too(app):
    app.order("POST", "/connect/token", "drop_after")
    with pytest.raises(ConnectionDropped):
        app.refresh()
    assert app.refresh().status_code == 200  # within the half hour of grace
    for fault in ("500_before", "500_after"):
        app.order("POST", "/connect/token", fault)
        assert app.refresh().status_code == 500


def test_orders_are_listed_and_can_be_cancelled(app):
    app.order("PUT", INVOICES, "503", times=3)
    assert app.client.get("/sandbox/faults").json == [
        {"method": "PUT", "path": INVOICES, "fault": "503", "times": 3, "seconds": 0, "percent": 100, "seed": ""}
    ]
    assert app.client.delete("/sandbox/faults").json == []
    assert app.call("PUT", "/Invoices", invoice()).status_code == 200


@pytest.mark.parametrize("wrong", [{"fault": "nonsense"}, {"path": "Invoices"}, {"times": -1}, {"times": "x"},
                                   {"percent": 0}, {"percent": 101}, {"seconds": -1}, {"method": ""}])
def test_an_order_that_cannot_be_carried_out_is_refused(app, wrong):
    order = {"method": "PUT", "path": INVOICES, "fault": "503", "times": 1, **wrong}
    assert app.client.post("/sandbox/faults", json=order).status_code == 400
    assert app.client.get("/sandbox/faults").json == []


def test_the_sandboxes_own_pages_never_fail(app):
    app.order("*", "/*", "drop_before")
    assert app.client.get("/sandbox/").status_code == 200
    assert app.client.delete("/sandbox/faults").status_code == 200


def test_the_clock_can_be_moved_and_is_kept(app):
    shown = app.client.post("/sandbox/clock", json={"advance_seconds": 1800}).json
    assert shown == {"now": "2026-06-01T12:30:00+00:00", "offset_seconds": 1800}
    assert app.client.get("/sandbox/clock").json == shown
    assert app.call("GET", "/Organisation").json["Detail"].startswith("TokenExpired")
    assert app.client.post("/sandbox/clock", json={"advance_seconds": "soon"}).status_code == 400
