"""An error as a page of its own, as one meets it without JavaScript: it leads back, and to what puts it right."""

import pytest

from tests.conftest import in_words

HERE = "http://localhost:8000"


def refused(browser, referrer: str):
    return browser.post("/settings/workspace", {"name": "next_number", "value": "ten"}, headers={"Referer": referrer})


def test_a_refused_setting_leads_back_to_the_page_it_stands_on(ada):
    answer = refused(ada, f"{HERE}/settings/account")
    assert '<a class="button main" href="/settings/account">Back to where you were</a>' in answer.text


def test_nothing_selected_leads_back_to_the_list_as_it_was_filtered(ada):
    answer = ada.post(
        "/settlements/selection", {"action": "post"}, headers={"Referer": f"{HERE}/settlements?status=ready"})
    assert "No settlement was selected" in in_words(answer)
    assert 'href="/settlements?status=ready">Back to where you were' in answer.text


@pytest.mark.parametrize("referrer", [
    "https://evil.example/settings", f"{HERE}//evil.example/", f"{HERE}/\\evil.example/",
    "javascript:alert(1)", ""])
def test_no_way_back_leads_off_this_site(ada, referrer):
    answer = refused(ada, referrer)
    assert "Back to where you were" not in answer.text
    assert "evil" not in answer.text


def test_an_error_that_sends_to_the_settings_has_the_link_on_the_page_and_in_the_fragment(ada):
    page = ada.get("/mappings/suggestion", headers={"Referer": f"{HERE}/mappings"})
    assert '<a href="/settings/account">Settings → Account</a></p>' in page.text
    assert 'href="/mappings">Back to where you were' in page.text
    fragment = ada.htmx("GET", "/mappings/suggestion", headers={"HX-Current-URL": f"{HERE}/mappings"})
    assert '<a href="/settings/account">Settings → Account</a></p>' in fragment.text


def test_on_the_settings_themselves_an_error_has_no_link_to_them(ada):
    answer = ada.htmx("POST", "/reference-data/sync", headers={"HX-Current-URL": f"{HERE}/settings/account"})
    assert "not connected" in in_words(answer)
    assert 'href="/settings/account">Settings' not in answer.text
