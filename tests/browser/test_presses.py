"""What a press feels like: the button says so at once, focus goes on sensibly, nothing is sent twice, menus fold."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Complaints
from tests.browser.test_journey import become_first_admin


@pytest.fixture
def phone(chromium, server, javascript):
    """A telephone's browser, signed in as the first admin; at the end it must have had nothing to complain about."""
    context = chromium.new_context(java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    complaints = Complaints()
    complaints.watch(opened, server.address)
    become_first_admin(opened, server)
    yield opened
    context.close()
    assert complaints == []


def has_focus(locator) -> bool:
    return locator.evaluate("element => element === document.activeElement")


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_a_pressed_button_is_busy_until_the_answer_which_then_has_the_focus(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/components")
    held = []
    page.route("**/components/pressed", lambda route: held.append(route))
    button = page.get_by_role("button", name="Press, and be told")
    button.press("Enter")
    expect(button).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    answer = page.locator("#answer p")
    expect(answer).to_have_text("Posted to Xero as AMZ-TB-10001.")
    expect(button).not_to_have_attribute("aria-busy", "true")
    assert has_focus(answer)


def test_a_press_that_no_answer_comes_to_is_told_in_words(chromium, server):
    page = chromium.new_page()
    become_first_admin(page, server)
    page.goto(f"{server.address}/components")
    page.route("**/components/pressed", lambda route: route.abort())
    button = page.get_by_role("button", name="Press, and be told")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("TrueBooks did not answer.")
    expect(button).to_be_enabled()
    page.close()


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_a_plain_form_is_sent_once_however_often_it_is_pressed(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/settings/account")
    busy, second_was_held_back = page.get_by_role("button", name="Connect Xero").evaluate(
        """button => {
          button.click();
          const again = new SubmitEvent("submit", {bubbles: true, cancelable: true, submitter: button});
          button.form.dispatchEvent(again);
          return [button.getAttribute("aria-busy"), again.defaultPrevented];
        }"""
    )
    assert (busy, second_was_held_back) == ("true", True)
    expect(page.get_by_role("button", name="Allow access")).to_be_visible()


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_a_saved_setting_says_so_in_its_place_and_keeps_the_focus_there(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/settings/account")
    setting = page.locator("form.setting").filter(has_text="Documents are")
    setting.get_by_label("Drafts, for you to approve").check()
    setting.get_by_role("button", name="Save").press("Enter")
    told = setting.get_by_text("Saved. Previews are made with it from now on")
    expect(told).to_be_visible()
    assert has_focus(told)


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_the_bar_of_the_ticked_rows_counts_them_and_leaves_with_the_last(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/components")
    bar, boxes = page.locator("[data-bulk=example]"), page.locator("input[name=example]")
    expect(bar).to_be_hidden()
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(bar).to_contain_text("2 selected")
    boxes.nth(0).uncheck()
    boxes.nth(1).uncheck()
    expect(bar).to_be_hidden()


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_a_stroke_leads_to_the_search_and_is_a_stroke_where_one_types(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/settlements")
    page.get_by_role("button", name="Load sample settlements").click()
    field = page.get_by_role("searchbox", name="Find by id")
    expect(field).to_be_visible()
    page.keyboard.press("/")
    assert has_focus(field)
    expect(field).to_have_value("")
    page.keyboard.press("/")
    expect(field).to_have_value("/")


def test_on_a_phone_the_menu_folds_out_to_every_part(phone, server, javascript):
    menu = phone.locator("details.fold")
    expect(menu.get_by_role("link", name="Jobs")).to_be_hidden()
    menu.get_by_text("Menu").click()
    expect(menu.get_by_role("link", name="Accounts & Taxes")).to_be_visible()
    if javascript:
        menu.get_by_role("link", name="Help").focus()
        phone.keyboard.press("Escape")
        expect(menu.get_by_role("link", name="Jobs")).to_be_hidden()
        assert has_focus(menu.locator("summary"))
        menu.get_by_text("Menu").click()
    menu.get_by_role("link", name="Jobs").click()
    expect(phone.get_by_role("heading", name="Jobs")).to_be_visible()
    phone.locator("details.fold").get_by_text("Menu").click()
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
