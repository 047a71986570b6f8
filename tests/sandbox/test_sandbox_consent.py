"""The consent page: who is let through to it, what it shows, and what comes back."""

import re

import pytest

from sandbox.xero import create_sandbox
from tests.sandbox.xero_app import REDIRECT, XeroApp, authorisation


def ask(app: XeroApp, **changes: str):
    return app.client.get("/identity/connect/authorize", query_string=authorisation(**changes))


def test_it_names_the_app_the_organisations_and_the_scopes_in_plain_words(stranger):
    page = ask(stranger, client_id="Robin's books").text
    assert "Robin&#39;s books asks for access" in page
    assert "Sandbox, not Xero" in page
    for words in ("TrueBooks Demo (UK)", "TrueBooks Demo (US)", "TrueBooks Demo (not registered)",
                  "read and write invoices, bills and credit notes", "stay connected while you are away"):
        assert words in page
    assert "accounting.invoices" not in re.sub(r"<input[^>]*>", "", page)


def test_allowing_gives_a_code_and_the_state_back(stranger):
    back = stranger.consent()
    assert back["state"] == "a state"
    assert len(back["code"]) > 20


def test_cancelling_gives_access_denied_and_connects_nothing(stranger, app):
    back = XeroApp(stranger.sandbox, "another-app").consent(decision="cancel")
    assert back == {"error": "access_denied", "state": "a state"}
    assert len(app.connections()) == 1


def test_a_user_without_an_organisation_connects_none(stranger):
    stranger.tokens = stranger.redeem(stranger.consent("No organisation")["code"]).json
    assert stranger.connections() == []


def test_a_query_in_the_redirect_address_is_kept(stranger):
    uri = "https://books.example/callback?tenant=7"
    form = {**authorisation(redirect_uri=uri), "decision": "cancel"}
    assert stranger.client.post("/identity/connect/authorize", data=form).location == (
        "https://books.example/callback?tenant=7&error=access_denied&state=a+state"
    )


@pytest.mark.parametrize("uri", [
    "https://books.example/callback", "http://localhost:8000/xero/callback", "http://localhost/",
])
def test_it_takes_https_and_localhost(stranger, uri):
    assert ask(stranger, redirect_uri=uri).status_code == 200


@pytest.mark.parametrize("uri", [
    "", "http://127.0.0.1:8000/xero/callback", "http://books.example/callback", "http://192.168.0.7/callback",
    "https://*.books.example/", "https://books.example/#top", "javascript:alert(1)",
    "https://user@books.example/", "https://books.example;script-src *;/callback", "https://books.example\n/", "http://localhost:99999/",
])
def test_other_redirect_addresses_get_an_error_page_and_no_redirect(stranger, uri):
    answer = ask(stranger, redirect_uri=uri)
    assert (answer.status_code, answer.location) == (400, None)
    assert "invalid_redirect_uri" in answer.text


@pytest.mark.parametrize(("scope", "named"), [
    ("openid accounting.transactions", "accounting.transactions"),
    ("accounting.reports.read", "accounting.reports.read"),
    ("openid nonsense", "nonsense"),
    ("", "Invalid scope for client."),
])
def test_broad_and_unknown_scopes_get_an_error_page(stranger, scope, named):
    answer = ask(stranger, scope=scope)
    assert answer.status_code == 400
    assert "invalid_scope" in answer.text
    assert named in answer.text


def test_a_client_id_is_needed(stranger):
    assert "unauthorized_client" in ask(stranger, client_id="").text


def test_a_sandbox_of_one_app_lets_no_other_in(tmp_path):
    only = XeroApp(create_sandbox(tmp_path, client_id="the-app", client_secret="s3cret"))
    assert "unauthorized_client" in ask(only).text
    assert ask(only, client_id="the-app").status_code == 200


@pytest.mark.parametrize("changes", [
    {"code_challenge_method": "plain"}, {"code_challenge_method": ""}, {"code_challenge": "short"},
    {"response_type": "token"},
])
def test_a_challenge_must_be_s256_and_the_answer_a_code(stranger, changes):
    assert ask(stranger, **changes).status_code == 400


def test_the_page_runs_no_script_and_lets_its_form_lead_back_to_the_app(stranger):
    policy = ask(stranger).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert policy.endswith("form-action 'self' http://localhost:8000")


def test_hostile_words_are_shown_as_text(stranger):
    page = ask(stranger, client_id="<script>alert(1)</script>", state='"><img src=x>').text
    assert "<script>" not in page
    assert "<img" not in page


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
])
def test_another_site_cannot_press_the_button(stranger, headers):
    form = {**authorisation(), "decision": "allow", "organisation": "none"}
    assert stranger.client.post("/identity/connect/authorize", data=form, headers=headers).status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert stranger.client.post("/identity/connect/authorize", data=form, headers=own).location.startswith(REDIRECT)


def test_an_organisation_nobody_knows_is_not_connected(stranger):
    form = {**authorisation(), "decision": "allow", "organisation": "somewhere else"}
    assert stranger.client.post("/identity/connect/authorize", data=form).status_code == 400
