"""Every page of TrueBooks as it looks over a furnished workspace; ``bin/screenshots FOLDER`` takes a picture of each.

A page is a name, an address ({} stands for a settlement's id) and, where something is to be opened first, a press.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, ROOT, Server, start_server
from tests.browser.furnished import EMAIL, PASSWORD

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")


class Shown(NamedTuple):
    """A page of the gallery."""

    name: str
    address: str
    settlement: str = ""  # the status of the settlement that stands for {} in the address
    press: Callable[[Page], None] | None = None
    signed_in: bool = True


def open_preview(page: Page) -> None:
    page.get_by_role("link", name="Preview").first.click()
    page.locator(".panel").first.wait_for()


def open_rows(page: Page) -> None:
    page.locator("a[hx-get*='/rows/']").first.click()
    page.locator(".rows-behind").first.wait_for()


def open_details(page: Page) -> None:
    for summary in page.locator("main details:not([open]) > summary").element_handles():
        if summary.is_visible():
            summary.click()


HELP = ("getting_started", "connecting", "mappings", "importing", "posting", "integrity", "troubleshooting",
        "going_live", "hosting", "accountants")  # fmt: skip
STATUSES = ("ready", "posted", "paid", "changed_in_xero", "draft", "needs_category", "needs_mapping",
            "does_not_add_up", "failed", "unsure", "booked_elsewhere", "nothing_to_post", "corrected", "negative",
            "german")  # fmt: skip
FIRST_STEPS = ("business", "connection", "settlements", "mapping", "preview")
PAGES = (
    Shown("sign-in", "/sign-in", signed_in=False),
    Shown("home", "/"),
    Shown("home-tables", "/", press=open_details),
    *(Shown(f"first-steps-{step}", f"/first-steps/{step}") for step in FIRST_STEPS),
    Shown("settlements", "/settlements"),
    Shown("settlements-filtered", "/settlements?status=needs_mapping"),
    Shown("settlements-none-found", "/settlements?q=nothing+like+this"),
    Shown("settlements-preview", "/settlements?status=ready", press=open_preview),
    *(Shown(f"settlement-{status}", "/settlements/{}", status) for status in STATUSES),
    Shown("settlements-selection", "/settlements/selection?action=roll_back&settlement={}", "posted"),
    Shown("settlement-rows", "/settlements/{}", "posted", press=open_rows),
    Shown("batches", "/batches"),
    Shown("batch", "/batches/1"),
    Shown("mappings", "/mappings"),
    Shown("mapping", "/mappings/SALES"),
    Shown("mappings-suggestion", "/mappings/suggestion"),
    Shown("vat-on-sales", "/vat-on-sales"),
    Shown("line-types", "/line-types"),
    Shown("catalogue", "/catalogue"),
    Shown("account", "/settings/account"),
    Shown("integrity", "/settings/integrity"),
    Shown("jobs", "/settings/jobs"),
    Shown("not-found", "/settlements/123"),
    Shown("components", "/components"),
    Shown("help-search", "/help?q=undo"),
    *(Shown(f"help-{topic}", f"/help/{topic.replace('_', '-')}") for topic in HELP),
)


@dataclass
class Gallery:
    """A running server over a furnished workspace."""

    server: Server
    settlements: dict[str, str]

    def address(self, shown: Shown) -> str:
        return self.server.address + shown.address.format(self.settlements.get(shown.settlement, ""))

    def sign_in(self, page: Page) -> None:
        page.goto(self.server.address + "/sign-in")
        page.get_by_label("E-mail address").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)


@contextmanager
def furnished_gallery(folder: Path) -> Iterator[Gallery]:
    """Furnishes a workspace in a process of its own and serves it."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.furnished", str(folder)], cwd=ROOT, check=True, capture_output=True,
        text=True, env={name: value for name, value in os.environ.items() if not name.startswith("XERO_")})  # fmt: skip
    server = start_server(folder, has_admin=True)
    try:
        yield Gallery(server, json.loads(made.stdout.splitlines()[-1])["settlements"])
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/screenshots", description="Takes a picture of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--at", choices=WIDTHS, action="append", help="desktop, phone (both)")
    parser.add_argument("--in", dest="schemes", choices=SCHEMES, action="append", help="light, dark (both)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with furnished_gallery(Path(data) / "data") as gallery:
            for scheme in asked.schemes or SCHEMES:
                for width in asked.at or WIDTHS:
                    take_pictures(gallery, browser, asked, width, scheme)


def take_pictures(gallery: Gallery, browser, asked, width: str, scheme: str) -> None:
    wide, high = WIDTHS[width]
    context = browser.new_context(viewport={"width": wide, "height": high}, color_scheme=scheme)
    page = context.new_page()
    folder = asked.folder / f"{width}-{scheme}"
    for shown in sorted(PAGES, key=lambda each: each.signed_in):
        if asked.only not in shown.name:
            continue
        if shown.signed_in and not context.cookies():
            gallery.sign_in(page)
        page.goto(gallery.address(shown))
        if shown.press:
            shown.press(page)
        high_enough = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": wide, "height": max(high, high_enough)})  # what sticks, rests in its place
        page.screenshot(path=folder / f"{shown.name}.png")
        page.set_viewport_size({"width": wide, "height": high})
        if shown.signed_in is False:
            context.clear_cookies()
    context.close()
    print(folder)


if __name__ == "__main__":
    main()
