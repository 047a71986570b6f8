"""The search over the help, as it is typed and as a plain form."""

from playwright.sync_api import expect

from tests.browser.test_journey import become_first_admin


def test_a_word_leads_to_the_section_that_explains_it(page, server, javascript):
    become_first_admin(page, server)
    page.goto(server.address + "/help/importing")
    field = page.get_by_role("searchbox", name="Search the help")
    field.press_sequentially("undo")
    if not javascript:
        page.get_by_role("button", name="Search").click()
    found = page.locator("#help-found")
    expect(found).to_contain_text("in the help for “undo”")
    expect(found.locator("mark").first).to_be_visible()
    if javascript:
        assert page.url.endswith("/help/importing")
        field.press("Enter")
    expect(page).to_have_url(server.address + "/help?q=undo")
    page.locator("#help-found").get_by_role("link").first.click()
    expect(page).to_have_url(server.address + "/help/posting#roll-back")
    expect(page.get_by_role("heading", name="Roll back: the undo")).to_be_in_viewport()
    page.go_back()
    expect(page.get_by_role("searchbox", name="Search the help")).to_have_value("undo")
