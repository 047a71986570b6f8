"""Amazon's rows opened inside the list, and where the focus goes when rows close and the list is sorted."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_journey import become_first_admin


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_rows_open_under_their_line_close_and_open_again_with_the_focus_kept(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/settlements")
    page.get_by_role("button", name="Load sample settlements").click()
    page.get_by_role("link", name="Preview").first.click()
    line = page.get_by_role("link", name="Commission", exact=True)
    for _ in range(2):
        line.press("Enter")
        rows = page.locator(".rows-behind")
        expect(rows).to_be_visible()
        assert rows.bounding_box()["width"] > 0.6 * page.locator("table.ledger").bounding_box()["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440
        rows.get_by_role("link", name="Close").press("Enter")
        expect(rows).to_have_count(0)
        expect(line).to_be_focused()


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_sorting_leaves_the_focus_on_the_column(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/settlements")
    page.get_by_role("button", name="Load sample settlements").click()
    column = page.get_by_role("link", name="Total", exact=True)
    column.press("Enter")
    expect(page.get_by_role("columnheader", name="Total")).to_have_attribute("aria-sort", "descending")
    expect(column).to_be_focused()
