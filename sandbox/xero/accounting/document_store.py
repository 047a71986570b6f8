"""Documents in the store: found by id or number, kept, numbered, and their history of changes."""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.xero import wire
from sandbox.xero.accounting.families import Family
from sandbox.xero.accounting.statuses import FINAL
from sandbox.xero.ledger import Ledger
from sandbox.xero.store import keep_setting, setting


@dataclass
class Document:
    """``facts`` and ``lines`` stand under Xero's names; money is Decimal, days are ISO text, moments are ms."""

    family: Family
    facts: dict[str, Any]
    lines: list[dict[str, Any]]

    @property
    def id(self) -> str:
        return self.facts[self.family.id_field]

    @property
    def number(self) -> str:
        return self.facts.get(self.family.number_field, "")

    @property
    def type(self) -> str:
        return self.facts["Type"]

    @property
    def status(self) -> str:
        return self.facts["Status"]

    @property
    def is_sale(self) -> bool:
        return self.type == self.family.sales_type

    @property
    def has_money(self) -> bool:
        """Whether payments or credits are allocated to it."""
        return bool(self.facts["AmountPaid"] or self.facts["AmountCredited"])

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid or, of a credit note, to be used."""
        if self.status in FINAL:
            return Decimal("0.00")
        return self.facts["Total"] - self.facts["AmountPaid"] - self.facts["AmountCredited"]


def by_id(ledger: Ledger, family: Family, document_id: str) -> Document | None:
    found = _read(ledger, family, "AND id = ?", document_id.lower())
    return found[0] if found else None


def by_number(ledger: Ledger, family: Family, number: str) -> list[Document]:
    """All that bear the number, active ones first, then the latest first."""
    found = _read(ledger, family, "AND number = ? ORDER BY updated_ms DESC", number)
    return sorted(found, key=lambda document: document.status in FINAL)


def all_of(ledger: Ledger, family: Family, with_lines: bool = True) -> list[Document]:
    """In Xero's default order: UpdatedDateUTC, then id, both rising [INV-DOC]."""
    return _read(ledger, family, "ORDER BY updated_ms, id", with_lines=with_lines)


def _read(ledger: Ledger, family: Family, condition: str, *values: str, with_lines: bool = True) -> list[Document]:
    columns = "body, lines" if with_lines else "body, '[]' AS lines"
    rows = ledger.db.execute(
        f"SELECT {columns} FROM documents WHERE tenant_id = ? AND family = ? {condition}",  # noqa: S608 our own words
        (ledger.tenant_id, family.plural, *values),
    )
    return [Document(family, wire.loads(row["body"]), wire.loads(row["lines"])) for row in rows]


def keep(ledger: Ledger, document: Document, now_ms: int, by: str, what: str) -> None:
    """Writes the document and one line of its history."""
    document.facts["UpdatedDateUTC"] = now_ms
    facts = document.facts
    ledger.db.execute(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ledger.tenant_id, document.family.plural, document.id, document.number, facts["Type"], facts["Status"],
         now_ms, wire.dumps(facts), wire.dumps(document.lines)),
    )
    ledger.db.execute(
        "INSERT INTO changes (tenant_id, document_id, at_ms, by, what) VALUES (?, ?, ?, ?, ?)",
        (ledger.tenant_id, document.id, now_ms, by, what),
    )


def history(ledger: Ledger, document_id: str) -> list[sqlite3.Row]:
    return ledger.db.execute(
        "SELECT at_ms, by, what FROM changes WHERE tenant_id = ? AND document_id = ? ORDER BY id",
        (ledger.tenant_id, document_id),
    ).fetchall()


def next_number(ledger: Ledger, family: Family) -> str:
    """The next automatic number that is not taken: INV-0001, INV-0002 …"""
    name = f"next:{ledger.tenant_id}:{family.plural}"
    count = int(setting(ledger.db, name, "1"))
    while by_number(ledger, family, f"{family.number_prefix}{count:04}"):
        count += 1
    keep_setting(ledger.db, name, str(count + 1))
    return f"{family.number_prefix}{count:04}"
