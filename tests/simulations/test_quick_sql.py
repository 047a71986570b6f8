"""The shorter way to a column's name writes what Peewee's own way writes."""

import peewee
import pytest

import models
from models import Batch, BatchRow, Posting, Settlement, database
from tests.simulations import quick_sql

ROW = Posting.alias()
QUERIES = {
    "all columns": lambda: Posting.select(),
    "a condition": lambda: Settlement.select(Settlement.id).where((Settlement.state == "posted") & (Settlement.id > 3)),
    "a join": lambda: Posting.select(Posting, Settlement).join(Settlement).order_by(Settlement.number.desc()),
    "itself under another name": lambda: Posting.select().join(ROW, on=(ROW.settlement == Posting.settlement)),
    "a query within": lambda: Settlement.select().where(Settlement.id.not_in(Posting.select(Posting.settlement))),
    "a sum by group": lambda: BatchRow.select(BatchRow.batch, peewee.fn.COUNT(BatchRow.id)).group_by(BatchRow.batch),
    "an insert": lambda: Batch.insert(action="post"),
    "an update": lambda: Posting.update(state="failed", version=Posting.version + 1).where(Posting.id == 7),
    "a delete": lambda: Posting.delete().where(Posting.state == "failed"),
} | {table.__name__: table.select for table in vars(models).values()
     if isinstance(table, type) and issubclass(table, models.Table) and table is not models.Table}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_reads_the_same(name, parts, monkeypatch):
    before = text(QUERIES[name]())
    monkeypatch.setattr(peewee.Column, "__sql__", quick_sql.column)
    monkeypatch.setattr(peewee.Field, "__sql__", quick_sql.field)
    assert text(QUERIES[name]()) == before


def text(query) -> tuple:
    return database.get_sql_context().sql(query).query()
