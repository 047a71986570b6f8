"""The first run as a new user meets it: from the first admin over five steps to the first preview, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Complaints
from tests.browser.test_journey import become_first_admin

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
SCREENS = [("desktop", True), ("phone", True), ("phone", False)]


@pytest.fixture
def page(chromium, server, request):
    """A page of a fresh browser, as wide as its screen; at the end it had nothing to complain about."""
    screen, javascript = request.param
    wide, high = WIDTHS[screen]
    context = chromium.new_context(java_script_enabled=javascript, viewport={"width": wide, "height": high})
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    complaints = Complaints()
    complaints.watch(opened, server.address)
    yield opened
    context.close()
    assert complaints == []


@pytest.mark.parametrize("page", SCREENS, indirect=True, ids=["desktop", "phone", "phone without JavaScript"])
def test_from_the_first_admin_to_the_first_preview(page, server):
    become_first_admin(page, server)
    about_the_business(page)
    connect_xero_and_come_back(page)
    load_samples(page)
    accept_the_mapping(page)
    look_at_the_preview(page)
    see_what_comes_next_at_home(page)


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def about_the_business(page):
    fits(page)
    page.get_by_role("link", name="Begin").click()
    expect(page.get_by_role("heading", name="Your business and its VAT")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Confirm").click()


def connect_xero_and_come_back(page):
    expect(page.get_by_role("heading", name="Connect Xero")).to_be_visible()
    page.get_by_role("button", name="Connect Xero").click()
    page.get_by_role("button", name="Allow access").click()
    expect(page.get_by_text("Xero connected successfully")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="On to: Bring settlements").click()


def load_samples(page):
    expect(page.get_by_role("heading", name="Bring settlements")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Load sample settlements").click()
    expect(page.get_by_text("4 settlements taken in")).to_be_visible()


def accept_the_mapping(page):
    expect(page.get_by_role("heading", name="Accept a suggested mapping")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Fill these 24 categories").click()


def look_at_the_preview(page):
    expect(page.get_by_role("heading", name="Look at the first preview")).to_be_visible()
    expect(page.get_by_text("Nothing stands in the way.")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="See what comes next").click()
    expect(page.get_by_role("heading", name="All five steps are done")).to_be_visible()


def see_what_comes_next_at_home(page):
    page.get_by_role("link", name="← Home").click()
    page.get_by_role("button", name="Thank you, put this away").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    expect(page.get_by_role("heading", name="All five steps are done")).to_have_count(0)
    expect(page.get_by_role("heading", name="Where a pound of sales goes")).to_be_visible()
    expect(page.locator("svg.chart:visible")).to_have_count(4)
    fits(page)


@pytest.mark.parametrize("page", SCREENS[:2], indirect=True, ids=["desktop", "phone"])
def test_pictures_follow_the_choice_without_leaving_the_page(page, server):
    become_first_admin(page, server)
    page.goto(f"{server.address}/first-steps/settlements")
    page.get_by_role("button", name="Load sample settlements").click()
    page.goto(server.address)
    page.get_by_label("Currency").select_option("EUR")
    expect(page.get_by_role("heading", name="Where a euro of sales goes")).to_be_visible()
    assert "currency=EUR" in page.url
    page.reload()
    expect(page.get_by_role("heading", name="Where a euro of sales goes")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Where a pound of sales goes")).to_be_visible()
