"""The sandbox alone over HTTP: where it listens, how it drops a connection, and several processes on one state."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox.xero import create_sandbox, serve
from sandbox.xero.server import NotLoopback
from sandbox.xero.switches import UnknownSwitch
from tests.sandbox.served import served, start
from tests.sandbox.xero_app import API, XeroApp, invoice


@pytest.fixture
def connected(tmp_path) -> XeroApp:
    """An app connected in this process, to a state that a server will share."""
    return XeroApp(create_sandbox(tmp_path / "state")).connect()


def test_it_answers_with_its_own_address_as_the_issuer(tmp_path):
    with served(tmp_path) as base:
        discovery = requests.get(f"{base}/.well-known/openid-configuration", timeout=10).json()
        assert discovery["issuer"] == base
        assert requests.get(discovery["jwks_uri"], timeout=10).json()["keys"][0]["alg"] == "RS256"


@pytest.mark.parametrize(("fault", "saved"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_is_really_closed(connected, tmp_path, fault, saved):
    with served(tmp_path / "state") as base:
        order = {"method": "PUT", "path": f"{API}/Invoices", "fault": fault}
        requests.post(f"{base}/sandbox/faults", json=order, timeout=10).raise_for_status()
        with pytest.raises(requests.ConnectionError):
            requests.put(f"{base}{API}/Invoices", json=invoice(), headers=connected.headers(), timeout=10)
        answer = requests.get(f"{base}{API}/Invoices", headers=connected.headers(), timeout=10)
        assert len(answer.json()["Invoices"]) == saved


def test_a_server_and_another_process_share_one_state(connected, tmp_path):
    with served(tmp_path / "state", "--set", "voided_numbers=held") as base:
        assert connected.client.get("/sandbox/switches").json["voided_numbers"] == "held"
        connected.save(invoice(InvoiceNumber="A-1"))
        answer = requests.put(
            f"{base}{API}/Invoices", json=invoice(InvoiceNumber="A-1"), headers=connected.headers(), timeout=10
        )
        assert "Invoice # must be unique." in answer.text


def test_of_many_at_once_one_gets_the_number(connected, tmp_path):
    connected.limit(concurrent=50)  # five at once would be the most
    with served(tmp_path / "state") as base:
        def put(place: int) -> int:
            document = invoice(InvoiceNumber="A-1")
            if place % 2:
                return another_thread(connected).call("PUT", "/Invoices", document).status_code
            answer = requests.put(f"{base}{API}/Invoices", json=document, headers=connected.headers(), timeout=60)
            return answer.status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(put, range(16)))
    assert sorted(statuses) == [200] + [400] * 15
    assert len(connected.get("/Invoices")) == 1


def another_thread(app: XeroApp) -> XeroApp:
    """The same app with a client of its own."""
    other = XeroApp(app.sandbox, app.client_id)
    other.tokens, other.tenant = app.tokens, app.tenant
    return other


def test_it_listens_to_this_machine_only_unless_told_otherwise(tmp_path):
    with pytest.raises(NotLoopback, match=r"0\.0\.0\.0"):
        serve(0, tmp_path, host="0.0.0.0")


def test_it_says_so_on_the_command_line_too(tmp_path):
    process = start(tmp_path, "--host", "0.0.0.0")
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "this machine only" in complaint


def test_a_switch_that_does_not_exist_stops_the_start(tmp_path):
    with pytest.raises(UnknownSwitch, match="voided_numbers"):
        serve(0, tmp_path, settings={"voided_numbers": "perhaps"})


def test_what_it_keeps_is_its_owners_alone_and_one_database(tmp_path):
    XeroApp(create_sandbox(tmp_path / "state")).connect()
    assert {path.name for path in (tmp_path / "state").iterdir()} == {"xero.sqlite3", "signing_key.pem"}
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
