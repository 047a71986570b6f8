"""Xero's limits, on the sandbox's clock: so many calls a minute, a day and at once, and an empty 429 beyond."""

import threading

import pytest

from sandbox.xero.accounting.limits import limits
from tests.sandbox.xero_app import API, XeroApp, invoice


def calls(app, count: int) -> list[int]:
    return [app.call("GET", "/Currencies").status_code for _ in range(count)]


def test_sixty_calls_a_minute_and_then_an_empty_429_that_says_when(app, time):
    assert calls(app, 60) == [200] * 60
    refused = app.call("GET", "/Currencies")
    assert (refused.status_code, refused.data, "Content-Type" in refused.headers) == (429, b"", False)
    assert refused.headers["X-Rate-Limit-Problem"] == "minute"
    assert refused.headers["X-MinLimit-Remaining"] == "0"
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 60
    time.move(seconds=wait - 1)
    assert calls(app, 1) == [429]
    time.move(seconds=1)
    assert calls(app, 1) == [200]


def test_what_is_left_is_told_with_each_answer(app):
    app.limit(minute=3)
    left = [app.call("GET", "/Currencies").headers["X-MinLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]


def test_a_refused_call_costs_nothing(app):
    app.limit(minute=1)
    day = app.call("GET", "/Currencies").headers["X-DayLimit-Remaining"]
    assert calls(app, 3) == [429] * 3
    app.limit(minute=60)
    assert int(app.call("GET", "/Currencies").headers["X-DayLimit-Remaining"]) == int(day) - 1


def test_a_rolling_minute_frees_calls_one_by_one(app, time):
    app.turn(minute_window="rolling")
    app.limit(minute=2)
    calls(app, 1)
    time.move(seconds=20)
    calls(app, 1)
    refused = app.call("GET", "/Currencies")
    assert refused.headers["Retry-After"] == "40"
    time.move(seconds=40)
    assert calls(app, 2) == [200, 429]
    time.move(seconds=20)
    assert calls(app, 1) == [200]


def test_a_fixed_minute_frees_them_all_at_once(app, time):
    app.limit(minute=2)
    time.move(seconds=int(fill(app).headers["Retry-After"]))  # now a minute begins
    calls(app, 1)
    time.move(seconds=50)
    calls(app, 1)
    assert fill(app).headers["Retry-After"] == "10"
    time.move(seconds=10)
    assert calls(app, 3) == [200, 200, 429]


def fill(app):
    """Calls until it is refused; gives the refusal."""
    while True:
        answer = app.call("GET", "/Currencies")
        if answer.status_code == 429:
            return answer


def test_the_day_is_used_up_for_hours(app, time):
    app.limit(day=3)
    assert calls(app, 3) == [200] * 3
    refused = app.call("GET", "/Currencies")
    assert (refused.status_code, refused.headers["X-Rate-Limit-Problem"]) == (429, "day")
    assert refused.headers["X-DayLimit-Remaining"] == "0"
    wait = int(refused.headers["Retry-After"])
    assert 60 < wait <= 24 * 3600
    time.move(seconds=wait)
    app.tokens = app.refresh().json
    assert calls(app, 1) == [200]


@pytest.mark.parametrize(("value", "left"), [("1000", "999"), ("5000", "4999")])
def test_how_many_calls_a_day_has(app, value, left):
    app.turn(day_limit=value)
    assert app.call("GET", "/Currencies").headers["X-DayLimit-Remaining"] == left


def test_organisations_and_apps_have_limits_of_their_own(app, sandbox):
    app.limit(minute=1)
    assert calls(app, 2) == [200, 429]
    assert calls(app.connect("TrueBooks Demo (US)"), 1) == [200]
    assert calls(XeroApp(sandbox, "another-app").connect(), 1) == [200]


def test_the_whole_app_has_a_minute_over_all_its_organisations(app):
    app.limit(appminute=2)
    calls(app, 1)
    app.connect("TrueBooks Demo (US)")
    refused = [app.call("GET", "/Currencies") for _ in range(2)][-1]
    assert (refused.status_code, refused.headers["X-Rate-Limit-Problem"]) == (429, "appminute")
    assert int(refused.headers["Retry-After"]) >= 1
    app.turn(appminute_retry_after="left_out")
    assert "Retry-After" not in app.call("GET", "/Currencies").headers


def at_once(app, count: int) -> list:
    """Calls that are all under way at the same moment: each waits in its nap for the others."""
    gate, answers = threading.Barrier(count), []
    app.order("GET", f"{API}/Currencies", "slow", times=count)
    object.__setattr__(app.sandbox.parts, "sleep", lambda seconds: gate.wait(20))

    def call() -> None:
        answers.append(XeroApp.call(app, "GET", "/Currencies"))

    threads = [threading.Thread(target=call) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_five_at_once_and_no_more(app):
    assert {answer.status_code for answer in at_once(app, 5)} == {200}
    answers = at_once(app, 6)
    [refused] = [answer for answer in answers if answer.status_code == 429]
    assert refused.headers["X-Rate-Limit-Problem"] == "concurrent"
    assert "Retry-After" not in refused.headers
    assert calls(app, 1) == [200]


def test_connections_and_tokens_have_no_limit_unless_the_switch_says_so(app):
    app.limit(minute=2)
    assert [app.refresh().status_code for _ in range(3)] == [200] * 3
    app.turn(identity_limit="minute")
    assert [app.refresh().status_code for _ in range(2)] == [200] * 2
    refused = app.client.get("/connections", headers=app.headers())
    assert (refused.status_code, refused.headers["X-Rate-Limit-Problem"]) == (429, "minute")
    assert app.refresh().status_code == 429
    assert calls(app, 1) == [200]


def test_limits_are_shown_and_can_be_set(app):
    assert app.client.get("/sandbox/limits").json["minute"] == 60
    assert app.client.post("/sandbox/limits", json={"minute": 5}).json["minute"] == 5
    page = app.client.get("/sandbox/limits", headers={"Accept": "text/html"}).text
    for name, limit in limits().items():
        assert f"<code>{name}</code>" in page
        assert limit["source"].partition(",")[0] in page
    form = app.client.post("/sandbox/limits", data={"minute": "7", "back": "/sandbox/limits"})
    assert (form.status_code, form.location) == (303, "/sandbox/limits")
    assert app.client.get("/sandbox/limits").json["minute"] == 7


@pytest.mark.parametrize("wrong", [{"nonsense": 1}, {"minute": 0}, {"minute": -1}, {"minute": "many"}, {"minute": 1.5}])
def test_a_limit_that_cannot_be_is_refused(app, wrong):
    answer = app.client.post("/sandbox/limits", json=wrong)
    assert answer.status_code == 400
    assert "“" in answer.json["error"]


@pytest.mark.parametrize(("value", "status"), [("414", 414), ("404", 404)])
def test_a_query_of_too_many_ids_is_refused(app, value, status):
    app.turn(long_query=value)
    one = "0a1b2c3d-0000-4000-8000-000000000001"
    assert app.call("GET", "/Invoices", IDs=",".join([one] * 50)).status_code == 200
    assert app.call("GET", "/Invoices", IDs=",".join([one] * 60)).status_code == status


def test_an_unoptimised_filter_over_too_many_documents_is_refused(app):
    app.call("PUT", "/Invoices", {"Invoices": [invoice(InvoiceNumber=f"A-{n}") for n in range(3)]})
    app.limit(filter=2)
    for where in ('Reference.Contains("x")', 'CurrencyCode=="GBP"', 'Status=="DRAFT" OR Status=="PAID"'):
        refused = app.call("GET", "/Invoices", where=where, page=1)
        assert (refused.status_code, refused.json["Type"]) == (400, "QueryParseException")
    for where in ('InvoiceNumber=="A-1"', 'Type=="ACCREC" AND Date>=DateTime(2026,1,1)',
                  'InvoiceID==guid("0a1b2c3d-0000-4000-8000-000000000001") OR '
                  'InvoiceID==guid("0a1b2c3d-0000-4000-8000-000000000002")'):
        assert app.call("GET", "/Invoices", where=where, page=1).status_code == 200
    assert app.call("GET", "/Invoices").status_code == 400
    assert app.call("GET", "/Invoices", page=1).status_code == 200
    app.limit(filter=3)
    assert app.call("GET", "/Invoices", where='Reference.Contains("x")').status_code == 200
