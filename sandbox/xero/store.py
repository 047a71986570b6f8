"""The sandbox's state on disk: one SQLite database that several processes and threads may use at once."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.sql")
VERSION = 1
PATIENCE_SECONDS = 30

Connection = sqlite3.Connection


class Store:
    """Opens a connection for each piece of work, so that nothing is shared between threads.

    Keeps to the rollback journal: the SQLite that comes with many Pythons still has the
    WAL-reset fault (sqlite.org/wal.html#walresetbug).
    """

    def __init__(self, folder: Path, upgrade: Callable[[Connection, Callable[[], None]], None] | None = None):
        """``upgrade`` is handed a state of an earlier version, and what makes the tables of this one."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.path = folder / "xero.sqlite3"
        with self.write() as db:
            older = _version(db) < VERSION and bool(db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone())
            if older and upgrade:
                upgrade(db, lambda: _make_tables(db))
            else:
                _make_tables(db)
            db.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._transaction("BEGIN") as db:
            yield db

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Takes the write lock at once; commits at the end, or rolls back when an exception passes."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        db = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            _teach(db)
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(begin)
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # rolls back what is not committed


def _version(db: Connection) -> int:
    return db.execute("PRAGMA user_version").fetchone()[0]


def _make_tables(db: Connection) -> None:
    for statement in SCHEMA.read_text(encoding="utf-8").split(";"):
        db.execute(statement)


def _teach(db: Connection) -> None:
    """Text comparisons as Xero makes them: without regard to case, in any script."""
    tests: dict[str, Callable[[str, str], bool]] = {
        "text_contains": lambda text, part: part in text,
        "text_startswith": lambda text, part: text.startswith(part),
        "text_endswith": lambda text, part: text.endswith(part),
    }
    db.create_function("folded", 1, lambda text: None if text is None else text.casefold(), deterministic=True)
    for name, test in tests.items():
        db.create_function(name, 2, _unless_null(test), deterministic=True)


def _unless_null(test: Callable[[str, str], bool]) -> Callable:
    return lambda text, part: None if text is None else test(text, part)


@contextmanager
def savepoint(db: Connection) -> Iterator[None]:
    """Undoes what was done inside it when an exception passes; may be nested."""
    db.execute("SAVEPOINT step")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK TO step")
        db.execute("RELEASE step")
        raise
    db.execute("RELEASE step")


def setting(db: Connection, name: str, default: str = "") -> str:
    row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return row["value"] if row else default


def keep_setting(db: Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value))
