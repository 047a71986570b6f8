"""The main job as a new user does it, from the first admin to the repost, with JavaScript and without."""

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD
from tests.xero_world import ADS, FEE, SALE, settlement_text

SETTLEMENT_ID = "26881161592"


def test_from_first_admin_to_repost(page, server, javascript, tmp_path):
    become_first_admin(page, server)
    connect_xero(page)
    sync(page)
    accept_suggested_mapping(page)
    drop_a_file(page, server, tmp_path)
    preview(page, javascript)
    post(page)
    see_it_in_xero(page, "AUTHORISED")
    roll_back(page)
    see_it_in_xero_by_its_list(page, server, "VOIDED")
    post_again_and_repost(page, server, javascript)


def become_first_admin(page, server):
    page.goto(server.address)
    page.get_by_label("One-time code").fill(server.code.lower())
    page.get_by_label("Your name").fill("Ann Example")
    page.get_by_label("E-mail address").fill("ann@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the first admin").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    expect(page.get_by_text("Xero is not connected yet").first).to_be_visible()


def connect_xero(page):
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("button", name="Connect Xero").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Authorisation cancelled")).to_be_visible()
    page.get_by_role("button", name="Connect Xero").click()
    expect(page.get_by_label("Organisation")).to_contain_text("TrueBooks Demo (UK)")
    page.get_by_role("button", name="Allow access").click()
    expect(page.get_by_text("Xero connected successfully")).to_be_visible()
    expect(page.locator("#connection")).to_contain_text("TrueBooks Demo (UK)")


def sync(page):
    page.get_by_role("button", name="Sync from Xero").click()
    expect(page.get_by_text("Nothing changed in Xero since the last sync").first).to_be_visible()


def accept_suggested_mapping(page):
    page.get_by_role("link", name="Accounts & Taxes").click()
    page.get_by_role("link", name="Use suggested mapping").click()
    expect(page.get_by_role("heading", name="Suggested mapping")).to_be_visible()
    page.get_by_role("button", name="Fill these").click()
    expect(page.get_by_role("heading", name="Accounts & Taxes")).to_be_visible()
    expect(page.get_by_text("24 rows filled").or_(page.get_by_text("24 ")).first).to_be_visible()


def drop_a_file(page, server, tmp_path):
    file = tmp_path / "settlement.txt"
    file.write_text(settlement_text((SALE, "1500.00"), (FEE, "-164.80"), (ADS, "-60.00"), settlement_id=SETTLEMENT_ID))
    page.get_by_role("link", name="Settlements").click()
    page.get_by_label("Drop settlement files here").set_input_files(str(file))
    page.get_by_role("button", name="Take in").click()
    expect(page.locator(f"#entry-{SETTLEMENT_ID}")).to_contain_text("Ready")


def preview(page, javascript):
    page.locator(f"#entry-{SETTLEMENT_ID}").get_by_role("link", name="Preview").click()
    place = page.locator(f"#entry-{SETTLEMENT_ID}") if javascript else page.locator("main")  # inline, or on its page
    expect(place).to_contain_text(f"(£1,275.20) TBUK-{SETTLEMENT_ID}")
    expect(place).to_contain_text("AMZ-TB-10001")
    expect(place).to_contain_text("difference", ignore_case=True)
    if javascript:
        assert page.url.endswith("/settlements")


def post(page):
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Posted").first).to_be_visible()
    expect(page.get_by_role("button", name="Roll back", exact=True)).to_be_visible()


def see_it_in_xero(page, status):
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="View in Xero").click()
    xero = opened.value
    expect(xero.locator("body")).to_contain_text("AMZ-TB-10001")
    expect(xero.locator("body")).to_contain_text(f"(£1,275.20) TBUK-{SETTLEMENT_ID}")
    expect(xero.locator("body")).to_contain_text("1,275.20")
    expect(xero.get_by_text(status, exact=False).first).to_be_visible()
    xero.close()


def roll_back(page):
    page.get_by_role("button", name="Roll back", exact=True).click()
    expect(page.get_by_text("Draft").first).to_be_visible()
    expect(page.get_by_role("button", name="Post", exact=True)).to_be_visible()


def see_it_in_xero_by_its_list(page, server, status):
    xero = page.context.new_page()
    xero.goto(server.address + "/sandbox/")
    xero.get_by_role("link", name="TrueBooks Demo (UK)").first.click()
    expect(xero.get_by_role("row").filter(has_text="AMZ-TB-10001").first).to_contain_text(status, ignore_case=True)
    xero.close()


def post_again_and_repost(page, server, javascript):
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Posted to Xero as AMZ-TB-10001").first).to_be_visible()
    page.get_by_role("button", name="Repost", exact=True).click()
    expect(page.get_by_text("Reposted as AMZ-TB-10001").first).to_be_visible()
    xero = page.context.new_page()
    xero.goto(server.address + "/sandbox/")
    xero.get_by_role("link", name="TrueBooks Demo (UK)").first.click()
    rows = xero.get_by_role("row").filter(has_text="AMZ-TB-10001")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="Voided")).to_have_count(2)
    xero.close()
