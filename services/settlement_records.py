"""What a settlement file says, written down: as a settlement of ours, or kept beside the one that is here."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from models import CorrectedFile, Settlement, SettlementFile, SettlementGroup
from services import audit, numbering, settlement_sums
from services.audit import Actor
from services.core import marketplaces
from services.core import settlement as values
from services.core.catalogue import normalise, normalised
from services.core.money import format_money
from services.core.settlement import Group, LineType
from services.parts import Parts

# What a file says of its settlement. Number, reference and key are fixed on arrival and are not among it.
TOLD = (
    "file", "fingerprint", "format", "marketplace", "currency", "start_date", "end_date", "deposit_date",
    "total", "lines_total", "line_count", "received_at", "received_by", "copy",
)  # fmt: skip


def fingerprint(found: values.Settlement) -> str:
    """The same for the same sums, whether a V1 or a V2 file tells them; services/same_rows.py tells rows apart."""
    groups = sorted(
        [*normalised(g.line_type), normalise(g.marketplace), g.amazon_accounted, g.amount]
        for g in found.groups
        if g.amount
    )
    dates = [found.start_date, found.end_date, found.deposit_date]
    told = [found.settlement_id, found.currency, found.total, *dates, groups]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def store(parts: Parts, file: SettlementFile, file_name: str, found: values.Settlement, actor: Actor) -> Settlement:
    """A new settlement with its number and reference; call it inside a writing transaction."""
    told = _told(parts, file, found, actor)
    _, country = marketplaces.of_settlement(found)
    row = Settlement.create(
        **told,
        settlement_id=found.settlement_id,
        country=country,
        number=numbering.allot(),
        reference=marketplaces.reference(found.total, found.currency, country, found.settlement_id),
        key=marketplaces.key(country, found.settlement_id),
    )
    write_groups(row, found.groups)
    audit.record(
        actor,
        "settlement.received",
        f"settlement:{row.settlement_id}",
        row.received_at,
        file=file_name,
        total=format_money(row.total, row.currency),
        number=row.number,
    )
    return row


def keep_beside(
    parts: Parts, known: Settlement, file: SettlementFile, file_name: str, found: values.Settlement, actor: Actor
) -> CorrectedFile:
    """Keeps a file that tells another story about a settlement we have; nothing is replaced."""
    told = _told(parts, file, found, actor)
    correction = CorrectedFile.create(**told, settlement=known, groups=as_kept(found.groups))
    audit.record(
        actor,
        "settlement.corrected_file",
        f"settlement:{known.settlement_id}",
        correction.received_at,
        file=file_name,
        total=format_money(found.total, found.currency),
    )
    return correction


def _told(parts: Parts, file: SettlementFile, found: values.Settlement, actor: Actor) -> dict:
    marketplace, _ = marketplaces.of_settlement(found)
    return {
        "file": file,
        "fingerprint": fingerprint(found),
        "format": found.format,
        "marketplace": marketplace,
        "currency": found.currency,
        "start_date": found.start_date,
        "end_date": found.end_date,
        "deposit_date": found.deposit_date,
        "total": found.total,
        "lines_total": found.lines_total,
        "line_count": found.line_count,
        "received_at": parts.clock.now(),
        "received_by": actor.name,
        "copy": found.copy,
    }


def write_groups(row: Settlement, groups: Sequence[Group]) -> None:
    """Writes the sums that every preview is made of, and those behind Home's pictures."""
    if groups:
        SettlementGroup.insert_many([_group_row(row, group) for group in groups]).execute()
    settlement_sums.keep(row)


def _group_row(row: Settlement, group: Group) -> dict:
    return {
        "settlement": row,
        "transaction_type": group.line_type.transaction_type,
        "amount_type": group.line_type.amount_type,
        "amount_description": group.line_type.amount_description,
        "marketplace": group.marketplace,
        "amazon_accounted": group.amazon_accounted,
        "amount": group.amount,
        "line_count": group.lines,
    }


def as_kept(groups: Iterable[Group]) -> list[dict]:
    """Sums as they are kept beside a file that is not in use."""
    return [asdict(group) for group in groups]


def kept_groups(correction: CorrectedFile) -> list[Group]:
    """The sums of a file kept beside its settlement, as they were read on its arrival."""
    return [Group(**(each | {"line_type": LineType(**each["line_type"])})) for each in correction.groups]
