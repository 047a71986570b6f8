"""A data folder with any number of settlements, in the mix that some years leave, written by bulk."""

import hashlib
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app import ROOT, assemble
from commands import consent
from models import AuditEntry, Mapping, Posting, Settlement, SettlementFile, SettlementGroup, database
from services import reference_data, samples, settlement_sums, suggested_mappings, users
from services.audit import COMMAND_LINE
from services.bookkeeping import groups_of
from services.config import load_config
from services.core import marketplaces
from services.database import write_txn
from services.parts import Parts

EMAIL, PASSWORD = "bench@example.com", "ink on ruled paper, twice"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
UNKNOWN = ("ServiceFee", "Space elevator", "Docking charge")
# Of every hundred; the rest is posted.
MIX = {"ready": 5, "needs_mapping": 2, "needs_category": 1, "does_not_add_up": 1, "draft": 1, "failed": 1, "paid": 30}
CHUNK = 500


def furnish(data: Path, count: int, port: int) -> Parts:
    """Connects the sandbox, maps what is suggested, and writes ``count`` settlements."""
    os.environ |= {"TRUEBOOKS_DATA": str(data), "PORT": str(port)}
    parts = assemble(load_config(ROOT))
    with database.connection_context():
        consent.connect(parts)
        reference_data.sync(parts, COMMAND_LINE)
        suggested_mappings.apply_suggested(parts, COMMAND_LINE)
        Mapping.delete().where(Mapping.category == "LIQUIDATIONS").execute()
        users.add_user(parts, EMAIL, "Ben Ch", PASSWORD, "admin", COMMAND_LINE)
        samples.load(parts, COMMAND_LINE)
        models = [(row, groups_of(row)) for row in Settlement.select()]
        for first in range(0, count - len(models), CHUNK):
            with write_txn():
                _write(models, range(first, min(first + CHUNK, count - len(models))))
        settlement_sums.bring_up_to_date()
        database.execute_sql("ANALYZE")
    return parts


def _write(models: list, numbers: range) -> None:
    rows = [_settlement(models, number) for number in numbers]
    Settlement.insert_many(rows).execute()
    ids = dict(Settlement.select(Settlement.settlement_id, Settlement.id).tuples())
    groups, postings, told = [], [], []
    for number, row in zip(numbers, rows, strict=True):
        own = ids[row["settlement_id"]]
        groups += _groups(models, number, own)
        told.append(_audit(row))
        if row["state"] in ("posted", "paid"):
            postings.append(_posting(row, own))
    for start in range(0, len(groups), 2000):
        SettlementGroup.insert_many(groups[start : start + 2000]).execute()
    Posting.insert_many(postings).execute()
    AuditEntry.insert_many(told).execute()


def _kind(number: int) -> str:
    place = number * 37 % 100  # spread over the years, not in one lump
    for kind, share in MIX.items():
        if place < share:
            return kind
        place -= share
    return "posted"


def _settlement(models: list, number: int) -> dict:
    model, _ = models[number % len(models)]
    kind, settlement_id = _kind(number), str(30_000_000_000 + number * 7)
    end = date(2026, 5, 28) - timedelta(days=14 * (number // len(models) % 260))
    total = sum(group["amount"] for group in _groups(models, number, 0)) + (100 if kind == "does_not_add_up" else 0)
    return {
        "settlement_id": settlement_id, "file": SettlementFile.get_by_id(model.file_id), "format": "V2",
        "fingerprint": hashlib.sha256(settlement_id.encode()).hexdigest(), "marketplace": model.marketplace,
        "country": model.country, "currency": model.currency, "start_date": (end - timedelta(days=14)).isoformat(),
        "end_date": end.isoformat(), "deposit_date": (end + timedelta(days=2)).isoformat(), "total": total,
        "lines_total": total - (100 if kind == "does_not_add_up" else 0), "line_count": model.line_count,
        "number": f"AMZ-TB-{20001 + number}", "key": marketplaces.key(model.country, settlement_id),
        "reference": marketplaces.reference(total, model.currency, model.country, settlement_id),
        "state": kind if kind in ("posted", "paid", "draft", "failed") else "in_hand",
        "state_reason": "Xero was out of reach." if kind == "failed" else "",
        "received_at": NOW, "received_by": EMAIL,
    }  # fmt: skip


def _groups(models: list, number: int, settlement: int) -> list[dict]:
    """The sample's own groups, each amount a little different."""
    _, groups = models[number % len(models)]
    told = [
        {
            "settlement": settlement, "transaction_type": group.line_type.transaction_type,
            "amount_type": group.line_type.amount_type, "amount_description": group.line_type.amount_description,
            "marketplace": group.marketplace, "amazon_accounted": group.amazon_accounted,
            "amount": group.amount * (100 + number % 50) // 100, "line_count": group.lines,
        }
        for group in groups
    ]  # fmt: skip
    kind = _kind(number)
    other = {"needs_category": UNKNOWN, "needs_mapping": ("Liquidations", "ItemPrice", "Principal")}.get(kind)
    if other:
        names = ("transaction_type", "amount_type", "amount_description")
        told.append(told[0] | dict(zip(names, other, strict=True)) | {"amount": -250, "line_count": 1})
    return told


def _posting(row: dict, own: int) -> dict:
    number = row["number"]
    return {
        "settlement": own, "active": own, "kind": "invoice", "state": "posted", "number": number, "key": row["key"],
        "reference": row["reference"], "currency": row["currency"], "total": row["total"], "tax": 0,
        "plan_hash": "", "payload": "{}", "plan": {"lines": []}, "idempotency_key": number, "document_id": number,
        "created_at": NOW, "created_by": EMAIL, "posted_at": NOW - timedelta(minutes=own),
    }  # fmt: skip


def _audit(row: dict) -> dict:
    return {
        "at": NOW, "actor": EMAIL, "action": "settlement.received", "subject": f"settlement:{row['settlement_id']}",
        "facts": {"file": "sample.txt", "total": "£1.00", "number": row["number"]},
    }  # fmt: skip
