"""Xero's limits on calls, per app and organisation, on the sandbox's clock (xero.md section 3.1)."""

import sqlite3
import tomllib
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.xero import switches
from sandbox.xero.accounting.answers import Answer, Refusal
from sandbox.xero.store import keep_setting, setting

TABLE = Path(__file__).parents[1] / "data" / "limits.toml"
IDENTITY = "identity"  # stands in the place of an organisation
MINUTE_MS, DAY_MS = 60_000, 24 * 3_600_000
HEADERS = {"day": "X-DayLimit-Remaining", "minute": "X-MinLimit-Remaining", "appminute": "X-AppMinLimit-Remaining"}


class UnknownLimit(ValueError):
    """A limit that does not exist, or cannot be that; the message says so."""


@cache
def limits() -> dict[str, dict]:
    """Name → most, meaning and source."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def value(db: sqlite3.Connection, name: str) -> int:
    most = int(setting(db, f"limit:{name}", str(limits()[name]["most"])))
    return most or int(switches.value(db, "day_limit"))


def values(db: sqlite3.Connection) -> dict[str, int]:
    return {name: value(db, name) for name in limits()}


def put(db: sqlite3.Connection, name: str, most: object) -> None:
    """Raises UnknownLimit. The day's may be 0: then the switch says how many there are."""
    if name not in limits():
        raise UnknownLimit(f"There is no limit “{name}”. There are: {', '.join(limits())}.")
    text = str(most)
    if not text.isdecimal() or len(text) > 9 or (int(text) == 0 and name != "day"):
        raise UnknownLimit(f"The limit “{name}” must be a whole number from 1 up, not “{most}”.")
    keep_setting(db, f"limit:{name}", text)


@dataclass(frozen=True)
class Window:
    """What was called in the current stretch of time, and when the next call is free again."""

    name: str
    most: int
    used: int
    free_again_ms: int


def count(db: sqlite3.Connection, client_id: str, tenant_id: str, now_ms: int, at_once: int) -> dict[str, str]:
    """Counts this call and gives the headers of its answer. Raises Refusal: 429, and the call is not counted.

    ``at_once`` is how many calls of this app to this organisation are going on, this one included.
    """
    if at_once > value(db, "concurrent"):
        raise refusal("concurrent")
    db.execute("DELETE FROM call_log WHERE at_ms <= ?", (now_ms - 2 * DAY_MS,))
    windows = [_window(db, name, client_id, tenant_id, now_ms) for name in HEADERS]
    for window in windows:
        if window.used >= window.most:
            left = {HEADERS[each.name]: str(max(0, each.most - each.used)) for each in windows}
            raise refusal(window.name, -(-(window.free_again_ms - now_ms) // 1000), left, _tells_when(db, window.name))
    db.execute("INSERT INTO call_log VALUES (?, ?, ?)", (client_id, tenant_id, now_ms))
    return {HEADERS[window.name]: str(window.most - window.used - 1) for window in windows}


def count_identity(db: sqlite3.Connection, client_id: str, now_ms: int) -> None:
    """Counts a call of the token endpoint or of /connections, where the switch gives them a limit. Raises Refusal."""
    if switches.value(db, "identity_limit") == "none":
        return
    window = _window(db, "minute", client_id, IDENTITY, now_ms)
    if window.used >= window.most:
        raise refusal("minute", -(-(window.free_again_ms - now_ms) // 1000))
    db.execute("INSERT INTO call_log VALUES (?, ?, ?)", (client_id, IDENTITY, now_ms))


def _tells_when(db: sqlite3.Connection, name: str) -> bool:
    return name != "appminute" or switches.value(db, "appminute_retry_after") == "sent"


def refusal(name: str, seconds: int = 0, left: dict[str, str] | None = None, tells_when: bool = True) -> Refusal:
    """An empty 429 without a content type; the concurrent one never says when to come back [REC, LIM-DOC]."""
    headers = {"X-Rate-Limit-Problem": name, **(left or {})}
    if name != "concurrent" and tells_when:
        headers["Retry-After"] = str(max(1, seconds))
    return Refusal(Answer(429, "", "", headers))


def _window(db: sqlite3.Connection, name: str, client_id: str, tenant_id: str, now_ms: int) -> Window:
    length = DAY_MS if name == "day" else MINUTE_MS
    whose, values = "client_id = ?", [client_id]
    if name != "appminute":
        whose, values = "client_id = ? AND tenant_id = ?", [client_id, tenant_id]
    rolling = name == "minute" and switches.value(db, "minute_window") == "rolling"
    start = now_ms - length + 1 if rolling else _fixed_start(now_ms, length, tenant_id)
    row = db.execute(
        f"SELECT count(*) AS used, min(at_ms) AS first FROM call_log WHERE {whose} AND at_ms BETWEEN ? AND ?",  # noqa: S608 our own words
        (*values, start, now_ms),
    ).fetchone()
    free_again = (row["first"] or now_ms) + length if rolling else start + length
    return Window(name, value(db, name), row["used"], free_again)


def _fixed_start(now_ms: int, length: int, tenant_id: str) -> int:
    """Fixed windows roll over at a moment of each organisation's own [LIM-DOC]."""
    offset = zlib.crc32(tenant_id.encode()) * 1000 % length
    return (now_ms - offset) // length * length + offset
