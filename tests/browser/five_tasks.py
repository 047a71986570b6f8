"""Five tasks done as somebody new would, and what they cost: presses, fields, words. ``bin/bench tasks`` prints it.

A word counts when it stands in the page's main part and did not stand there before: what is to be read anew.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, PASSWORD, start_server
from tests.browser.gallery import Gallery, furnished_gallery

READ = """() => {
    const unread = document.querySelectorAll("main select, main .unseen");  // a choice shows one of its words
    unread.forEach(each => each.style.visibility = "hidden");
    const text = document.querySelector("main").innerText;
    unread.forEach(each => each.style.visibility = "");
    return text;
}"""


class Cost(NamedTuple):
    """What a task took: clicks (files chosen too), fields filled or chosen, pages or parts seen, words to read."""

    clicks: int
    fields: int
    looks: int
    words: int


class Visitor:
    """Somebody at a page; every press and every new line of text counts."""

    def __init__(self, page: Page):
        self.page = page
        self.clicks = self.fields = self.looks = self.words = 0
        self._before: set[str] = set()

    def see(self) -> None:
        """Reads what is new in the main part of the page."""
        lines = {line.strip() for line in self.page.evaluate(READ).splitlines() if line.strip()}
        self.words += sum(len(line.split()) for line in lines - self._before)
        self.looks += 1
        self._before = lines

    def click(self, what: Locator, then: Locator) -> None:
        what.click()
        self.clicks += 1
        expect(then.first).to_be_visible(timeout=20_000)
        self.see()

    def fill(self, what: Locator, text: str) -> None:
        what.fill(text)
        self.fields += 1

    @property
    def cost(self) -> Cost:
        return Cost(self.clicks, self.fields, self.looks, self.words)


def connect_and_post(visitor: Visitor, address: str, code: str, file: Path) -> None:
    """From the one-time code to the first document in Xero, with a settlement file at hand."""
    page = visitor.page
    page.goto(address)
    visitor.see()
    visitor.fill(page.get_by_label("One-time code"), code)
    visitor.fill(page.get_by_label("Your name"), "Ann Example")
    visitor.fill(page.get_by_label("E-mail address"), "ann@example.com")
    visitor.fill(page.get_by_label("Password"), PASSWORD)
    visitor.click(link_or_button(page, "Make the first admin"), page.get_by_role("heading", name="First steps"))
    visitor.click(link_or_button(page, "Begin"), page.get_by_role("button", name="Confirm"))
    visitor.click(link_or_button(page, "Confirm"), page.get_by_role("button", name="Connect Xero"))
    visitor.click(page.get_by_role("button", name="Connect Xero"), page.get_by_role("button", name="Allow access"))
    visitor.click(link_or_button(page, "Allow access"), page.get_by_text("Xero connected successfully"))
    visitor.click(link_or_button(page, "On to: Bring settlements"), page.get_by_label("Drop settlement files here"))
    page.get_by_label("Drop settlement files here").set_input_files(str(file))  # taken in at once
    visitor.clicks += 1
    expect(page.get_by_role("heading", name="Accept a suggested mapping").first).to_be_visible()
    visitor.see()
    visitor.click(page.get_by_role("button", name="Fill these"), page.get_by_role("heading", name="Look at the first"))
    visitor.click(link_or_button(page, "Open the settlement"), page.get_by_role("button", name="Post", exact=True))
    visitor.click(page.get_by_role("button", name="Post", exact=True), page.get_by_text("Posted").first)


def find_why_it_is_red(visitor: Visitor, gallery: Gallery) -> None:
    """From Home to the reason and the remedy of a settlement that failed."""
    page = begin_at_home(visitor, gallery)
    visitor.click(page.get_by_role("link", name="See why"), page.get_by_text("period that is locked"))


def fix_an_unknown_line(visitor: Visitor, gallery: Gallery) -> None:
    """From Home to a category for a line type that TrueBooks has not met."""
    page = begin_at_home(visitor, gallery)
    visitor.click(page.get_by_role("link", name="Give a category"), page.get_by_text("Space Elevator Fee"))
    row = page.get_by_role("row").filter(has_text="Space Elevator Fee")
    row.get_by_role("combobox").first.select_option(label="Storage fees")
    visitor.fields += 1
    visitor.click(row.get_by_role("button", name="Save").first, page.get_by_text("Classified, here and"))


def roll_back_a_posted_one(visitor: Visitor, gallery: Gallery) -> None:
    """From Home to a posted settlement that is a draft again."""
    page = begin_at_home(visitor, gallery)
    number = page.get_by_role("link", name="AMZ-TB-").first
    visitor.click(number, page.get_by_role("button", name="Roll back"))
    visitor.click(page.get_by_role("button", name="Roll back"), page.get_by_text("Draft"))


def explain_a_figure(visitor: Visitor, gallery: Gallery) -> None:
    """The tax office asks about the commission of a posted document: from Home to Amazon's rows, as a file."""
    page = begin_at_home(visitor, gallery)
    number = page.get_by_role("link", name="AMZ-TB-").first
    visitor.click(number, page.get_by_role("heading", name="Proof of the total"))
    visitor.click(page.get_by_role("link", name="Commission"), page.get_by_role("link", name="CSV").last)
    with page.expect_download():
        page.get_by_role("link", name="CSV").last.click()
    visitor.clicks += 1


TASKS: dict[str, Callable[[Visitor, Gallery], None]] = {
    "find why a settlement is red": find_why_it_is_red,
    "fix an unknown line": fix_an_unknown_line,
    "explain one figure to the tax office": explain_a_figure,
    "roll back a posted one": roll_back_a_posted_one,
}


def begin_at_home(visitor: Visitor, gallery: Gallery) -> Page:
    visitor.page.goto(gallery.server.address + "/")
    visitor.see()
    return visitor.page


def link_or_button(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first


def main() -> None:
    from tests.xero_world import ADS, FEE, SALE, settlement_text

    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        server, file = start_server(Path(folder) / "new"), Path(folder) / "settlement.txt"
        file.write_text(settlement_text((SALE, "1500.00"), (FEE, "-164.80"), (ADS, "-60.00")))
        visitor = Visitor(browser.new_page())
        try:
            connect_and_post(visitor, server.address, server.code, file)
        finally:
            server.stop()
        costs["connect and post"] = visitor.cost
        with furnished_gallery(Path(folder) / "furnished") as gallery:
            for name, task in TASKS.items():
                page = browser.new_page()
                gallery.sign_in(page)
                visitor = Visitor(page)
                task(visitor, gallery)
                costs[name] = visitor.cost
    print("| task | clicks | fields | looks | words |\n|---|---|---|---|---|")
    for name, cost in costs.items():
        print(f"| {name} | {cost.clicks} | {cost.fields} | {cost.looks} | {cost.words} |")


if __name__ == "__main__":
    main()
