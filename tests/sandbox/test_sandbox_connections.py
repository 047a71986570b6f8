"""GET and DELETE /connections, and what a call needs: organisation, scope, format."""

import pytest

from sandbox.xero.seed import tenant_id
from tests.sandbox.xero_app import API, XeroApp, invoice


def test_a_connection_names_its_organisation(app):
    [connection] = app.connections()
    assert connection["tenantName"] == "TrueBooks Demo (UK)"
    assert connection["tenantId"] == tenant_id("uk") == app.get("/Organisation")[0]["OrganisationID"]
    assert connection["tenantType"] == "ORGANISATION"
    assert connection["createdDateUtc"] == "2026-06-01T12:00:00.0000000"


def test_one_consent_connects_one_organisation_and_the_list_holds_all(app):
    app.connect("TrueBooks Demo (US)")
    assert [item["tenantName"] for item in app.connections()] == ["TrueBooks Demo (UK)", "TrueBooks Demo (US)"]


def test_the_list_can_be_filtered_by_the_event_of_the_consent(app):
    first = app.connections()[0]["authEventId"]
    app.connect("TrueBooks Demo (US)")
    assert [item["tenantName"] for item in app.connections(authEventId=first)] == ["TrueBooks Demo (UK)"]


def test_an_organisation_connected_already_keeps_its_first_event(app, time):
    before = app.connections()
    time.move(days=1)
    app.connect()
    after = app.connections()
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert after[0]["authEventId"] == before[0]["authEventId"]
    assert after[0]["updatedDateUtc"] > before[0]["updatedDateUtc"]


def test_disconnecting_one_organisation_leaves_the_other(app):
    app.connect("TrueBooks Demo (US)")
    uk, us = app.connections()
    assert app.client.delete(f"/connections/{uk['id']}", headers=app.headers()).status_code == 204
    assert app.connections() == [us]
    app.tenant = uk["tenantId"]
    refused = app.call("GET", "/Organisation")
    assert (refused.status_code, refused.json["Title"], refused.json["Detail"]) == (
        403, "Forbidden", "AuthenticationUnsuccessful",
    )
    app.tenant = us["tenantId"]
    assert app.call("GET", "/Organisation").status_code == 200


def test_disconnecting_needs_the_connections_own_id(app, sandbox):
    assert app.client.delete(f"/connections/{app.tenant}", headers=app.headers()).status_code == 404
    other = XeroApp(sandbox, "another-app").connect()
    theirs = other.connections()[0]["id"]
    assert app.client.delete(f"/connections/{theirs}", headers=app.headers()).status_code == 404
    assert len(other.connections()) == 1


@pytest.mark.parametrize("tenant", ["", "00000000-0000-0000-0000-000000000000", tenant_id("us")])
def test_an_organisation_that_is_not_connected_is_forbidden(app, tenant):
    app.tenant = tenant
    assert app.call("GET", "/Accounts").status_code == 403


def test_the_header_may_be_written_in_capitals(app):
    app.tenant = app.tenant.upper()
    assert app.call("GET", "/Accounts").status_code == 200


@pytest.mark.parametrize(("scope", "method", "path", "status"), [
    ("accounting.settings.read", "GET", "/Accounts", 200),
    ("accounting.settings", "GET", "/TaxRates", 200),
    ("accounting.settings.read", "GET", "/Invoices", 401),
    ("accounting.invoices.read", "GET", "/Invoices", 200),
    ("accounting.invoices.read", "GET", "/CreditNotes", 200),
    ("accounting.invoices.read", "PUT", "/Invoices", 401),
    ("accounting.invoices", "PUT", "/Invoices", 200),
    ("accounting.invoices", "GET", "/Contacts", 401),
    ("accounting.contacts.read", "GET", "/Contacts", 200),
    ("accounting.contacts.read", "PUT", "/Contacts", 401),
])
def test_each_call_needs_its_scope(stranger, scope, method, path, status):
    stranger.connect(scope=scope)
    body = invoice() if method == "PUT" else None
    answer = stranger.call(method, path, body)
    assert answer.status_code == status
    missing = answer.headers.get("WWW-Authenticate") == 'Bearer error="insufficient_scope"'
    assert missing == (status == 401)


@pytest.mark.parametrize("accept", ["", "*/*", "application/xml"])
def test_xml_is_refused_politely(app, accept):
    answer = app.client.get(f"{API}/Accounts", headers=app.headers(Accept=accept))
    assert answer.status_code == 406
    assert "Send Accept: application/json" in answer.text


def test_a_call_that_is_not_played_says_so(app):
    answer = app.client.get(f"{API}/BankTransactions", headers=app.headers())
    assert (answer.status_code, answer.json["ErrorNumber"]) == (501, 20)


def test_answers_carry_their_id_and_what_is_left_of_the_limits(app, time):
    first, second = app.call("GET", "/Accounts"), app.call("GET", "/Accounts")
    assert first.headers["Xero-Correlation-Id"] == first.json["Id"] != second.json["Id"]
    for header in ("X-DayLimit-Remaining", "X-MinLimit-Remaining", "X-AppMinLimit-Remaining"):
        assert int(first.headers[header]) == int(second.headers[header]) + 1
    time.move(minutes=1)
    later = app.call("GET", "/Accounts").headers
    assert int(later["X-MinLimit-Remaining"]) == int(first.headers["X-MinLimit-Remaining"])
    assert int(later["X-DayLimit-Remaining"]) == int(second.headers["X-DayLimit-Remaining"]) - 1
    assert "X-DayLimit-Remaining" not in app.client.get("/connections", headers=app.headers()).headers
