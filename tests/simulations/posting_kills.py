"""The real server killed with ``kill -9`` while it posts and rolls back many: a minute after restart all is settled.

``bin/simulate posting_kills --kills 200``. The sandbox stands alone, as a server of its own, so that it
outlives every kill. After each restart: every batch is finished within a minute, every settlement has one
active document or none, just as it is said here, and no draft is left.
"""

import argparse
import itertools
import os
import random
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
from services import batches, postings, reference_data, suggested_mappings
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
LONGEST_SECONDS = 2.5  # of work before the kill


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
            World.take_many(parts, [((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(SETTLEMENTS)])
            yield parts
    finally:
        os.environ.clear()
        os.environ.update(before)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def server() -> subprocess.Popen:
    """Started, and listening."""
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True)
    if not process.stdout.readline():
        raise RuntimeError("the server did not start")
    return process


def one_kill(parts: Parts, chance: random.Random) -> str:
    """Presses, lets the server work, kills it, starts it again: what is wrong afterwards; empty when nothing is."""
    ids = [row.settlement_id for row in Settlement.select()]
    posted = Settlement.select().where(Settlement.state == "posted").count()
    batches.begin(parts, batches.ROLL_BACK if posted > len(ids) / 2 else batches.POST, ids, ACTOR)
    first = server()
    time.sleep(chance.uniform(0, LONGEST_SECONDS))  # the work itself is what is waited for
    first.send_signal(signal.SIGKILL)
    first.communicate()
    second = server()
    try:
        return settled() or wrong(parts)
    finally:
        second.terminate()
        second.communicate()


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
    chance, found = random.Random(seed), []
    with (tempfile.TemporaryDirectory(prefix="truebooks-") as folder, served(Path(folder) / "sandbox") as sandbox,
          workspace(Path(folder), sandbox) as parts):
        for number in itertools.islice(itertools.count(1), kills):
            broken = one_kill(parts, chance)
            found += [f"kill {number}: {broken}"] if broken else []
            say(f"kill {number:3}: {broken or 'settled'}")
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/simulate posting_kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    found = simulate(asked.kills, asked.seed, say=lambda words: print(words, flush=True))
    print(f"{asked.kills} kills, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
