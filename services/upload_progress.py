"""How far dropped files are read, kept in memory for the page that asks while they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from services.clock import Clock
from services.settlement_files import Progress

MOST = 100  # uploads remembered at once; the oldest is forgotten
_FRESH = timedelta(seconds=5)  # an end older than this belongs to an upload before


@dataclass(frozen=True)
class Reading:
    """Bytes read of all bytes; ``ended_at`` once all is taken in."""

    read: int
    whole: int
    ended_at: datetime | None = None

    @property
    def per_cent(self) -> int:
        return 100 * self.read // self.whole if self.whole else 0


class Readings:
    """The uploads being read, by the key their page gave them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_key: dict[str, Reading] = {}

    def watch(self, key: str) -> Progress:
        """What to hand to ``settlements.take_in`` as its progress."""

        def note(read: int, whole: int) -> None:
            self._note(key, Reading(read, whole))

        return note

    def end(self, key: str, clock: Clock) -> None:
        """Everything is taken in, or refused."""
        with self._lock:
            last = self._by_key.get(key, Reading(0, 0))
        self._note(key, Reading(last.read, last.whole, clock.now()))

    def _note(self, key: str, reading: Reading) -> None:
        with self._lock:
            self._by_key.pop(key, None)
            self._by_key[key] = reading
            while len(self._by_key) > MOST:
                self._by_key.pop(next(iter(self._by_key)))

    def of(self, key: str, clock: Clock) -> Reading | None:
        """How far it is; None before it has begun (its bytes are still on their way)."""
        with self._lock:
            reading = self._by_key.get(key)
        is_old = reading and reading.ended_at and clock.now() - reading.ended_at > _FRESH
        return None if is_old else reading


readings = Readings()  # one process serves the pages, so one such record serves them all
