"""Time, passed in: the system's in production, a hand-turned one in tests."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Waits; only ever for moments, never for hours."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, moment: datetime):
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Lets other threads go on for a moment; this clock stands still meanwhile."""
        time.sleep(min(seconds, 0.02))

    def advance(self, **by: float) -> None:
        """``advance(minutes=31)``, as timedelta takes it."""
        self.moment += timedelta(**by)
