"""The background threads: carry on what was asked for many, and work out again what settlements need.

One carries batches on, another the integrity tools, so that a long scan holds no batch back.
"""

import logging
import threading
from typing import Protocol

from models import database
from services import batches, integrity, readiness
from services.parts import Parts

log = logging.getLogger(__name__)

LOOK_SECONDS = 5  # a press in another process is noticed this soon
AGAIN_SECONDS = 15  # what waits for Xero is tried again


class Work(Protocol):
    """What batches and integrity both offer."""

    def unfinished(self) -> bool: ...

    def work(self, parts: Parts) -> None: ...


WORKS: dict[str, Work] = {"batches": batches, "integrity": integrity}
_wakes = {name: threading.Event() for name in WORKS}


def wake() -> None:
    """Something was just begun in this process, or something changed that makes settlements ready or not."""
    for each in _wakes.values():
        each.set()


class Worker:
    """One in a server; it ends with the process, and the next start goes on where it stood."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=name, daemon=True) for name in WORKS]

    def start(self) -> "Worker":
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Ends them once the calls under way are done."""
        self._stopping.set()
        wake()
        for thread in self._threads:
            thread.join(timeout=60)

    def _run(self, name: str) -> None:
        while not self._stopping.is_set():
            _wakes[name].wait(AGAIN_SECONDS if self.look(name) else LOOK_SECONDS)
            _wakes[name].clear()

    def look(self, name: str = "batches") -> bool:
        """Carries on what there is; whether some of it must wait."""
        try:
            with database.connection_context():
                if name == "batches":
                    readiness.bring_up_to_date()
                if WORKS[name].unfinished():
                    WORKS[name].work(self._parts)
                return WORKS[name].unfinished()
        except Exception:  # like a job: whatever happens, the next look must come
            log.exception("%s could not be carried on", name)
            return True
