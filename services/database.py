"""Opens the database: durable SQLite by default, its schema brought up to date, one way to write."""

import os
from contextlib import contextmanager
from pathlib import Path

from peewee import SqliteDatabase

from models import TABLES, database

# SQLite 3.7.0–3.51.2 can corrupt a WAL database on a rare reset race (fixed in 3.51.3, 3.53;
# back-ported to 3.50.7 and 3.44.6): there the rollback journal is used instead.
_WAL_SAFE_BACKPORTS = ((3, 50, 7), (3, 44, 6))


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version is free of the WAL-reset bug (sqlite.org/wal.html)."""
    version = tuple(version[:3])
    backported = any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_SAFE_BACKPORTS)
    return (version >= (3, 51, 3) and version[:2] != (3, 52)) or backported


def open_database(path: Path) -> SqliteDatabase:
    """Binds the models to the database at ``path`` (made, owner-only, when missing) and returns it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    os.chmod(path, 0o600)
    opened = SqliteDatabase(str(path))
    opened = SqliteDatabase(
        str(path),
        pragmas={
            "journal_mode": "wal" if wal_is_safe(opened.server_version) else "delete",
            "synchronous": "full",
            "busy_timeout": 10000,
            "foreign_keys": 1,
        },
    )
    database.initialize(opened)
    with opened.connection_context(), opened.atomic("IMMEDIATE"):
        opened.create_tables(TABLES)
    return opened


@contextmanager
def write_txn():
    """A writing transaction that takes its lock at once (deferred ones fail under contention)."""
    with database.atomic("IMMEDIATE"):
        yield
