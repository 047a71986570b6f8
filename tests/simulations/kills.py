"""Real processes killed with ``kill -9`` while they connect, refresh, sync or rotate keys: the next start is whole.

``bin/simulate kills --kills 50``. Each process first checks that what the one before it left behind is
whole (the database, every sealed secret, the connection, a sync at once), then works until it is killed.
"""

import argparse
import itertools
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app import assemble
from commands import consent
from models import SyncRun, XeroConnection, database
from services import key_rotation, reference_data, token_vault, xero_connection, xero_farewell, xero_tokens
from services.audit import Actor
from services.clock import SystemClock
from services.errors import NotConnected
from services.parts import Parts
from tests.conftest import make_config

ROOT = Path(__file__).resolve().parents[2]
ACTOR = Actor("simulation")
LONGEST_SECONDS = 0.5  # of work before the kill


def opened(folder: Path) -> Parts:
    keys = folder / "data" / "token_keys"
    keys.parent.mkdir(parents=True, exist_ok=True)
    if not keys.exists():
        keys.write_text("1:" + "ab" * 32)
    parts = assemble(make_config(folder / "data", token_keys_file=keys), SystemClock())
    most = {"minute": 1_000_000, "day": 1_000_000}  # limits are not what is tried here
    parts.xero_http().post(f"{parts.config.xero_api_url}/sandbox/limits", json=most).raise_for_status()
    return parts


# --- what they are killed at ------------------------------------------------------------------


def connect(parts: Parts) -> None:
    try:
        xero_connection.disconnect(parts, ACTOR)
    except NotConnected:
        pass
    consent.connect(parts)


def refresh(parts: Parts) -> None:
    XeroConnection.update(access_expires_at=parts.clock.now()).execute()
    xero_tokens.keep_alive(parts)


def sync(parts: Parts) -> None:
    reference_data.sync(parts, ACTOR)


def rotate(parts: Parts) -> None:
    key_rotation.rotate(parts, ACTOR)


WORK: dict[str, Callable[[Parts], None]] = {"connect": connect, "refresh": refresh, "sync": sync, "rotate": rotate}


# --- what must hold afterwards ----------------------------------------------------------------


def problem(parts: Parts, before: str) -> str:
    """What the process before left broken; empty when it is whole. It is connected afterwards."""
    if database.execute_sql("pragma integrity_check").fetchone()[0] != "ok":
        return "the database is damaged"
    sealed = key_rotation.EVERYTHING_SEALED
    vault = token_vault.of(parts.config)
    for each in sealed:
        for row in each.table.select().where(getattr(each.table, each.column).is_null(False)):
            vault.open(getattr(row, each.column), each.place(row))
    if xero_farewell.finish(parts) and xero_tokens.row().refresh_sealed is not None:  # as the jobs' first look does
        return "a Disconnect that was begun is not ended"
    try:
        refresh(parts)
        xero_connection.client(parts).organisation()
    except NotConnected as error:
        if before != "connect" or xero_connection.card(parts).state != "disconnected":  # it begins with a Disconnect
            return error.message
        connect(parts)
    reference_data.sync(parts, ACTOR)  # at once: nobody's lease is in the way
    if SyncRun.select().where(SyncRun.outcome == "running").exists():
        return "a sync runs for ever"
    return ""


def work(folder: Path, at: str, before: str) -> None:
    """One process: looks at what was left, says so, and works until it is killed."""
    parts = opened(folder)
    with database.connection_context():
        print(json.dumps({"problem": problem(parts, before)}), flush=True)
        while True:
            WORK[at](parts)


def kill(folder: Path, at: str, before: str, after_seconds: float) -> str:
    """Starts a process, lets it work for so long, and kills it; what it found broken at its start."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.simulations.kills", "--at", at, "--before", before, "--folder", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = process.stdout.readline()
    if not said:
        return f"it did not start: {process.communicate()[1][-500:]}"
    time.sleep(after_seconds)  # the work itself is what is waited for
    if process.poll() is not None:
        return f"it ended by itself: {process.communicate()[1][-500:]}"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return json.loads(said)["problem"]


def simulate(kills: int, seed: int, say: Callable[[str], object] = print) -> list[str]:
    """The problems found; ``kills`` of them spread over connect, refresh, sync and rotate."""
    chance, found, before = random.Random(seed), [], "connect"
    with tempfile.TemporaryDirectory(prefix="truebooks-") as folder:
        for number, at in zip(range(kills + 1), itertools.cycle(WORK)):  # the last one's start is looked at too
            broken = kill(Path(folder), at, before, chance.uniform(0, LONGEST_SECONDS))
            if broken:
                found.append(f"start {number + 1}, after a kill at {before}: {broken}")
            say(f"start {number + 1:3}: {broken or 'whole'}; then killed at {at}")
            before = at
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/simulate kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--before", choices=WORK, default="connect", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.at:
        work(asked.folder, asked.at, asked.before)
    found = simulate(asked.kills, asked.seed)
    print(f"{asked.kills} kills, seed {asked.seed}: {len(found)} starts were not whole")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
