"""The connection over many days: two processes, jobs, restarts, and a third of all calls spoiled.

``bin/simulate connection --days 60 --seeds 100``. Held throughout: no job runs twice at once, Xero is
asked for new tokens by one at a time, and *Reconnect required* comes
only where a rotated pair was lost and could not be asked for again within Xero's half hour of grace
(counted apart). What is simulated: services/ as they are, over the sandbox on a simulated clock.
"""

import argparse
import dataclasses
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import requests

from app import assemble
from models import SyncRun, XeroConnection, database
from sandbox.xero import create_sandbox
from services import job_runs, jobs, leases, reference_data, xero_connection, xero_slots, xero_tokens
from services.audit import Actor
from services.errors import AppError
from services.job_runs import Job
from services.parts import Parts
from tests.conftest import make_config
from tests.simulations.faulty_line import FaultyLine, hashed
from tests.simulations.time_and_processes import START, Process, Turns, current_number

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "simulations" / "connection.jsonl"
PROCESSES = 2
SPOILED = 1 / 3
LOOK = timedelta(minutes=5)
PERSON = Actor("person@example.com")
GRACE = timedelta(minutes=30)


class Violation(BaseException):
    """Something happened that must never happen; no handler of an error takes it for one."""


class NoLock:
    """Threads of one process wait on a lock of its own; here every process is one thread."""

    def acquire(self, blocking: bool = True) -> bool:
        return True

    def release(self) -> None:
        pass


class Simulation:
    """One seed's world."""

    def __init__(self, seed: int, folder: Path):
        self.chance = random.Random(seed)
        self.turns = Turns()
        config = make_config(folder / "data")
        joined = assemble(config, self.turns)
        database.execute_sql("pragma synchronous = off")  # the disk is not what is simulated
        sandbox = create_sandbox(folder / "sandbox", now=self.turns.now, base_url=config.public_url)
        self.line = FaultyLine(sandbox, self.turns, self.chance, 0)
        self.parts = dataclasses.replace(joined, xero_http=self._session)
        self.counts: Counter[str] = Counter()
        self.running: dict[str, int] = {}  # job → process
        self.refreshing: int | None = None
        self.calling: list[int] = []  # process of each call under way
        self.dead: set[int] = set()
        self.jobs = [self._watched(job) for job in jobs.JOBS[:2]]

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.adapters.clear()
        session.mount(self.parts.config.public_url, self.line)
        return session

    # --- what is watched ------------------------------------------------------------------

    def _watched(self, job: Job) -> Job:
        def run(parts: Parts) -> object:
            if job.name in self.running:
                raise Violation(f"{job.name} runs twice at once")
            self.running[job.name] = current_number()
            self.counts[job.name] += 1
            try:
                return job.run(parts)
            finally:
                self.running.pop(job.name, None)

        return dataclasses.replace(job, run=run)

    def use_xero(self) -> None:
        """Somebody who needs Xero just then, as a post does."""
        self.counts["uses"] += 1
        with database.connection_context():
            try:
                xero_connection.client(self.parts).organisation()
            except AppError:
                self.counts["uses that failed"] += 1

    @contextmanager
    def patched(self):
        """What tells processes apart is simulated; everything else is as it is."""
        with pieces(
            (xero_tokens, "_refreshing", NoLock()), (leases, "mark", lambda: f"process/{current_number()}/1"),
            (leases, "is_gone", lambda owner: int(owner.split("/")[1]) in self.dead),
            (leases, "kept", self._kept), (reference_data, "kept", self._kept),
            (xero_slots, "one_of_four", self._slot), (xero_tokens, "_ask_for_new", self._asking),
        ):
            yield

    @contextmanager
    def _kept(self, name, clock, seconds):
        """A lease that is renewed lasts as long as its process; how it is renewed is tested by itself."""
        with leases.held(name, clock, 30 * 24 * 3600) as owner:
            yield owner

    @contextmanager
    def _slot(self, folder, sleep):
        while len(self.calling) >= xero_slots.PLACES:
            sleep(xero_slots.STEP_SECONDS)
        self.calling.append(current_number())
        try:
            yield
        finally:
            self.calling.remove(current_number())

    def _asking(self, parts, link):
        if self.refreshing is not None:
            raise Violation("two ask for new tokens at once")
        self.refreshing = current_number()
        self.counts["refreshes"] += 1
        try:
            return _really_ask(parts, link)
        finally:
            self.refreshing = None

    # --- what happens ---------------------------------------------------------------------

    def process(self) -> None:
        """A process from its start to its end: looks at every job, and again after a while."""
        while True:
            for job in self.jobs:
                job_runs.run_if_due(self.parts, job)
            if self.chance.random() < 0.2:
                self.use_xero()
            self.turns.sleep(LOOK.total_seconds() * self.chance.uniform(0.5, 1.5))

    def kill(self, process: Process) -> None:
        """As kill -9: what it was at is left where it stood, and it comes back after a while."""
        self.counts["kills"] += 1
        self.turns.kill(process)
        self.dead.add(process.number)
        self.running = {job: number for job, number in self.running.items() if number != process.number}
        self.calling = [number for number in self.calling if number != process.number]
        if self.refreshing == process.number:
            self.refreshing = None
        away = self.chance.choice([timedelta(seconds=5)] * 6 + [timedelta(minutes=20)] * 3 + [timedelta(hours=9)])
        if process.body == self.process:
            self.turns.start(self.process, away)

    def reconnect(self) -> None:
        """A person reads the card and connects again; the line is good just then."""
        spoiled, self.line.spoiled = self.line.spoiled, 0
        self._judge_the_loss()
        connect(self.parts)
        self.line.spoiled = spoiled

    def _judge_the_loss(self) -> None:
        link = XeroConnection.get_by_id(1)
        taken = self.line.refreshed.get(hashed(xero_tokens.refresh_token(self.parts, link)), [])
        if not taken:
            raise Violation(f"Reconnect required, though Xero never took the token that is kept: {link.reason}")
        if self.turns.now() - taken[0] < GRACE:
            raise Violation(f"Reconnect required within the grace: {link.reason}")
        self.counts["lost pairs"] += 1

    def run(self, days: float) -> None:
        connect(self.parts)
        self.line.spoiled = SPOILED
        for _ in range(PROCESSES):
            self.turns.start(self.process)
        while self.turns.now() < START + timedelta(days=days):
            moved = self.turns.go_on()
            if moved.is_alive_here and self.chance.random() < (0.02 if self.refreshing == moved.number else 0.0008):
                self.kill(moved)
            if self.chance.random() < 0.0005:  # commands from several terminals
                for _ in range(3):
                    self.turns.start(self.use_xero)
            if xero_tokens.row().state == xero_tokens.RECONNECT and not self.running:
                self.reconnect()
        self._in_the_end()

    def _in_the_end(self) -> None:
        """The line gets well: within an hour the connection works and the data is fresh."""
        self.line.spoiled = 0
        until = self.turns.now() + timedelta(days=1, hours=1)
        while self.turns.now() < until:
            self.turns.go_on()
            if xero_tokens.row().state == xero_tokens.RECONNECT and not self.running:
                self.reconnect()
        if not xero_connection.card(self.parts).is_connected:
            raise Violation("the connection did not come back by itself")
        xero_connection.client(self.parts).organisation()
        latest = SyncRun.select().where(SyncRun.outcome == "done").order_by(SyncRun.id.desc()).first()
        if self.turns.now() - latest.started_at > timedelta(days=1, hours=1):
            raise Violation("the daily sync did not come back by itself")


_really_ask = xero_tokens._ask_for_new


@contextmanager
def pieces(*those):
    """Puts each (module, name, stand-in) in its place for the block."""
    before = [(module, name, getattr(module, name)) for module, name, _ in those]
    for module, name, stand_in in those:
        setattr(module, name, stand_in)
    try:
        yield
    finally:
        for module, name, real in before:
            setattr(module, name, real)


def connect(parts: Parts) -> None:
    """Through the sandbox's consent page."""
    from commands import consent

    for _ in range(20):
        try:
            consent.connect(parts)
            return
        except AppError:
            parts.clock.sleep(60)
    raise Violation("a person could not connect")


def simulate(seed: int, days: float) -> dict:
    """One seed in this process; afterwards the process is full of sleeping threads and should end."""
    logging.disable(logging.CRITICAL)
    started = time.perf_counter()
    shared_memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="truebooks-", dir=shared_memory) as folder:
        world, violation = Simulation(seed, Path(folder)), ""
        try:
            with world.patched(), database.connection_context():
                world.run(days)
                syncs = SyncRun.select().where(SyncRun.outcome == "done").count()
        except Violation as error:
            violation, syncs = f"{error} (at {world.turns.now()})", 0
        return {
            "seed": seed, "days": days, "violation": violation, "calls": world.line.calls,
            "faults": sum(world.line.met.values()), "good_syncs": syncs, **world.counts,
            "seconds": round(time.perf_counter() - started, 1)}


def in_a_process_of_its_own(seed: int, days: float) -> dict:
    command = [sys.executable, "-m", "tests.simulations.connection", "--seed", str(seed), "--days", str(days)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3600, check=False)
    if done.returncode:
        return {"seed": seed, "days": days, "violation": f"it broke: {done.stderr[-300:]}"}
    return json.loads(done.stdout.splitlines()[-1])


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    if asked.seed is not None:
        print(json.dumps(simulate(asked.seed, asked.days)), flush=True)
        os._exit(0)  # the processes that were killed sleep on in threads
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    known = [json.loads(line) for line in RESULTS.read_text().splitlines()] if asked.resume and RESULTS.exists() else []
    done = {(each["seed"], each["days"]) for each in known}
    failed = 0
    with RESULTS.open("a" if asked.resume else "w") as results:
        for seed in range(asked.first, asked.first + asked.seeds):
            if (seed, asked.days) in done:
                continue
            outcome = in_a_process_of_its_own(seed, asked.days)
            failed += bool(outcome["violation"])
            results.write(json.dumps(outcome) + "\n")
            results.flush()
            print(json.dumps(outcome), flush=True)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/simulate connection", description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=float, default=60)
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="this one alone, in this process")
    parser.add_argument("--resume", action="store_true", help="leave out the seeds that are done")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
