"""Amazon's rows opened inside the list, and where the focus goes when rows close and the list is sorted."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_journey import accept_suggested_mapping, become_first_admin, connect_xero
from tests.xero_world import FEE, SALE, settlement_text


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


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_the_bar_says_how_many_of_the_ticked_ones_are_ready_and_what_they_come_to(page, server, tmp_path):
    become_first_admin(page, server)
    connect_xero(page)
    accept_suggested_mapping(page)
    files = [tmp_path / f"{each}.txt" for each in ("first", "second", "short")]
    for number, (file, total) in enumerate(zip(files, ("7679.14", "102.00", "103.00"), strict=True), 1):
        lines = ((SALE, "7679.14"),) if number == 1 else ((SALE, "120.00"), (FEE, "-18.00"))
        file.write_text(settlement_text(*lines, total=total, settlement_id=f"2600000000{number}"))
    page.goto(f"{server.address}/settlements")
    page.get_by_label("Drop settlement files here").set_input_files([str(file) for file in files])
    page.get_by_label("Select all").check()
    expect(page.locator("#selected [role=status] > .scripted")).to_have_text("3 selected, 2 ready: £7,781.14")
    page.get_by_label("Select AMZ-TB-10001").uncheck()
    page.get_by_label("Select AMZ-TB-10002").uncheck()
    expect(page.locator("#selected [role=status] > .scripted")).to_have_text("1 selected")


@pytest.mark.parametrize("javascript", [False], indirect=True)
def test_without_javascript_no_box_offers_to_select_all(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/settlements")
    page.get_by_role("button", name="Load sample settlements").click()
    expect(page.locator("input[name=settlement]").first).to_be_visible()
    expect(page.locator("input[data-selects]")).to_be_hidden()
