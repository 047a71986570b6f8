"""The sandbox's state on disk: one SQLite database that several processes and threads may use at once."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.sql")
PATIENCE_SECONDS = 30


class Store:
    """Opens a connection for each piece of work, so that nothing is shared between threads.

    Keeps to the rollback journal: the SQLite that comes with many Pythons still has the
    WAL-reset fault (sqlite.org/wal.html#walresetbug).
    """

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.path = folder / "xero.sqlite3"
        with self.write() as db:
            for statement in SCHEMA.read_text(encoding="utf-8").split(";"):
                db.execute(statement)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        with self._transaction("BEGIN") as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Takes the write lock at once; commits at the end, or rolls back when an exception passes."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(begin)
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # rolls back what is not committed


@contextmanager
def savepoint(db: sqlite3.Connection) -> Iterator[None]:
    """Undoes what was done inside it when an exception passes; may be nested."""
    db.execute("SAVEPOINT step")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK TO step")
        db.execute("RELEASE step")
        raise
    db.execute("RELEASE step")


def setting(db: sqlite3.Connection, name: str, default: str = "") -> str:
    row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return row["value"] if row else default


def keep_setting(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))
