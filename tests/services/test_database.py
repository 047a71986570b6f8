"""The database: durable, its schema the one the models describe, one writer at a time."""

import threading

import pytest
from peewee import SqliteDatabase

from models import TABLES, Lease, Table, database
from services.database import open_database, wal_is_safe, write_txn
from services.leases import claim, release


def schema(opened) -> dict[str, str]:
    rows = opened.execute_sql(
        "select name, sql from sqlite_master where sql is not null and type != 'trigger' and name not like 'sqlite_%'")
    return {name: sql for name, sql in rows if "schema_migration" not in name and "schemamigration" not in name}


@pytest.fixture
def opened(tmp_path):
    opened = open_database(tmp_path / "truebooks.db")
    with opened.connection_context():
        yield opened


def test_the_migrations_lead_to_the_schema_of_the_models(opened):
    migrated = schema(opened)
    fresh = SqliteDatabase(":memory:")
    with fresh.bind_ctx(TABLES), fresh.connection_context():
        fresh.create_tables(TABLES)
        assert migrated == schema(fresh)


def test_opening_it_again_changes_nothing(opened, tmp_path):
    before = schema(opened)
    assert schema(open_database(tmp_path / "truebooks.db")) == before


def test_commits_are_durable_and_relations_hold(opened):
    assert opened.execute_sql("pragma synchronous").fetchone() == (2,)
    assert opened.execute_sql("pragma foreign_keys").fetchone() == (1,)


def test_the_database_is_readable_by_its_owner_alone(opened, tmp_path):
    assert (tmp_path / "truebooks.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 6), True), ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 2), False),
     ((3, 51, 3), True), ((3, 52, 0), False), ((3, 53, 4), True)],
)  # fmt: skip
def test_wal_is_used_only_with_an_sqlite_free_of_the_reset_bug(version, safe):
    assert wal_is_safe(version) is safe


def test_of_many_claims_at_once_one_wins(opened, clock):
    owners = []

    def try_it():
        with database.connection_context():
            owners.append(claim("sync", clock.now(), 60))

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([owner for owner in owners if owner]) == 1


def test_a_lease_ends_by_itself_or_when_given_back(opened, clock):
    first = claim("sync", clock.now(), 60)
    assert claim("sync", clock.now(), 60) is None
    clock.advance(seconds=60)
    second = claim("sync", clock.now(), 60)
    assert second
    release("sync", first)  # the first owner lost it: nothing to give back
    assert claim("sync", clock.now(), 60) is None
    release("sync", second)
    assert claim("sync", clock.now(), 60)


def test_a_failed_write_leaves_nothing(opened, clock):
    with pytest.raises(RuntimeError), write_txn():
        Lease.create(name="x", owner="y", until=clock.now())
        raise RuntimeError
    assert Lease.select().count() == 0


def test_every_table_of_the_models_is_made():
    assert set(Table.__subclasses__()) == set(TABLES)
