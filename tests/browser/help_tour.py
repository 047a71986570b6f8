"""The tour on which the help's pictures are taken: the samples, from connecting to the integrity tools."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser.conftest import ROOT, Server

WIDTH, HEIGHT = 900, 800  # narrow, so that words stay readable in a picture no wider than a page of the help
MARGIN = 8


@dataclass(frozen=True)
class Stop:
    """What a picture shows: the first ``most`` pixels of ``place``; or all in sight from there, sticky parts too."""

    name: str
    place: Locator
    most: int = 420
    in_sight: bool = False


def tour(page: Page, server: Server) -> Iterator[Stop]:
    """Drives the real server through its pages and its command line, and stops where a picture is to be taken."""
    command = _command_line(server)
    open_page = _opener(page, server)
    command("sandbox", "connect")
    open_page("/settings/account")
    yield Stop("connection", page.locator("#connection"), most=470)
    open_page("/mappings/suggestion")
    yield Stop("suggested-mapping", page.locator("section", has_text="Worth a look").last)
    command("mappings", "suggest", "--apply")
    open_page("/settlements")
    page.get_by_role("button", name="Load sample settlements").click()
    page.get_by_text("AMZ-TB-10004").first.wait_for()
    status = {each["status"]: each["settlement_id"] for each in command("settlements", "--json")}
    yield from _before_posting(page, open_page, status)
    october = _ready(command, "Amazon.co.uk")
    open_page(f"/settlements/{october}")
    yield Stop("preview", page.locator("main h1"), in_sight=True)
    link = page.get_by_role("link", name="Commission", exact=True).first.get_attribute("href")
    open_page(link)
    yield Stop("rows-behind", page.locator("main"))
    command("post", october)
    open_page(f"/settlements/{october}")
    yield Stop("posted", page.locator("main h1"), in_sight=True)
    command("mappings", "set", "SELLER_FEES", "429", "INPUT2")
    open_page(f"/settlements/{october}")
    yield Stop("repost", page.locator("table", has_text="What Repost would change"))
    others = [each["settlement_id"] for each in command("settlements", "--json") if each["settlement_id"] != october]
    yield from _after_posting(page, open_page, command, others)


def _before_posting(page: Page, open_page: Callable, status: dict[str, str]) -> Iterator[Stop]:
    open_page("/settlements")
    yield Stop("settlements", page.locator("#settlements"), most=520)
    open_page("/mappings")
    yield Stop("needs-a-category", page.locator("#needs-a-category"))
    open_page(f"/settlements/{status['needs_category']}")
    yield Stop("needs-mapping", page.locator("main h1"), in_sight=True)


def _after_posting(page: Page, open_page: Callable, command: Callable, ids: list[str]) -> Iterator[Stop]:
    command("post", *ids, "--json")
    open_page("/batches")
    page.locator("main a[href^='/batches/']").first.click()
    page.get_by_text("Needs mapping").first.wait_for()
    yield Stop("batch", page.locator("main"), most=800)
    posted = next(each for each in command("settlements", "--json") if each["status"] == "posted")
    open_page(f"/settlements/{posted['settlement_id']}")
    _void_by_hand(page)
    open_page("/settings/integrity")
    page.get_by_role("button", name="Dry run").click()
    page.get_by_text("voided in Xero").first.wait_for()
    yield Stop("integrity", page.locator("#report"))


def _ready(command: Callable, marketplace: str) -> str:
    rows = [each for each in command("settlements", "--json") if each["marketplace"] == marketplace]
    return next(each["settlement_id"] for each in rows if each["status"] == "ready" and each["total"][0] != "-")


def _void_by_hand(page: Page) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="View in Xero").first.click()
    opened.value.get_by_role("button", name="Void by hand").click()
    opened.value.get_by_text("Voided", exact=True).first.wait_for()
    opened.value.close()


def _opener(page: Page, server: Server) -> Callable[[str], None]:
    def open_page(path: str) -> None:
        page.goto(server.address + path)
        page.evaluate("() => document.fonts.ready.then(() => window.scrollTo(0, 0))")

    return open_page


def _command_line(server: Server) -> Callable:
    """Runs a command on the server's own data; what it prints as JSON, where it does."""
    port = server.address.rpartition(":")[2]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XERO_", "PUBLIC_URL"))}
    environment = kept | {"PORT": port, "TRUEBOOKS_DATA": str(server.data)}

    def run(*words: str):
        done = subprocess.run([sys.executable, "-m", "commands", *words], cwd=ROOT, env=environment, text=True,
                              capture_output=True, timeout=100, check=False)  # fmt: skip
        assert done.returncode == 0 or words[0] == "post", done.stderr
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return run


# --- what a stop shows ------------------------------------------------------------------------


def clip(page: Page, stop: Stop) -> dict:
    """The rectangle of the page (CSS pixels, from its top left) that the picture holds."""
    stop.place.wait_for()
    box = stop.place.bounding_box()
    assert box, f"{stop.name}: there is nothing to see"
    if stop.in_sight:
        return {"x": 0, "y": max(0, box["y"] - MARGIN), "width": WIDTH, "height": HEIGHT - max(0, box["y"] - MARGIN)}
    left, top = max(0, box["x"] - MARGIN), max(0, box["y"] - MARGIN + page.evaluate("window.scrollY"))
    width, height = box["width"] + 2 * MARGIN, box["height"] + 2 * MARGIN
    return {"x": left, "y": top, "width": min(WIDTH - left, width), "height": min(stop.most, height)}


def words_within(page: Page, box: dict) -> str:
    """The text that stands within the rectangle, and what fields there hold."""
    return " ".join(page.evaluate(_WORDS_WITHIN, box).split())


_WORDS_WITHIN = """(box) => {
  const top = box.y - window.scrollY, bottom = top + box.height, words = [];
  const within = (at) => at.width > 0 && at.top >= top - 1 && at.bottom <= bottom + 1 && at.right > box.x;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    if (within(range.getBoundingClientRect())) words.push(node.data);
  }
  return words.join("");
}"""


def take(page: Page, box: dict, file: Path, most_bytes: int) -> None:
    """The picture as WebP, as sharp as its size allows."""
    session = page.context.new_cdp_session(page)
    asked = {"format": "webp", "captureBeyondViewport": True, "clip": {**box, "scale": 1}}
    for quality in (80, 70, 60, 50, 40, 30):
        shot = session.send("Page.captureScreenshot", asked | {"quality": quality})
        file.write_bytes(base64.b64decode(shot["data"]))
        if file.stat().st_size <= most_bytes:
            break
    session.detach()
