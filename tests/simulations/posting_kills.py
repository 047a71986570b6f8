"""The real server killed with ``kill -9`` while it posts and rolls back many: a minute after restart all is settled.

``bin/simulate posting_kills --kills 200``. The sandbox stands alone, as a server of its own, so that it
outlives every kill; what is wanted is pressed on the server's own page. After each restart: every batch is
finished within a minute, every settlement has one active document or none, just as it is said here, and no
draft is left. ``--chains 4``: so many such pairs of servers side by side, each with its share of the kills.
"""

import argparse
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import requests

from app import assemble
from commands import consent
from models import BatchRow, Posting, Settlement, database
from services import batches, postings, reference_data, suggested_mappings, users
from services.audit import Actor
from services.config import load_config
from services.core import posting_states as states
from services.parts import Parts
from tests.sandbox.served import served
from tests.xero_world import FEE, SALE, World

ROOT = Path(__file__).resolve().parents[2]
ACTOR = Actor("person@example.com")
SETTLEMENTS = 12
WITHIN_SECONDS = 60
LONGEST_SECONDS = 1.5  # of work before the kill
PASSWORD = "correct horse battery staple"


@contextmanager
def workspace(folder: Path, sandbox: str):
    """A connected and mapped workspace with settlements, over the sandbox's address; its environment beside it."""
    settings = {
        "TRUEBOOKS_DATA": str(folder / "data"), "PORT": str(free_port()), "XERO_CLIENT_ID": "KILLS",
        "XERO_CLIENT_SECRET": "secret", "XERO_LOGIN_URL": sandbox, "XERO_IDENTITY_URL": sandbox,
        "XERO_API_URL": sandbox,
    }  # fmt: skip
    settings["PUBLIC_URL"] = f"http://localhost:{settings['PORT']}"
    lifted = {"minute": 1_000_000, "day": 10_000_000}  # Xero's limits have a simulation of their own
    requests.post(f"{sandbox}/sandbox/limits", json=lifted, timeout=10).raise_for_status()
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        parts = assemble(load_config(ROOT))
        with database.connection_context():
            consent.connect(parts, "")
            reference_data.sync(parts, ACTOR)
            suggested_mappings.apply_suggested(parts, ACTOR)
            users.add_user(parts, ACTOR.name, "Ann", PASSWORD, "admin", ACTOR)
            World.take_many(parts, [((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(SETTLEMENTS)])
            yield parts
    finally:
        os.environ.clear()
        os.environ.update(before)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def server(**settings: str) -> subprocess.Popen:
    """Started with these settings above the environment's, and listening."""
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True, env=os.environ | settings)
    if not process.stdout.readline():
        raise RuntimeError("the server did not start")
    return process


class Browser:
    """A person's, signed in; restarts of the server do not sign it out."""

    def __init__(self, address: str):
        self.address, self.http = address, requests.Session()
        self.http.trust_env = False
        self.send("/sign-in", "/sign-in", email=ACTOR.name, password=PASSWORD)

    def send(self, page: str, to: str, **form) -> None:
        """Sends a form of ``page``."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.http.get(self.address + page, timeout=30).text)[1]
        sent = self.http.post(self.address + to, data=form | {"csrf_token": token}, timeout=30,
                              headers={"Origin": self.address}, allow_redirects=False)
        if sent.status_code not in (302, 303):
            raise RuntimeError(f"{to} was answered {sent.status_code}")


def one_kill(parts: Parts, chance: random.Random, browser: Browser, running: subprocess.Popen) -> tuple:
    """Presses, lets the server work, kills it, starts it again: what is wrong afterwards, and the new server."""
    ids = [row.settlement_id for row in Settlement.select()]
    posted = Settlement.select().where(Settlement.state == "posted").count()
    action = batches.ROLL_BACK if posted > len(ids) / 2 else batches.POST
    browser.send("/settlements", "/batches", action=action, settlement=ids)
    time.sleep(chance.uniform(0, LONGEST_SECONDS))  # the work itself is what is waited for
    kill(running)
    running = server()
    return settled() or wrong(parts), running


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def settled() -> str:
    """Waits until nothing is half-way any more; says so when it takes more than a minute."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while batches.unfinished() or Posting.select().where(Posting.state.in_(states.UNSETTLED)).exists():
        if time.monotonic() > deadline:
            left = BatchRow.select().where(BatchRow.outcome == "").count()
            return f"not settled within a minute: {left} rows wait"
        time.sleep(0.2)
    return ""


def wrong(parts: Parts) -> str:
    client = batches.xero_connection.client(parts)
    for row in Settlement.select():
        active = client.find_documents("invoice", row.key)
        posting = postings.active_posting(row)
        expected = [posting.document_id] if posting else []
        if [each.id for each in active] != expected or any(each.status == "DRAFT" for each in active):
            there = [(each.id, each.status) for each in active]
            return f"{row.settlement_id}: {there} in Xero, {expected} here"
    if database.execute_sql("pragma integrity_check").fetchone()[0] != "ok":
        return "the database is damaged"
    return ""


def simulate(kills: int, seed: int, say=print) -> list[str]:
    """One server after the other: each is killed at its work, and the next one settles what it left."""
    chance, found = random.Random(seed), []
    with (tempfile.TemporaryDirectory(prefix="truebooks-") as folder, served(Path(folder) / "sandbox") as sandbox,
          workspace(Path(folder), sandbox) as parts):
        running = server()
        browser = Browser(parts.config.public_url)
        try:
            for number in range(1, kills + 1):
                broken, running = one_kill(parts, chance, browser, running)
                found += [f"kill {number}: {broken}"] if broken else []
                say(f"kill {number:3}: {broken or 'settled'}")
        finally:
            kill(running)
    return found


def side_by_side(chains: int, kills: int, seed: int, say=print) -> list[str]:
    """So many chains in processes of their own: while one waits for its server another works."""
    command = [sys.executable, "-m", "tests.simulations.posting_kills", "--kills", str(kills)]
    running = [subprocess.Popen([*command, "--seed", str(seed + each)], cwd=ROOT, text=True, stdout=subprocess.PIPE)
               for each in range(chains)]
    told = [process.communicate()[0] for process in running]
    for each in told:
        say(each.rstrip())
    return [text for text, process in zip(told, running, strict=True) if process.returncode]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/simulate posting_kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chains", type=int, default=1)
    asked = parser.parse_args(arguments)
    if asked.chains > 1:
        return 1 if side_by_side(asked.chains, asked.kills // asked.chains, asked.seed) else 0
    found = simulate(asked.kills, asked.seed, say=lambda words: print(words, flush=True))
    print(f"{asked.kills} kills, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
