"""Opens the database: durable SQLite by default, its schema brought up to date, one way to write."""

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path

from peewee import SqliteDatabase
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
