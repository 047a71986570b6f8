"""The sandbox's clock: the real time moved by an offset that is kept in the state."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.xero.store import keep_setting, setting

OFFSET = "clock_offset_seconds"


def utc_now() -> datetime:
    return datetime.now(UTC)


def offset_seconds(db: sqlite3.Connection) -> int:
    return int(setting(db, OFFSET, "0"))


def advance(db: sqlite3.Connection, seconds: int) -> None:
    """Moves the sandbox's time on (or back, when negative) for everybody who uses this state."""
    keep_setting(db, OFFSET, str(offset_seconds(db) + seconds))


def milliseconds(db: sqlite3.Connection, real_now: Callable[[], datetime]) -> int:
    """The sandbox's time now, in milliseconds since 1970 UTC."""
    return int(real_now().timestamp() * 1000) + offset_seconds(db) * 1000


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
