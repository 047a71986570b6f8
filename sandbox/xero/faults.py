"""Faults on order: which of the requests to come shall fail, and how (data/faults.toml)."""

import fnmatch
import random
import sqlite3
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("data") / "faults.toml"
METHODS = ("*", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
UNTIL_CANCELLED = 0  # times
LONGEST_SECONDS = 100 * 24 * 3600


class ConnectionDropped(ConnectionError):
    """The sandbox was told to drop this connection: no answer will come."""


class UnknownFault(ValueError):
    """An order that cannot be carried out; the message says why."""


@cache
def faults() -> dict[str, dict]:
    """Name → meaning and, where it has one, the seconds it takes."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Order:
    """``path`` may hold * for anything; ``method`` may be * too.

    ``times`` 0 is until it is cancelled. ``percent`` of the requests that fit are struck, by a
    throw of dice that ``seed`` makes the same every time.
    """

    method: str
    path: str
    fault: str
    times: int = 1
    seconds: int = 0
    percent: int = 100
    seed: str = ""

    def check(self) -> None:
        """Raises UnknownFault."""
        if self.fault not in faults():
            raise UnknownFault(f"There is no fault “{self.fault}”. There are: {', '.join(faults())}.")
        if not self.path.startswith("/") or self.method not in METHODS:
            raise UnknownFault(f"A fault needs a method ({', '.join(METHODS)}) and a path that starts with /.")
        if f"{self.path}/".startswith("/sandbox/"):
            raise UnknownFault("The sandbox's own pages never fail: name one of Xero's paths: /api.xro/2.0/Invoices.")
        if not 0 <= self.times < 10**9:
            raise UnknownFault("A fault needs a number of times from 1 up, or 0 for until it is cancelled.")
        if not 0 <= self.seconds <= LONGEST_SECONDS or not 1 <= self.percent <= 100:
            raise UnknownFault(f"Seconds go from 0 to {LONGEST_SECONDS}, per cent from 1 to 100.")

    @property
    def struck_seconds(self) -> int:
        return self.seconds or faults()[self.fault].get("seconds", 0)


FIELDS = tuple(Order.__dataclass_fields__)


def order(db: sqlite3.Connection, wanted: Order) -> None:
    """Raises UnknownFault."""
    wanted.check()
    db.execute(
        "INSERT INTO orders (method, path, fault, times, seconds, percent, seed, seen) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        (wanted.method.upper(), wanted.path, wanted.fault, wanted.times, wanted.seconds, wanted.percent, wanted.seed),
    )


def ordered(db: sqlite3.Connection) -> list[dict]:
    return [dict(row) for row in db.execute(f"SELECT {', '.join(FIELDS)} FROM orders ORDER BY id")]  # noqa: S608


def clear(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM orders")


def matching(db: sqlite3.Connection, method: str, path: str) -> list[sqlite3.Row]:
    rows = db.execute("SELECT * FROM orders ORDER BY id")
    return [row for row in rows if row["method"] in ("*", method) and fnmatch.fnmatchcase(path, row["path"])]


def take(db: sqlite3.Connection, method: str, path: str) -> Order | None:
    """The first order that strikes this request, used up by one; None when none does."""
    for row in matching(db, method, path):
        db.execute("UPDATE orders SET seen = seen + 1 WHERE id = ?", (row["id"],))
        if not _strikes(row):
            continue
        if row["times"] == 1:
            db.execute("DELETE FROM orders WHERE id = ?", (row["id"],))
        elif row["times"] != UNTIL_CANCELLED:
            db.execute("UPDATE orders SET times = times - 1 WHERE id = ?", (row["id"],))
        return Order(**{name: row[name] for name in FIELDS})
    return None


def _strikes(row: sqlite3.Row) -> bool:
    dice = random.Random(f"{row['seed']}:{row['seen']}")  # noqa: S311 the same every time is what is wanted
    return row["percent"] == 100 or dice.random() * 100 < row["percent"]
