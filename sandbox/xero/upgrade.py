"""Carries a state of an earlier version over: documents get the columns they are now looked for by."""

import sqlite3
from collections.abc import Callable

from sandbox.xero import wire
from sandbox.xero.accounting import document_store
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import DOCUMENTS

OUTGROWN = ("calls", "faults")


def upgrade(db: sqlite3.Connection, make_tables: Callable[[], None]) -> None:
    """From version 0, where the whole document stood in one table."""
    names = {row["name"] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if "documents" in names:
        db.execute("ALTER TABLE documents RENAME TO earlier_documents")
        db.execute("DROP INDEX documents_number")
    for name in names & set(OUTGROWN):
        db.execute(f"DROP TABLE {name}")
    make_tables()
    if "documents" in names:
        for row in db.execute("SELECT * FROM earlier_documents").fetchall():
            _carry_over(db, row)
        db.execute("DROP TABLE earlier_documents")


def _carry_over(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    family = next(family for family in DOCUMENTS if family.plural == row["family"])
    document = Document(family, wire.loads(row["body"]), wire.loads(row["lines"]))
    document_store.write(db, row["tenant_id"], document)
