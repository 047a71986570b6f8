"""Post selected and the integrity tools as a user meets them, with JavaScript and without."""

from playwright.sync_api import expect

from tests.browser.test_journey import accept_suggested_mapping, become_first_admin, connect_xero, sync


def test_ticking_rows_and_posting_them_tells_how_far_it_is_and_ends_in_lists(page, server, javascript):
    become_first_admin(page, server)
    connect_xero(page)
    sync(page)
    accept_suggested_mapping(page)
    page.get_by_role("link", name="Settlements", exact=True).click()
    page.get_by_role("button", name="Load sample settlements").click()
    boxes = page.locator("input[name=settlement]")
    expect(boxes.first).to_be_visible()
    if javascript:
        page.get_by_label("Select all").check()
        expect(boxes.last).to_be_checked()
    else:
        for number in range(boxes.count()):
            boxes.nth(number).check()
    page.get_by_role("button", name="Post selected").click()
    expect(page.get_by_role("heading", name="Batch: post")).to_be_visible()
    finished = page.get_by_text(f"{boxes_of(page)} of {boxes_of(page)} done")
    for _ in range(40):
        if javascript or finished.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(finished).to_be_visible(timeout=30_000)
    expect(page.get_by_role("heading", name="Posted:")).to_be_visible()
    page.goto(f"{server.address}/settings/integrity")
    page.get_by_role("button", name="Scan").click()
    agrees = page.get_by_text("Everything agrees")
    for _ in range(40):
        if javascript or agrees.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(agrees).to_be_visible(timeout=30_000)


def boxes_of(page) -> int:
    return int(page.locator("progress").get_attribute("max"))
