"""Every line understood, as a user sees it: a corrected file, the rows behind a figure, an unknown line type."""

from playwright.sync_api import expect

from tests.browser.test_journey import accept_suggested_mapping, become_first_admin, connect_xero
from tests.xero_world import FEE, SALE, settlement_text

ID = "26881161592"
LEVY = ("other-transaction", "", "other-transaction", "Reserve amount held back longer")


def test_a_corrected_file_its_rows_and_a_new_line_type(page, server, javascript, tmp_path):
    become_first_admin(page, server)
    connect_xero(page)
    accept_suggested_mapping(page)
    drop(page, tmp_path, (SALE, "120.00"), (FEE, "-18.00"))
    drop(page, tmp_path, (SALE, "120.00"), (FEE, "-20.00"), (LEVY, "-5.00"))
    use_the_other_file(page, server)
    give_it_a_category(page, javascript)
    open_the_rows(page, server, javascript)
    search_the_catalogue(page, javascript)


def drop(page, tmp_path, *lines):
    file = tmp_path / "settlement.txt"
    file.write_text(settlement_text(*lines, settlement_id=ID))
    page.get_by_role("link", name="Settlements").first.click()
    page.get_by_label("Drop settlement files here").set_input_files(str(file))
    page.get_by_role("button", name="Take in").click()
    expect(page.locator(".note").first).to_be_visible()


def use_the_other_file(page, server):
    page.goto(f"{server.address}/settlements/{ID}")
    expect(page.get_by_role("heading", name="Another file of this settlement")).to_be_visible()
    page.get_by_role("button", name="Use this file instead").click()
    expect(page.get_by_text("This file counts now")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Settlement total £95.00")
    expect(page.get_by_text("Needs a category").first).to_be_visible()


def give_it_a_category(page, javascript):
    page.get_by_role("link", name="Give it a category").click()
    waiting = page.locator("#needs-a-category")
    expect(waiting).to_contain_text("Suggested: Reserved balances")
    waiting.get_by_label("Category for").select_option(label="Reserved balances")
    waiting.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Classified, here and in every settlement that holds it.")).to_be_visible()


def open_the_rows(page, server, javascript):
    page.goto(f"{server.address}/settlements/{ID}")
    expect(page.get_by_text("Ready").first).to_be_visible()
    page.get_by_role("link", name="Commission", exact=True).click()
    expect(page.locator(".rows-behind")).to_contain_text("1 of Amazon’s rows makes -£20.00")
    assert page.url.endswith(f"/settlements/{ID}") is javascript  # under its line, or a page of its own
    page.get_by_label("Find order, SKU, date or amount").fill("nothing like it")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".rows-behind")).to_contain_text("None of the rows holds “nothing like it”.")
    if javascript:
        page.get_by_role("link", name="Close").click()
        expect(page.locator(".rows-behind")).to_have_count(0)


def search_the_catalogue(page, javascript):
    page.get_by_role("link", name="Accounts & Taxes").first.click()
    page.get_by_role("link", name="Every line type TrueBooks knows").click()
    page.get_by_label("Words").fill("aged inventory")
    if not javascript:
        page.get_by_role("button", name="Search").click()
    expect(page.locator("#entries")).to_contain_text("Aged inventory surcharge")
    expect(page.locator("#entries")).not_to_contain_text("Sponsored ads")
