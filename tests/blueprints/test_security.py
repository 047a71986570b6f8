"""The walls round every page: what a stranger, another site or a guesser gets."""

import re
from io import BytesIO

import pytest

from app import assemble, create_app
from blueprints.context import own_path
from services import users
from services.audit import COMMAND_LINE
from services.upload_limit import UPLOAD_LIMIT_BYTES
from tests.conftest import EMAIL, PASSWORD, Browser, in_words, make_config

PUBLIC = {
    "static", "favicon", "health.healthz", "sign_in.show", "sign_in.sign_in", "sign_in.first_admin",
    "sign_in.make_first_admin",
}
OWN_FORMS = {"sandbox.pass_on"}  # the sandbox's pages bring forms of their own


def routes(app, method: str):
    """(endpoint, address) of every route that takes the method, with something in place of each part."""
    for rule in app.url_map.iter_rules():
        if method in rule.methods:
            yield rule.endpoint, re.sub(r"<[^>]+>", "something", rule.rule)


def test_only_these_pages_are_open_to_strangers(app):
    from blueprints.security import is_public

    with app.app_context():
        assert {rule.endpoint for rule in app.url_map.iter_rules() if is_public(rule.endpoint)} == PUBLIC


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_other_page_leads_a_stranger_to_the_sign_in(app, stranger, method):
    asked = 0
    for endpoint, address in routes(app, method):
        if endpoint in PUBLIC:
            continue
        answer = stranger.client.open(address, method=method, base_url=stranger.base)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), address
        asked += 1
    assert asked > 5


def test_every_write_without_its_token_is_refused(app, ada):
    asked = 0
    for endpoint, address in routes(app, "POST"):
        if endpoint in OWN_FORMS:
            continue
        assert ada.post(address, token="").status_code == 400, address
        asked += 1
    assert asked > 10


def test_no_address_both_shows_and_writes(app):
    for rule in app.url_map.iter_rules():
        assert not {"GET", "POST"} <= rule.methods or rule.endpoint in OWN_FORMS, rule.rule


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
    {"Origin": "null"}, {"Origin": "http://localhost:8001"},
])
def test_a_form_on_another_site_writes_nothing_even_with_a_token(ada, headers):
    answer = ada.post("/sign-out", headers=headers)
    assert answer.status_code == 403
    assert ada.get("/settlements").status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost:8000"}])
def test_our_own_pages_may_write(ada, headers):
    assert ada.post("/sign-out", headers=headers).status_code == 303


@pytest.mark.parametrize("path", [
    "/", "/settlements", "/sign-in", "/nowhere", "/healthz", "/sign-out", "/static/icon.svg",
])
def test_every_answer_carries_the_strict_policy(ada, path):
    headers = ada.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self' http://localhost:8000; base-uri 'none'; frame-ancestors 'none'; object-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "HX-Request" in headers["Vary"]
    assert "Strict-Transport-Security" not in headers


def test_signed_in_pages_are_not_kept_by_caches(ada):
    assert ada.get("/settlements").headers["Cache-Control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(ada):
    for path in ("/settlements", "/mappings", "/settings/account", "/help/posting", "/nowhere"):
        page = ada.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)


@pytest.fixture
def live(tmp_path, clock):
    """TrueBooks with credentials, on an https address, talking to Xero itself."""
    parts = assemble(make_config(
        tmp_path / "live", mode="live", built_in_sandbox=False, public_url="https://books.example.com",
        xero_client_id="AB12", xero_login_url="https://login.xero.com", xero_identity_url="https://identity.xero.com",
        xero_api_url="https://api.xero.com"), clock)
    users.add_user(parts, EMAIL, "Ada", PASSWORD, "admin", COMMAND_LINE)
    return Browser(create_app(parts), "https://books.example.com")


def test_connect_may_lead_to_xero_and_nowhere_else(live):
    policy = live.get("/sign-in").headers["Content-Security-Policy"]
    assert "form-action 'self' https://*.xero.com https://login.xero.com;" in policy


def test_on_https_the_cookie_is_bound_to_the_host(live):
    cookie = live.post("/sign-in", {"email": EMAIL, "password": PASSWORD}, headers={
        "Referer": "https://books.example.com/sign-in"}).headers["Set-Cookie"]
    assert cookie.startswith("__Host-truebooks-")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert live.get("/sign-in").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_live_pages_do_not_speak_of_the_sandbox(live):
    assert "Sandbox" not in in_words(live.get("/sign-in"))


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger):
    cookie = stranger.sign_in().headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # plain http on localhost would lose it


def test_two_workspaces_on_one_machine_have_cookies_of_their_own(app, tmp_path, clock):
    names = {app.config["SESSION_COOKIE_NAME"]}
    for port, folder in ((8000, "other"), (8001, "data")):
        names.add(create_app(assemble(make_config(tmp_path / folder, port=port), clock)).config["SESSION_COOKIE_NAME"])
    assert len(names) == 3


@pytest.mark.parametrize("host", ["http://evil.example", "http://localhost.evil.example", "http://127.0.0.2:8000"])
def test_a_forged_host_is_refused(ada, host):
    answer = ada.client.get("/sign-in", base_url=host)
    assert answer.status_code == 400
    assert "Open http://localhost:8000 instead" in answer.text


@pytest.mark.parametrize("host", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_this_machine_s_own_names_are_taken(ada, host):
    assert ada.client.get("/sign-in", base_url=host).status_code in (200, 303)


@pytest.mark.parametrize("path", ["/settlements", "/settlements/1?preview=yes", "/mappings/SALES", "/help/going-live"])
def test_a_path_of_ours_may_be_returned_to(path):
    assert own_path(path, "/") == path


@pytest.mark.parametrize("path", [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example", "/\n/evil.example", " /settlements", "evil.example", "/settlements\r\nSet-Cookie: a=b",
    "/%5cevil.example/\\", "/settlements\x00", "http:/evil.example", "/ü", "", None, "/" + "a" * 3000,
])
def test_no_other_address_may_be_returned_to(path):
    assert own_path(path, "/") == "/"


def test_what_a_person_does_after_signing_in_stays_on_this_site(stranger):
    assert stranger.sign_in(next="//evil.example").location == "/"


def test_strangers_upload_nothing(stranger):
    upload = BytesIO(b"x" * 1000)
    answer = stranger.client.post(
        "/settlements", base_url=stranger.base, data={"files": (upload, "a.txt")}, buffered=False)
    assert answer.location == "/sign-in"


def test_an_upload_past_the_limit_is_refused_in_words(ada):
    answer = ada.client.post(
        "/settlements", base_url=ada.base, headers={"X-CSRFToken": ada.token()},
        content_type="multipart/form-data; boundary=a",
        environ_overrides={"CONTENT_LENGTH": str(UPLOAD_LIMIT_BYTES + 1)})
    assert answer.status_code == 413
    assert "200 MB" in in_words(answer)


def test_a_fault_of_ours_shows_an_id_and_no_trace(app, ada, monkeypatch, caplog):
    def break_down(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("services.settlement_list.listed", break_down)
    page = in_words(ada.get("/settlements"))
    fault = re.search(r"knows it as ([0-9a-f]{8})", page)[1]
    assert "secret detail" not in page
    assert "RuntimeError" not in page
    assert fault in caplog.text


def test_a_lost_session_sends_htmx_to_the_sign_in_and_back(stranger):
    answer = stranger.htmx("GET", "/settlements/1/preview", headers={"HX-Current-URL": "http://localhost:8000/settlements"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/settlements")


def test_errors_come_as_a_page_or_as_a_fragment_where_they_arose(ada):
    page = ada.get("/settlements/404404")
    assert page.status_code == 404
    assert "<title>" in page.text
    fragment = ada.htmx("GET", "/settlements/404404/preview", headers={"Error-Place": "#entry-1-error"})
    assert fragment.status_code == 404
    assert "<title>" not in fragment.text
    assert "There is no settlement 404404 here" in in_words(fragment)
    assert (fragment.headers["HX-Retarget"], fragment.headers["HX-Reswap"]) == ("#entry-1-error", "innerHTML")


def test_a_forged_place_for_errors_falls_back_to_the_top(ada):
    answer = ada.htmx("GET", "/settlements/1/preview", headers={"Error-Place": "body, #main"})
    assert answer.headers["HX-Retarget"] == "#error"


def test_pages_and_assets_cross_the_wire_compressed(ada):
    for path in ("/settings/account", "/help"):
        answer = ada.get(path, headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["Content-Encoding"] in ("br", "gzip")
        assert len(answer.data) * 2 < len(ada.get(path).data)
