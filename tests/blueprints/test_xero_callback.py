"""Xero's callback opened by somebody who is not signed in here."""

from urllib.parse import urlsplit

from tests.conftest import Browser


def test_what_xero_sent_along_never_stands_in_the_address_of_the_sign_in_page(app, ada):
    visitor = Browser(app)
    asked = visitor.get("/xero/callback?code=a-code&state=a-state")
    assert asked.status_code == 303
    assert "a-code" not in asked.location
    assert "a-state" not in asked.location


def test_after_signing_in_the_callback_is_refused_in_words_and_says_to_connect_again(app, ada):
    visitor = Browser(app)
    asked = urlsplit(visitor.get("/xero/callback?code=a-code&state=a-state").location)
    back = visitor.sign_in(next=asked.query.removeprefix("next=").replace("%2F", "/"))
    assert back.location == "/xero/callback"
    assert visitor.get(back.location).location == "/settings/account"
    assert "press Connect Xero here to start one" in visitor.get("/settings/account").text
