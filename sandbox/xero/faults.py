"""Faults on order: the next matching request loses its answer, or gets a broken one.

``drop_…`` closes the connection without a word, ``500_…`` answers Xero's unhandled error;
``_before`` happens before the request does anything, ``_after`` once all is saved. ``503``
is the maintenance text and does nothing (RC-DOC).
"""

import fnmatch
import sqlite3

FAULTS = ("drop_before", "drop_after", "500_before", "500_after", "503")

UNHANDLED = "An unhandled error with the Xero API occurred. Contact the Xero API team if problems persist."
MAINTENANCE = "The Xero API is currently offline for maintenance"


class ConnectionDropped(ConnectionError):
    """The sandbox was told to drop this connection: no answer will come."""


class UnknownFault(ValueError):
    """An order that cannot be carried out; the message says why."""


def order(db: sqlite3.Connection, method: str, path: str, fault: str, times: int = 1) -> None:
    """``path`` may hold * for anything; ``method`` may be * too. Raises UnknownFault."""
    if fault not in FAULTS:
        raise UnknownFault(f"There is no fault “{fault}”. There are: {', '.join(FAULTS)}.")
    if not path.startswith("/") or times < 1:
        raise UnknownFault("A fault needs a path that starts with / and a number of times from 1 up.")
    db.execute(
        "INSERT INTO faults (method, path, fault, times) VALUES (?, ?, ?, ?)", (method.upper(), path, fault, times)
    )


def ordered(db: sqlite3.Connection) -> list[dict]:
    return [dict(row) for row in db.execute("SELECT method, path, fault, times FROM faults ORDER BY id")]


def clear(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM faults")


def matching(db: sqlite3.Connection, method: str, path: str) -> sqlite3.Row | None:
    for row in db.execute("SELECT * FROM faults ORDER BY id"):
        if row["method"] in ("*", method) and fnmatch.fnmatchcase(path, row["path"]):
            return row
    return None


def take(db: sqlite3.Connection, method: str, path: str) -> str:
    """Uses up one of the first matching fault; empty when there is none."""
    row = matching(db, method, path)
    if row is None:
        return ""
    if row["times"] > 1:
        db.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row["id"],))
    else:
        db.execute("DELETE FROM faults WHERE id = ?", (row["id"],))
    return row["fault"]
