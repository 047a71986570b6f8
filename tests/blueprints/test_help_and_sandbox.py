"""The help pages, the sandbox's own pages behind the sign-in, and the health check."""

import pytest

from app import assemble, create_app
from blueprints.help import TOPICS
from services import users
from services.audit import COMMAND_LINE
from tests.conftest import EMAIL, PASSWORD, Browser, in_words, make_config


@pytest.mark.parametrize(("topic", "title"), TOPICS.items())
def test_every_help_topic_has_its_page(ada, topic, title):
    page = ada.get(f"/help/{topic}")
    assert page.status_code == 200
    assert f"<h1>{title.replace('&', '&amp;')}</h1>" in page.text


def test_help_opens_at_the_beginning(ada):
    page = ada.get("/help").text
    assert page.index("/help/getting-started") < page.index("/help/connecting") < page.index("/help/hosting")


def test_an_unknown_topic_is_not_there(ada):
    assert ada.get("/help/../app").status_code == 404
    assert ada.get("/help/page").status_code == 404


def test_going_live_shows_the_exact_redirect_address(ada):
    assert "<pre>http://localhost:8000/xero/callback</pre>" in ada.get("/help/going-live").text


def test_links_between_pages_lead_somewhere(ada):
    import re

    pages = ["/settlements", "/mappings", "/settings/account", *(f"/help/{topic}" for topic in TOPICS)]
    links = {link for page in pages for link in re.findall(r'href="(/[^"#]*)', ada.get(page).text)}
    assert len(links) > 15
    for link in sorted(links - {"/sandbox/"}):
        answer = ada.get(link)
        assert answer.status_code in (200, 303), link


def test_every_page_says_that_this_is_the_sandbox(ada):
    for path in ("/settlements", "/mappings", "/settings/account", "/help/posting", "/nowhere"):
        assert "Sandbox. Nothing here reaches the real Xero." in in_words(ada.get(path))


def test_the_sandbox_answers_signed_in_users_under_its_own_policy(ada):
    answer = ada.get("/sandbox/switches")
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_the_sandbox_is_never_shown_our_session(ada, parts, monkeypatch):
    seen = []
    sandbox = parts.xero_http.wsgi_app
    inner = type(sandbox).__call__
    monkeypatch.setattr(type(sandbox), "__call__",
                        lambda this, environ, start: seen.append(dict(environ)) or inner(this, environ, start))
    ada.get("/sandbox/switches")
    assert seen
    assert "HTTP_COOKIE" not in seen[0]


def test_xero_s_api_cannot_be_reached_through_the_pages(ada):
    for path in ("/api.xro/2.0/Invoices", "/connections", "/connect/token"):
        assert ada.get(path).status_code == 404


def test_live_there_is_no_sandbox(tmp_path, clock):
    parts = assemble(make_config(tmp_path / "live", mode="live", built_in_sandbox=False, xero_client_id="AB12",
                                 xero_login_url="https://login.xero.com"), clock)
    users.add_user(parts, EMAIL, "Ada", PASSWORD, "admin", COMMAND_LINE)
    browser = Browser(create_app(parts))
    browser.sign_in()
    assert browser.get("/sandbox/").status_code == 404
    assert browser.post("/settlements/samples").status_code == 404
    page = in_words(browser.get("/settlements"))
    assert "Sandbox" not in page
    assert "Load sample settlements" not in page


def test_the_health_check_answers_anybody(stranger):
    assert stranger.get("/healthz").json == {"ok": True}
