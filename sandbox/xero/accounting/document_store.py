"""Documents in the store: found by id, number or parent, kept, numbered, and their history of changes."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.xero import wire
from sandbox.xero.accounting.families import Family
from sandbox.xero.accounting.statuses import FINAL
from sandbox.xero.ledger import Ledger
from sandbox.xero.store import keep_setting, setting

ZERO = Decimal("0.00")
AT_A_TIME = 500  # values in one SQL statement


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
        return self.facts.get("Type", "")

    @property
    def status(self) -> str:
        return self.facts["Status"]

    @property
    def is_sale(self) -> bool:
        return self.type == self.family.sales_type

    @property
    def settled(self) -> Decimal:
        """What was paid or credited: of a credit note, what of it was used."""
        return self.facts.get("AmountPaid", ZERO) + self.facts.get("AmountCredited", ZERO)

    @property
    def has_money(self) -> bool:
        """Whether payments or credits are allocated to it."""
        return bool(self.settled)

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid or, of a credit note, to be used."""
        return ZERO if self.status in FINAL else self.facts["Total"] - self.settled


def by_id(ledger: Ledger, family: Family, document_id: str) -> Document | None:
    found = read(ledger, family, "d.id = ?", [document_id.lower()])
    return found[0] if found else None


def by_number(ledger: Ledger, family: Family, number: str) -> list[Document]:
    """All that bear the number, active ones first, then the latest first."""
    if not family.number_field:
        return []
    found = read(ledger, family, "d.number = ? ORDER BY d.updated_ms DESC", [number])
    return sorted(found, key=lambda document: document.status in FINAL)


def of_parents(ledger: Ledger, family: Family, parent_ids: Iterable[str]) -> list[Document]:
    """Those that belong to one of these documents: payments to what they pay."""
    ids = list(parent_ids)
    marks = ", ".join("?" * len(ids))
    return read(ledger, family, f"d.parent_id IN ({marks}) ORDER BY d.day_ms, d.rowid", ids) if ids else []


def read(
    ledger: Ledger, family: Family, condition: str, values: Iterable[Any] = (), with_lines: bool = True
) -> list[Document]:
    """``condition`` is SQL over the columns d.… of the table, and may order and limit."""
    found = ledger.db.execute(
        f"SELECT d.id FROM documents d WHERE d.tenant_id = ? AND d.family = ? AND {condition}",  # noqa: S608 our own words
        (ledger.tenant_id, family.plural, *values),
    ).fetchall()
    ids = [row["id"] for row in found]
    contents = {}  # read apart: what is sorted above stays small
    for start in range(0, len(ids), AT_A_TIME):
        contents |= _contents(ledger, ids[start : start + AT_A_TIME], "lines" if with_lines else "'[]' AS lines")
    return [Document(family, *contents[document_id]) for document_id in ids]


def _contents(ledger: Ledger, ids: list[str], lines: str) -> dict[str, tuple[dict, list]]:
    rows = ledger.db.execute(
        f"SELECT id, body, {lines} FROM contents WHERE tenant_id = ? AND id IN ({', '.join('?' * len(ids))})",  # noqa: S608
        (ledger.tenant_id, *ids),
    )
    return {row["id"]: (wire.loads(row["body"]), wire.loads(row["lines"])) for row in rows}


def keep(ledger: Ledger, document: Document, now_ms: int, by: str, what: str, touched: bool = True) -> None:
    """Writes the document and one line of its history; not ``touched`` leaves its UpdatedDateUTC."""
    if touched or "UpdatedDateUTC" not in document.facts:
        document.facts["UpdatedDateUTC"] = now_ms
    write(ledger.db, ledger.tenant_id, document)
    note(ledger, document.id, now_ms, by, what)


def write(db: sqlite3.Connection, tenant_id: str, document: Document) -> None:
    facts = document.facts
    cents = [_cents(facts.get(name)) for name in ("SubTotal", "TotalTax", "Total", "AmountPaid", "AmountCredited")]
    db.execute(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (tenant_id, document.family.plural, document.id, document.number, document.type, document.status,
         facts["UpdatedDateUTC"], _milliseconds(facts.get("Date")), _milliseconds(facts.get("DueDate")),
         facts.get("Narration") or facts.get("Reference", ""), facts.get("ContactID", ""), facts.get("App", ""),
         facts.get("ParentID", ""), *cents),
    )
    db.execute(
        "INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?)",
        (tenant_id, document.id, wire.dumps(facts), wire.dumps(document.lines)),
    )


def _cents(amount: Decimal | None) -> int:
    return int((amount or ZERO) * 100)


def _milliseconds(day: str | None) -> int | None:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000) if day else None


def note(ledger: Ledger, document_id: str, now_ms: int, by: str, what: str) -> None:
    """One line in the history."""
    ledger.db.execute(
        "INSERT INTO changes (tenant_id, document_id, at_ms, by, what) VALUES (?, ?, ?, ?, ?)",
        (ledger.tenant_id, document_id, now_ms, by, what),
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
