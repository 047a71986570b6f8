"""Every state of the connection card and every banner about it, in Chromium: its sentence, and a picture of it.

With TRUEBOOKS_SCREENSHOTS=FOLDER the pictures are kept there, with a table of them (connection-states.md).
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sandbox.xero.seed import tenant_id
from tests.browser.conftest import Complaints
from tests.browser.test_journey import become_first_admin

FOLDER = os.environ.get("TRUEBOOKS_SCREENSHOTS", "")
UK, US = "TrueBooks Demo (UK)", "TrueBooks Demo (US)"
STATES = {  # state → what the page says then
    "disconnected": ("Not connected", "TrueBooks is not connected to Xero. You sign in at Xero"),
    "disconnected-banner": ("Xero is not connected yet.", "to post them, connect Xero first"),
    "cancelled": ("Authorisation cancelled. Nothing was changed; press Connect Xero to try again.", "Not connected"),
    "none": ("No Xero organisation found for this Xero user. Create one in Xero", "Not connected"),
    "choosing": ("Choose an organisation", "Which one does this workspace post to?"),
    "connected": ("Xero connected successfully", "Connected", UK, "Reconnect Xero"),
    "refused-other-organisation": (
        f"This workspace belongs to {UK}, and you picked {US}. Nothing was changed.", "Connected"),
    "day-limit": ("Connected, waiting for Xero", "daily limit of calls for this organisation is used up"),
    "reconnect-organisation-gone": ("Reconnect required", f"TrueBooks was disconnected from {UK} at Xero"),
    "reconnect-permission-missing": ("Reconnect required", "lacks a permission (to read accounts, tax rates"),
    "reconnect-grant-invalid": ("Reconnect required", "Xero no longer accepts TrueBooks' sign-in"),
    "reconnect-banner": ("Xero must be reconnected.", "Xero no longer accepts TrueBooks' sign-in"),
    "disconnecting": ("Disconnected. Documents stay in Xero", "Not connected"),
}


class Settings:
    """The account page, and the sandbox behind it."""

    def __init__(self, page, server):
        self.page, self.server, self.shown = page, server, []

    def open(self, address: str = "/settings/account") -> None:
        self.page.goto(self.server.address + address)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def shows(self, state: str) -> None:
        """The page says what belongs to ``state``; a picture is taken."""
        for sentence in STATES[state]:
            expect(self.page.locator("body")).to_contain_text(sentence)
        if FOLDER:
            Path(FOLDER).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(FOLDER) / f"connection-{state}.png")
        self.shown.append(state)

    def sign_in_at_xero(self, *organisations: str, button: str = "Reconnect Xero") -> None:
        """Through the consent page, letting these in; some seconds after whatever was let in before."""
        self.sandbox("clock", advance_seconds=6)
        self.press(button)
        if len(organisations) > 1:
            for organisation in organisations:
                self.page.get_by_label(organisation).check()
        else:
            self.page.get_by_label("Organisation", exact=True).select_option(label=organisations[0])
        self.press("Allow access")

    def sync(self) -> None:
        """Which meets whatever was arranged, and tells it; then the card is looked at."""
        self.press("Sync from Xero")
        expect(self.page.locator("#sync-message")).not_to_be_empty()
        self.open()

    # --- what is arranged at Xero ---------------------------------------------------------

    def sandbox(self, control: str, **order: object) -> None:
        answer = self.page.request.post(
            f"{self.server.address}/sandbox/{control}", data=order, headers={"Origin": self.server.address})
        assert answer.ok, answer.text()

    def spoil_the_tokens(self, *statements: str) -> None:
        """At Xero; the access token that is held here has run out."""
        state = self.server.data / "sandbox" / "xero" / "xero.sqlite3"
        for database, orders in ((state, statements), (self.server.data / "truebooks.db", EXPIRED)):
            with closing(sqlite3.connect(database, timeout=10)) as opened, opened:
                for order in orders:
                    opened.execute(order)


EXPIRED = ("UPDATE xero_connection SET access_expires_at = '2026-01-01 00:00:00'",)
NO_SETTINGS = tuple(
    f"UPDATE {table} SET scopes = replace(scopes, 'accounting.settings.read', '')" for table in ("grants",
                                                                                              "refresh_tokens"))


@pytest.fixture
def settings(chromium, server):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page, complaints = context.new_page(), Complaints()
    page.set_default_timeout(15_000)
    complaints.watch(page, server.address)
    become_first_admin(page, server)
    yield Settings(page, server)
    context.close()
    assert [each for each in complaints if "503" not in each and "409" not in each] == [], "what a refused sync ends in"


def test_every_state_of_the_card_and_every_banner_says_what_it_should(settings):
    before_connecting(settings)
    choosing_and_connected(settings)
    while_connected(settings)
    the_three_causes_of_a_reconnect(settings)
    settings.press("Disconnect")
    settings.shows("disconnecting")
    assert list(STATES) == settings.shown
    write_table(settings)


def before_connecting(settings: Settings) -> None:
    settings.open()
    settings.shows("disconnected")
    settings.open("/settlements")
    settings.shows("disconnected-banner")
    settings.open()
    settings.press("Connect Xero")
    settings.press("Cancel")
    settings.shows("cancelled")
    settings.sign_in_at_xero("No organisation (to try what happens then)", button="Connect Xero")
    settings.shows("none")


def choosing_and_connected(settings: Settings) -> None:
    settings.sandbox("switches", consent_organisations="several")
    settings.sign_in_at_xero(UK, US, button="Connect Xero")
    settings.shows("choosing")
    settings.sandbox("switches", consent_organisations="one")
    settings.page.get_by_label(UK).check()
    settings.press("Use this organisation")
    settings.shows("connected")


def while_connected(settings: Settings) -> None:
    settings.sign_in_at_xero(US)
    settings.shows("refused-other-organisation")
    settings.sandbox("faults", method="GET", path="/api.xro/2.0/Accounts", fault="429_day", times=1)
    settings.sync()
    settings.shows("day-limit")
    settings.sign_in_at_xero(UK)


def the_three_causes_of_a_reconnect(settings: Settings) -> None:
    settings.sandbox(f"{tenant_id('uk')}/disconnection")
    settings.sync()
    settings.shows("reconnect-organisation-gone")
    settings.sign_in_at_xero(UK)
    settings.spoil_the_tokens(*NO_SETTINGS)
    settings.sync()
    settings.shows("reconnect-permission-missing")
    settings.sign_in_at_xero(UK)
    settings.spoil_the_tokens("DELETE FROM refresh_tokens")
    settings.sync()
    settings.shows("reconnect-grant-invalid")
    settings.open("/settlements")
    settings.shows("reconnect-banner")
    settings.open()
    settings.sign_in_at_xero(UK)


def write_table(settings: Settings) -> None:
    if FOLDER:
        rows = (f"| {state} | {' … '.join(STATES[state])} | ![{state}](connection-{state}.png) |" for state in STATES)
        head = "| state | what the page says | picture |\n|---|---|---|\n"
        (Path(FOLDER) / "connection-states.md").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
