"""Two browsers on two servers over one data folder press *Post* on the same settlement at the same moment.

``bin/simulate posting_presses --times 50``: one document each time, both pages say it is posted, and what is
posted is rolled back before its settlement's turn comes again. Chromium is real, and so are the servers; the
sandbox stands alone. Without a browser: ``bin/simulate posting_threads``.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from models import Posting, Settlement
from services import postings, xero_connection
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.sandbox.served import served
from tests.simulations.posting_kills import ACTOR, PASSWORD, free_port, kill, server, workspace

AHEAD_SECONDS = 0.3  # so that both pages have heard before the moment comes
POST = 'form[action$="/posting"] button'
PRESS_AT = "([found, moment]) => {const button = document.querySelector(found); \
setTimeout(() => button.click(), Math.max(0, moment - Date.now()));}"


@contextmanager
def servers(number: int = 2):
    """Their addresses: each a process and a port of its own, all over the data folder of the environment."""
    with ExitStack() as stack:
        yield [stack.enter_context(one_server(f"http://localhost:{free_port()}")) for _ in range(number)]


@contextmanager
def one_server(address: str):
    process = server(PUBLIC_URL=address, PORT=address.rpartition(":")[2])
    try:
        yield address
    finally:
        kill(process)


@contextmanager
def browsers(addresses: list[str]):
    """A page of a browser of its own on each server, signed in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pages = [chromium.new_context().new_page() for _ in addresses]
        for page, address in zip(pages, addresses, strict=True):
            page.set_default_timeout(30_000)
            page.goto(f"{address}/sign-in")
            page.get_by_label("E-mail address").fill(ACTOR.name)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("heading", name="Home").wait_for()
        yield pages
        chromium.close()


def simulate(times: int, say=print) -> list[str]:
    found = []
    with (tempfile.TemporaryDirectory(prefix="truebooks-") as folder, served(Path(folder) / "sandbox") as sandbox,
          workspace(Path(folder), sandbox) as parts, servers() as addresses, browsers(addresses) as pages):
        ids = [row.settlement_id for row in Settlement.select()]
        for number in range(times):
            settlement_id = ids[number % len(ids)]
            if number >= len(ids):
                postings.roll_back(parts, settlement_id, ACTOR)
            wrong = together(parts, list(zip(pages, addresses, strict=True)), settlement_id)
            found += [f"press {number + 1}: {wrong}"] if wrong else []
            say(f"press {number + 1:3}: {wrong or 'one document'}")
    return found


def together(parts, pages: list, settlement_id: str) -> str:
    """Both press at one moment: what is wrong afterwards; empty when nothing is."""
    before = Posting.select().count()
    for page, address in pages:
        page.goto(f"{address}/settlements/{settlement_id}")
        page.locator(POST).wait_for()
    moment = (time.time() + AHEAD_SECONDS) * 1000
    for page, _ in pages:
        page.evaluate(PRESS_AT, [POST, moment])
    for page, _ in pages:
        page.locator(POST).wait_for(state="detached")
    told = [page.get_by_role("button", name="Roll back").count() for page, _ in pages]
    row = Settlement.get(Settlement.settlement_id == settlement_id)
    there = [each.status for each in xero_connection.client(parts).find_documents("invoice", row.key)]
    sends = [posting.sends for posting in Posting.select().where(Posting.settlement == row.id)]
    if there != ["AUTHORISED"] or Posting.select().count() != before + 1 or set(sends) != {1} or 0 in told:
        return f"{there} in Xero, sent {sends} times; {told} pages say it is posted; {row.state} {row.state_reason}"
    return ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/simulate posting_presses", description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    asked = parser.parse_args(arguments)
    found = simulate(asked.times, say=lambda words: print(words, flush=True))
    print(f"{asked.times} times, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
