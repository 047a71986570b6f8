"""Settings → Account: connecting, syncing, disconnecting, and the workspace's settings."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from models import Setting, Workspace, XeroConnection
from tests.conftest import Browser, in_words


def account(browser) -> str:
    return in_words(browser.get("/settings/account"))


def to_consent(browser):
    """The consent page's address and its hidden fields."""
    address = browser.post("/xero/connection").location
    return address, dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', browser.get(address).text))


def test_connect_leads_to_xero_with_state_nonce_and_pkce(ada):
    address = urlsplit(ada.post("/xero/connection").location)
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == "http://localhost:8000/identity/connect/authorize"
    assert asked["redirect_uri"] == "http://localhost:8000/xero/callback"
    assert asked["code_challenge_method"] == "S256"
    assert asked["state"]
    assert asked["nonce"]


def test_after_allowing_access_the_card_tells_about_the_connection(ada):
    page = ada.connect()
    assert "Xero connected successfully" in page
    card = account(ada)
    assert "Connected" in card
    assert "TrueBooks Demo (UK)" in card
    assert "by ada@example.com" in card
    assert re.search(r"API calls left today [\d,]+", card)
    assert "Last synced" in card


def test_tokens_never_reach_the_browser(connected):
    from services import xero_tokens

    page = connected.get("/settings/account").text
    token = XeroConnection.get_by_id(1)
    assert token.access_sealed
    assert not re.search(r"eyJ[\w-]{20,}", page)
    assert xero_tokens.row().connection_id not in page


def test_cancelling_at_xero_leaves_nothing_half_open(ada):
    _, hidden = to_consent(ada)
    back = urlsplit(ada.post("/identity/connect/authorize", hidden | {"decision": "cancel"}).location)
    assert ada.get(f"{back.path}?{back.query}").location == "/settings/account"
    card = account(ada)
    assert "Authorisation cancelled" in card
    assert "Not connected" in card


@pytest.mark.parametrize("query", ["", "?state=forged&code=stolen", "?code=stolen", "?error=server_error"])
def test_a_forged_callback_is_refused_in_words(ada, query):
    assert ada.get(f"/xero/callback{query}").location == "/settings/account"
    card = account(ada)
    assert "Nothing was changed" in card
    assert "Not connected" in card


def test_a_callback_in_another_browser_is_refused(app, ada):
    address, hidden = to_consent(ada)
    organisation = re.search(r'<option value="([^"]+)"', ada.get(address).text)[1]
    answer = ada.post("/identity/connect/authorize", hidden | {"organisation": organisation, "decision": "allow"})
    back = urlsplit(answer.location)
    other = Browser(app)
    other.sign_in()
    other.get(f"{back.path}?{back.query}")
    assert "does not belong to a sign-in that was started in this browser" in account(other)


def test_connecting_from_another_name_of_this_machine_says_where_to_go(ada):
    other = Browser(ada.client.application, "http://127.0.0.1:8000")
    other.sign_in()
    answer = other.post("/xero/connection")
    assert answer.status_code == 409
    assert "Open http://localhost:8000" in in_words(answer)


def test_sync_tells_what_it_found_and_keeps_a_history(connected):
    assert connected.post("/reference-data/sync").location == "/settings/account#sync"
    card = account(connected)
    assert "Nothing changed in Xero since the last sync" in card
    assert re.search(r"Earlier syncs .* ada@example\.com", card)


def test_with_htmx_only_the_sync_panel_comes_back(connected):
    answer = connected.htmx("POST", "/reference-data/sync")
    assert re.search(r'<section id="sync"', answer.text)
    assert "<title>" not in answer.text
    assert "Nothing changed in Xero since the last sync" in in_words(answer)


def test_syncing_without_a_connection_says_so(ada):
    answer = ada.post("/reference-data/sync")
    assert answer.status_code == 409
    assert "not connected" in in_words(answer)


def test_disconnect_says_what_stays(connected):
    assert connected.post("/xero/disconnection").location == "/settings/account"
    card = account(connected)
    assert "Documents stay in Xero; history, mappings and settlements stay here." in card
    assert "Not connected" in card


def test_the_page_says_in_plain_words_what_is_asked_for_and_what_never(ada):
    card = account(ada)
    assert "To read and write invoices and credit notes" in card
    assert "Never asked for: bank feeds, payroll, employees." in card


def test_a_choice_of_several_organisations_is_put_to_the_user(ada):
    XeroConnection.insert(id=1, state="choosing", choices=[
        {"tenant_id": "t-1", "tenant_name": "First <Ltd>", "connection_id": "c-1"},
        {"tenant_id": "t-2", "tenant_name": "Second Ltd", "connection_id": "c-2"}]).on_conflict_replace().execute()
    page = ada.get("/settings/account")
    assert "Which one does this workspace post to?" in in_words(page)
    assert 'value="t-2"' in page.text
    assert "First &lt;Ltd&gt;" in page.text
    assert ada.post("/xero/choice", {"tenant_id": "t-3"}).status_code == 409


def test_reconnect_required_shows_its_reason_everywhere(connected):
    XeroConnection.update(state="reconnect_required", reason="Somebody removed TrueBooks in Xero.").execute()
    assert "Reconnect required Somebody removed TrueBooks in Xero." in account(connected)
    assert "Reconnect Xero" in account(connected)
    assert "Xero must be reconnected. Somebody removed" in in_words(connected.get("/settlements"))


def test_a_setting_is_saved_and_says_what_it_changes(ada):
    answer = ada.post("/settings/workspace", {"name": "lines", "value": "category"})
    assert answer.location == "/settings/account#workspace"
    assert "what is posted stays as it is" in account(ada)
    assert Setting.get_by_id("lines").value == "category"
    assert re.search(r'value="category" checked', ada.get("/settings/account").text)


def test_with_htmx_the_settings_come_back(ada):
    answer = ada.htmx("POST", "/settings/workspace", {"name": "next_number", "value": "20001"})
    assert re.search(r'<section id="workspace"', answer.text)
    assert "gets AMZ-TB-20001" in in_words(answer)
    assert Workspace.get_by_id(1).next_number == 20001


def test_a_bad_setting_is_refused_in_words(ada):
    answer = ada.post("/settings/workspace", {"name": "next_number", "value": "ten"})
    assert answer.status_code == 409
    assert "whole number" in in_words(answer)


def test_what_was_refused_is_told_under_the_setting_it_belongs_to(ada):
    page = ada.get("/settings/account").text
    assert 'Error-Place": "#next_number-message"' in page
    assert '<div id="next_number-message">' in page
    place = {"Error-Place": "#next_number-message"}
    answer = ada.htmx("POST", "/settings/workspace", {"name": "next_number", "value": "ten"}, headers=place)
    assert answer.headers["HX-Retarget"] == "#next_number-message"


def test_kinds_and_the_clearing_account_can_be_chosen_each_with_a_word_on_what_it_does(ada):
    page = account(ada)
    for words in ("A manual journal against the clearing account", "A bill, as A2X", "Drafts, for you to approve"):
        assert words in page
    assert 'name="value" value="" aria-label="Clearing account"' in ada.get("/settings/account").text



def test_the_start_date_is_set_and_taken_away(ada):
    ada.post("/settings/workspace", {"name": "start_date", "value": "2026-04-01"})
    assert 'name="value" value="2026-04-01" type="date"' in ada.get("/settings/account").text
    ada.post("/settings/workspace", {"name": "start_date", "value": ""})
    assert 'name="value" value="" type="date"' in ada.get("/settings/account").text


def test_choosing_manual_journals_says_at_once_that_xero_must_be_reconnected_first(connected):
    answer = connected.htmx("POST", "/settings/workspace", {"name": "post_as", "value": "manual_journal"})
    told = in_words(answer)
    assert "Saved. Reconnect Xero first, so that it allows TrueBooks to read and write manual journals" in told
    assert '<button class="button main" form="connect-xero">Reconnect Xero</button>' in answer.text
    assert '<form id="connect-xero"' in connected.get("/settings/account").text
