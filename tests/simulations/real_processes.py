"""Two real processes with the real scheduler on the same data, time passing quickly, one of them killed now and then.

``bin/simulate real_processes --seconds 60``: the smaller, real sister of ``connection``: nothing is
taken for another process here. Each job run, and each asking for new tokens, holds a lock that a
second one at the same time would run into.
"""

import argparse
import dataclasses
import fcntl
import logging
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import requests

from app import assemble
from models import JobRun, database
from sandbox.xero import create_sandbox
from services import job_runs, jobs, xero_connection, xero_tokens
from services.errors import AppError
from tests.conftest import make_config
from tests.simulations.connection import connect, pieces
from tests.simulations.faulty_line import FaultyLine
from tests.simulations.time_and_processes import START

ROOT = Path(__file__).resolve().parents[2]
SPEED = 600  # ten minutes pass in a second
SPOILED = 1 / 3


class QuickClock:
    """Time that passes ``SPEED`` times as fast, the same in every process."""

    def __init__(self, began: float):
        self._began = began

    def now(self) -> datetime:
        return START + timedelta(seconds=(time.time() - self._began) * SPEED)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / SPEED)


def joined(folder: Path, began: float, spoiled: float):
    """The parts over the sandbox in this process, and its line."""
    clock = QuickClock(began)
    parts = assemble(make_config(folder / "data"), clock)
    sandbox = create_sandbox(folder / "sandbox", now=clock.now, base_url=parts.config.public_url)
    line = FaultyLine(sandbox, clock, random.Random(), spoiled)

    def session() -> requests.Session:
        made = requests.Session()
        made.trust_env = False
        made.adapters.clear()
        made.mount(parts.config.public_url, line)
        return made

    return dataclasses.replace(parts, xero_http=session)


@contextmanager
def witnessed(folder: Path, what: str):
    """Holds the lock of ``what``, and notes it down when somebody else holds it already."""
    with (folder / f"at-{what.replace(' ', '-')}").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with (folder / "violations").open("a") as violations:
                violations.write(f"{what} twice at once\n")
        with (folder / "runs").open("a") as runs:
            runs.write(f"{what}\n")
        yield


def work(folder: Path, began: float) -> None:
    """One process, until it is killed."""
    logging.disable(logging.CRITICAL)
    parts = joined(folder, began, SPOILED)
    really_ask = xero_tokens._ask_for_new

    def watched(job):
        def run(given):
            with witnessed(folder, job.name):
                return job.run(given)

        return dataclasses.replace(job, run=run)

    def asking(given, link):
        with witnessed(folder, "asking for tokens"):
            return really_ask(given, link)

    leases_last = SPEED  # what a lease is there for, computing, passes in real time
    with pieces(
        (jobs, "JOBS", [watched(job) for job in jobs.JOBS]), (jobs, "LOOK_SECONDS", 0.1),
        (job_runs, "LEASE_SECONDS", job_runs.LEASE_SECONDS * leases_last),
        (xero_tokens, "LEASE_SECONDS", xero_tokens.LEASE_SECONDS * leases_last), (xero_tokens, "_ask_for_new", asking),
    ):
        jobs.start(parts)
        for _ in range(3):
            threading.Thread(target=_use_xero, args=(parts,), daemon=True).start()
        print("ready", flush=True)
        threading.Event().wait()


def _use_xero(parts) -> None:
    while True:
        with database.connection_context():
            try:
                xero_connection.client(parts).organisation()
            except AppError:
                pass
        time.sleep(random.uniform(0, 0.5))


def start(folder: Path, began: float) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.simulations.real_processes", "--folder", str(folder), "--began", str(began)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n", "a process did not start"
    return process


def simulate(seconds: float, seed: int) -> dict:
    """What was seen: violations, runs of each job, kills, and how the card stands in the end."""
    chance, kills = random.Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="truebooks-") as name:
        folder, began = Path(name), time.time()
        parts = joined(folder, began, 0)
        with database.connection_context():
            connect(parts)
        processes = [start(folder, began) for _ in range(2)]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.5, 2))  # simulated time passes by itself
            victim = chance.randrange(2)
            processes[victim].send_signal(signal.SIGKILL)
            processes[victim].communicate()
            kills += 1
            processes[victim] = start(folder, began)
        for process in processes:
            process.kill()
            process.communicate()
        violations = (folder / "violations").read_text().splitlines() if (folder / "violations").exists() else []
        runs = (folder / "runs").read_text().splitlines()
        with database.connection_context():
            overdue = [row.name for row in JobRun.select() if parts.clock.now() - row.next_due > timedelta(hours=2)]
            state = xero_connection.card(parts).state
        return {"violations": violations, "runs": {what: runs.count(what) for what in sorted(set(runs))},
                "kills": kills, "state": state, "overdue": overdue}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/simulate real_processes", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--began", type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.folder:
        work(asked.folder, asked.began)
    seen = simulate(asked.seconds, asked.seed)
    print(seen)
    return 1 if seen["violations"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
