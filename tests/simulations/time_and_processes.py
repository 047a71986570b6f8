"""Simulated time, and processes that take turns in it: the same seed gives the same run.

Each process is a thread, but only one moves at a time: whoever waits (for an answer, for a lease)
hands over to the one that is to wake first. A killed process is simply never woken again, wherever
it stood: what it had not stored is lost, as after ``kill -9``.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class Process(threading.Thread):
    """One process of TrueBooks; ``number`` tells it from those before it, which were killed."""

    def __init__(self, turns: "Turns", number: int, body: Callable[[], None]):
        super().__init__(daemon=True, name=f"process {number}")
        self.number = number
        self.wakes_at = turns.now()
        self.is_alive_here = True
        self.turn = threading.Event()
        self.failure: BaseException | None = None
        self._turns, self.body = turns, body

    def run(self) -> None:
        self.turn.wait()
        try:
            self.body()
        except BaseException as error:
            self.failure = error
        self.is_alive_here = False
        self._turns.handed_over.set()


class Turns:
    """The clock of a simulation, and whose turn it is."""

    def __init__(self) -> None:
        self._moment = START
        self.processes: list[Process] = []
        self.handed_over = threading.Event()
        self._started = 0

    # --- as services.clock.Clock ----------------------------------------------------------

    def now(self) -> datetime:
        return self._moment

    def sleep(self, seconds: float) -> None:
        """In a process: hands over for so long. Outside of them time simply passes."""
        current = threading.current_thread()
        wakes_at = self._moment + timedelta(seconds=max(seconds, 0.001))
        if not isinstance(current, Process):
            self._moment = wakes_at
            return
        current.wakes_at = wakes_at
        current.turn.clear()
        self.handed_over.set()
        current.turn.wait()

    # --- processes ------------------------------------------------------------------------

    def start(self, body: Callable[[], None], after: timedelta = timedelta(0)) -> Process:
        self._started += 1
        process = Process(self, self._started, body)
        process.wakes_at = self._moment + after
        self.processes.append(process)
        process.start()
        return process

    def kill(self, process: Process) -> None:
        process.is_alive_here = False

    def go_on(self) -> Process | None:
        """Gives the turn to whoever wakes first, until it waits again or ends; None when nobody is left."""
        waiting = [each for each in self.processes if each.is_alive_here]
        if not waiting:
            return None
        following = min(waiting, key=lambda each: (each.wakes_at, each.number))
        self._moment = max(self._moment, following.wakes_at)
        self.handed_over.clear()
        following.turn.set()
        if not self.handed_over.wait(120):
            raise RuntimeError(f"{following.name} does not hand over")
        if following.failure:
            raise following.failure
        self.processes = [each for each in self.processes if each.is_alive_here]
        return following


def current_number() -> int:
    """The number of the process that is at work; 0 outside of them."""
    current = threading.current_thread()
    return current.number if isinstance(current, Process) else 0
