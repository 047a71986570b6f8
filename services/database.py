"""Opens the database: durable SQLite by default, its schema brought up to date, one way to write."""

import fcntl
import os
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from peewee import SQL, Query, SqliteDatabase
from playhouse.migrations import Runner

from models import database

MIGRATIONS = Path(__file__).parent / "migrations"

# SQLite 3.7.0–3.51.2 can corrupt a WAL database on a rare reset race (fixed in 3.51.3, 3.53;
# back-ported to 3.50.7 and 3.44.6): there the rollback journal is used instead.
_WAL_SAFE_BACKPORTS = ((3, 50, 7), (3, 44, 6))


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version is free of the WAL-reset bug (sqlite.org/wal.html)."""
    version = tuple(version[:3])
    backported = any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_SAFE_BACKPORTS)
    return (version >= (3, 51, 3) and version[:2] != (3, 52)) or backported


def open_database(path: Path) -> SqliteDatabase:
    """Binds the models to the database at ``path`` (made, owner-only, when missing), brought up to date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    os.chmod(path, 0o600)
    opened = SqliteDatabase(
        str(path),
        pragmas={
            "journal_mode": "wal" if wal_is_safe(sqlite_version()) else "delete",
            "synchronous": "full",
            "busy_timeout": 10000,
            "foreign_keys": 1,
        },
    )
    database.initialize(opened)
    with _alone(path), opened.connection_context():
        Runner(opened, str(MIGRATIONS)).up()
    return opened


def sqlite_version() -> tuple[int, ...]:
    """Of the SQLite that Peewee uses: pysqlite3's own where it is installed, else Python's."""
    return SqliteDatabase(":memory:").server_version


@contextmanager
def _alone(path: Path):
    """Two processes starting at once: the second waits until the first has brought the schema up to date."""
    with path.with_name(f".{path.name}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def write_txn():
    """A writing transaction that takes its lock at once (deferred ones fail under contention)."""
    with database.atomic("IMMEDIATE"):
        yield


GIVEN = SQL("?", [_GIVEN := object()])  # stands in a prepared query for a value that is given with each reading


class Prepared:
    """A query whose SQL is put together once: for what every page asks, that costs several times the answer.

    ``make`` builds the query, with GIVEN wherever a value comes later (as the database keeps it, and so are ``rows``).
    """

    def __init__(self, make: Callable[[], Query]):
        self._make, self._sql, self._model = make, None, None

    def rows(self, *given) -> list[tuple]:
        sql, values = self._filled(given)
        return database.execute_sql(sql, values).fetchall()

    def first(self, *given) -> tuple | None:
        return next(iter(self.rows(*given)), None)

    def models(self, *given) -> list:
        """The rows as instances of the one model that the query reads."""
        sql, values = self._filled(given)
        return list(self._model.raw(sql, *values))

    def model(self, *given):
        """The first of them, or None."""
        return next(iter(self.models(*given)), None)

    def _filled(self, given: tuple) -> tuple[str, list]:
        if self._sql is None:
            query = self._make()
            self._model, self._sql = query.model, query.sql()
        sql, known = self._sql
        values = iter(given)
        return sql, [next(values) if each is _GIVEN else each for each in known]
