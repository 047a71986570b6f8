"""Faults on order: the right request fails, as often as ordered, before or after it did its work."""

import pytest

from sandbox.xero import ConnectionDropped
from sandbox.xero.faults import faults
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


def test_a_late_request_reaches_the_ledger_when_the_clock_says_so(app, time):
    app.order("PUT", INVOICES, "late", seconds=600)
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice(InvoiceNumber="A-1"))
    time.move(seconds=599)
    assert app.get("/Invoices") == []
    time.move(seconds=1)
    [arrived] = app.get("/Invoices")
    assert arrived["InvoiceNumber"] == "A-1"
    assert arrived["UpdatedDateUTCString"] == "2026-06-01T12:10:00Z"
    assert len(app.get("/Invoices")) == 1


def test_a_late_request_is_done_when_its_time_came_even_if_nobody_looked(app, time):
    app.order("PUT", INVOICES, "late", seconds=60)
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice(InvoiceNumber="A-1"))
    time.move(minutes=20)
    assert app.get("/Invoices")[0]["UpdatedDateUTCString"] == "2026-06-01T12:01:00Z"


def test_a_late_request_counts_as_sent_while_its_token_was_good(app, time):
    app.order("PUT", INVOICES, "late", seconds=3600)
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice())
    time.move(hours=2)
    app.connect()
    assert len(app.get("/Invoices")) == 1


def test_a_late_request_meets_the_number_taken_meanwhile(app, time):
    app.order("PUT", INVOICES, "late", seconds=60)
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice(InvoiceNumber="A-1"))
    mine = app.save(invoice(InvoiceNumber="A-1"))
    time.move(minutes=2)
    assert [item["InvoiceID"] for item in app.get("/Invoices")] == [mine["InvoiceID"]]


def test_no_token_of_a_late_request_can_be_read_on_the_disk(app):
    for path, sent in (("/connect/token", {"data": {"grant_type": "refresh_token", "refresh_token": "r-secret-1"}}),
                       (INVOICES, {"json": {}, "headers": {"Authorization": "Bearer a-secret-2"}})):
        app.order("POST", path, "late", seconds=60)
        with pytest.raises(ConnectionDropped):
            app.client.post(path, **sent)
    with app.sandbox.parts.store.read() as db:
        kept = "".join(str(tuple(row)) for row in db.execute("SELECT * FROM late_requests"))
    assert kept.count("/connect/token") == 1
    assert "secret-" not in kept


@pytest.mark.parametrize(("method", "path", "said"), [
    ("FOO", INVOICES, "A fault needs a method"), ("GET", "/sandbox/faults", "own pages never fail"),
    ("*", "/sandbox", "own pages never fail")])  # fmt: skip
def test_an_order_that_could_never_strike_is_refused(app, method, path, said):
    answer = app.client.post("/sandbox/faults", json={"method": method, "path": path, "fault": "503"})
    assert answer.status_code == 400
    assert said in answer.json["error"]


def test_what_is_on_its_way_is_shown(app, time):
    app.order("PUT", INVOICES, "late", seconds=60)
    with pytest.raises(ConnectionDropped):
        app.call("PUT", "/Invoices", invoice())
    page = app.client.get("/sandbox/faults", headers={"Accept": "text/html"}).text
    assert "PUT /api.xro/2.0/Invoices, at 1 Jun 2026, 12:01:00 UTC" in page


def test_a_slow_answer_comes_after_the_work_is_done(app, naps):
    app.order("PUT", INVOICES, "slow", seconds=17)
    assert app.call("PUT", "/Invoices", invoice()).status_code == 200
    assert naps == [17]
    app.call("PUT", "/Invoices", invoice())
    assert naps == [17]


@pytest.mark.parametrize(("fault", "retry_after"), [
    ("429_minute", "26"), ("429_day", "81000"), ("429_concurrent", None), ("429_appminute", "26"),
])
def test_limits_can_be_ordered(app, fault, retry_after):
    app.order("PUT", INVOICES, fault)
    answer = app.call("PUT", "/Invoices", invoice())
    assert (answer.status_code, answer.data) == (429, b"")
    assert answer.headers["X-Rate-Limit-Problem"] == fault.removeprefix("429_")
    assert answer.headers.get("Retry-After") == retry_after
    assert "Content-Type" not in answer.headers
    assert app.get("/Invoices") == []


def test_limits_can_be_ordered_of_the_token_endpoint_too(app):
    app.order("POST", "/connect/token", "429_minute", seconds=3)
    answer = app.refresh()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert app.refresh().status_code == 200


def test_a_truncated_answer_breaks_off_once_all_is_done(app):
    app.order("PUT", INVOICES, "truncated")
    answer = app.client.put(INVOICES, json=invoice(), headers=app.headers())
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.text.startswith("{")
    assert not answer.text.rstrip().endswith("}")
    assert len(app.get("/Invoices")) == 1


def test_a_page_may_come_instead_of_the_answer_once_all_is_done(app):
    app.order("PUT", INVOICES, "html")
    answer = app.client.put(INVOICES, json=invoice(), headers=app.headers())
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert len(app.get("/Invoices")) == 1


def test_a_proxy_may_answer_and_nothing_is_done(app):
    app.order("PUT", INVOICES, "502")
    answer = app.client.put(INVOICES, json=invoice(), headers=app.headers())
    assert (answer.status_code, answer.mimetype) == (502, "text/html")
    assert app.get("/Invoices") == []


@pytest.mark.parametrize("path", ["/api.xro/2.0/Accounts", "/connections"])
def test_a_good_token_can_be_taken_for_an_expired_one(app, path):
    app.order("GET", path, "401_expired")
    answer = app.client.get(path, headers=app.headers())
    assert answer.status_code == 401
    assert answer.json["Detail"] == "TokenExpired: token expired at 06/01/2026 12:00:00"
    assert app.client.get(path, headers=app.headers()).status_code == 200


def test_the_organisation_can_be_disconnected_in_mid_run(app):
    app.connect("TrueBooks Demo (US)")
    app.connect("TrueBooks Demo (UK)")
    app.order("PUT", INVOICES, "disconnected")
    assert app.call("PUT", "/Invoices", invoice()).status_code == 403
    assert [item["tenantName"] for item in app.connections()] == ["TrueBooks Demo (US)"]
    assert app.refresh().status_code == 200
    assert app.connect().get("/Invoices") == []


def test_access_can_be_revoked_in_mid_run(app):
    app.order("GET", f"{API}/Accounts", "revoked")
    assert app.call("GET", "/Accounts").status_code == 403
    assert app.connections() == []
    assert app.refresh().json == {"error": "invalid_grant"}


def test_access_can_be_revoked_while_a_token_is_refreshed(app):
    app.order("POST", "/connect/token", "revoked")
    assert app.refresh().json == {"error": "invalid_grant"}
    assert app.connections() == []


def test_a_fault_may_last_until_it_is_cancelled(app):
    app.order("GET", f"{API}/*", "503", times=0)
    assert {app.call("GET", "/Accounts").status_code for _ in range(5)} == {503}
    app.client.delete("/sandbox/faults")
    assert app.call("GET", "/Accounts").status_code == 200


def struck(app, **more) -> list[bool]:
    app.client.delete("/sandbox/faults")
    app.order("GET", f"{API}/Currencies", "503", times=0, **more)
    return [app.call("GET", "/Currencies").status_code == 503 for _ in range(40)]


def test_some_per_cent_fail_the_same_way_for_the_same_seed(app):
    app.limit(minute=1000)
    first = struck(app, percent=30, seed="7")
    assert 4 <= sum(first) <= 20
    assert struck(app, percent=30, seed="7") == first
    assert struck(app, percent=30, seed="8") != first


def test_an_order_that_does_not_strike_leaves_the_next_one_its_turn(app):
    app.order("GET", f"{API}/Currencies", "502", times=0, percent=1, seed="1")
    app.order("GET", f"{API}/Currencies", "503")
    assert app.call("GET", "/Currencies").status_code == 503


def test_every_fault_is_explained_on_its_page(app):
    page = app.client.get("/sandbox/faults", headers={"Accept": "text/html"}).text
    for name, fault in faults().items():
        assert f"<code>{name}</code>" in page
        assert fault["meaning"].replace("'", "&#39;") in page
