"""What stands on paper: in sandbox mode each sheet says so."""

from playwright.sync_api import expect


def test_a_printed_page_still_says_that_it_is_the_sandbox(page, server):
    page.goto(server.address)
    page.emulate_media(media="print")
    expect(page.get_by_text("Nothing here reaches the real Xero.")).to_be_visible()
