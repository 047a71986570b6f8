"""The background thread: carries batches on, at once after a press here, and works out again what settlements need."""

import logging
import threading

from models import database
from services import batches, readiness
from services.parts import Parts

log = logging.getLogger(__name__)

LOOK_SECONDS = 5  # a press in another process is noticed this soon
AGAIN_SECONDS = 15  # what waits for Xero is tried again
_wake = threading.Event()


def wake() -> None:
    """A batch was just begun in this process, or something changed that makes settlements ready or not."""
    _wake.set()


class Worker:
    """One in a server; it ends with the process, and the next start goes on where it stood."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)

    def start(self) -> "Worker":
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends it once the calls under way are done."""
        self._stopping.set()
        _wake.set()
        self._thread.join(timeout=60)

    def _run(self) -> None:
        while not self._stopping.is_set():
            _wake.wait(AGAIN_SECONDS if self.look() else LOOK_SECONDS)
            _wake.clear()

    def look(self) -> bool:
        """Carries on what there is; whether some of it must wait."""
        try:
            with database.connection_context():
                readiness.bring_up_to_date()
                if batches.unfinished():
                    batches.work(self._parts)
                return batches.unfinished()
        except Exception:  # like a job: whatever happens, the next look must come
            log.exception("batches could not be carried on")
            return True
