"""Corrected files: what another file of a settlement says otherwise, and using it instead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models import CorrectedFile, Posting, Settlement, SettlementFile, SettlementGroup
from services import audit, bookkeeping, difference_lines, settlements
from services import settlement_records as records
from services.audit import Actor
from services.core import file_differences
from services.core.classifier import amazons_words
from services.core.file_differences import LineTypeDifference
from services.core.money import format_money
from services.database import Prepared, write_txn
from services.errors import NotFound, Refused
from services.parts import Parts

_VERSION_DIGITS = 12
MAY_SWITCH = (settlements.IN_HAND, settlements.DRAFT, settlements.FAILED, *settlements.IN_XERO)
_FACTS = (("start_date", "Period begins"), ("end_date", "Period ends"), ("deposit_date", "Deposited"),
          ("marketplace", "Marketplace"), ("currency", "Currency"))  # fmt: skip


@dataclass(frozen=True)
class Correction:
    """A file kept beside the one in use, and what would change with it; amounts in minor units."""

    row: CorrectedFile
    file_name: str
    facts: list[tuple[str, str, str]]  # (what, in the file in use, in this one)
    lines: list[tuple[str, LineTypeDifference]]  # with Amazon's words for the line type

    @property
    def version(self) -> str:
        return version_of(self.row)


def version_of(told: Settlement | CorrectedFile) -> str:
    """Names what a file says of its settlement, in use or not: its hash's first digits, and which copy in it."""
    copy = told.copy or 1
    return told.file.sha256[:_VERSION_DIGITS] + (f"-{copy}" if copy > 1 else "")


def of(settlement: Settlement) -> list[Correction]:
    """Every other file of the settlement, the latest first."""
    rows = (
        CorrectedFile.select(CorrectedFile, SettlementFile.id, SettlementFile.name, SettlementFile.sha256)
        .join(SettlementFile)
        .where((CorrectedFile.settlement == settlement) & CorrectedFile.groups.is_null(False))
        .order_by(CorrectedFile.received_at.desc(), CorrectedFile.id.desc())
    )
    groups = bookkeeping.groups_of(settlement) if rows else []
    return [_correction(settlement, row, groups) for row in rows]


def _correction(settlement: Settlement, row: CorrectedFile, groups: list) -> Correction:
    facts = [
        (label, getattr(settlement, name), getattr(row, name))
        for name, label in _FACTS
        if getattr(settlement, name) != getattr(row, name)
    ]
    changed = file_differences.between(groups, records.kept_groups(row))
    return Correction(row, row.file.name, facts, [(amazons_words(each.line_type), each) for each in changed])


@dataclass(frozen=True)
class Used:
    """The settlement as it stands; ``is_new`` unless the wanted file counted already."""

    settlement: Settlement
    is_new: bool


_CAME_LATER = Prepared(lambda: (
    CorrectedFile.select(CorrectedFile.settlement).join(Settlement)
    .where((CorrectedFile.received_at > Settlement.received_at) & CorrectedFile.groups.is_null(False))
))  # fmt: skip


def remarks(rows: Iterable[Settlement], postings: Mapping[int, Posting]) -> dict[int, str]:
    """What a list says of files that came after the ones in use: {settlement's row id: a sentence}.

    ``postings`` holds the active ones, under the same ids.
    """
    waiting = {row for (row,) in _CAME_LATER.rows()}
    told = dict.fromkeys(waiting, "Another file of it came later and says something else: look at it first.")
    for row in rows:
        posting = postings.get(row.id)
        if row.state in settlements.IN_XERO and posting and _says_otherwise(row, posting):
            document = format_money(posting.total, posting.currency)
            told[row.id] = (
                f"{posting.number} in Xero is still of the file before, {document}: Repost brings it up to date."
            )
    return told


def _says_otherwise(row: Settlement, posting: Posting) -> bool:
    """A journal comes to nothing whatever it holds, so its settlement's page alone can tell."""
    return posting.kind != "manual_journal" and posting.total != abs(row.total)


def use(parts: Parts, settlement_id: str, version: str, actor: Actor) -> Used:
    """Makes the settlement say what this file (``version_of``) says; the file used so far is kept beside it.

    Asked again it changes nothing. Number and reference stay as they were fixed on arrival. What is posted stays
    in Xero until it is reposted. Raises NotFound, or Refused while it is being posted.
    """
    with write_txn():
        settlement = settlements.find(settlement_id)
        if version.strip() == version_of(settlement):
            return Used(settlement, is_new=False)
        row = next((each.row for each in of(settlement) if each.version == version.strip()), None)
        if row is None:
            raise NotFound("That file is not among the other files of this settlement. Look at its page again.")
        if settlement.state not in MAY_SWITCH:
            raise Refused("It is being posted at this moment. Wait until that has ended, then use the other file.")
        before = settlement.total
        _exchange(settlement, row)
        answer = difference_lines.of(settlement)
        if answer:  # it made up for the lines of the other file
            difference_lines.forget(parts, answer, settlement, actor)
        audit.record(
            actor,
            "settlement.file_used",
            f"settlement:{settlement.settlement_id}",
            parts.clock.now(),
            file=settlement.file.name,
            before=format_money(before, row.currency),
            after=format_money(settlement.total, settlement.currency),
        )
    return Used(settlement, is_new=True)


def _exchange(settlement: Settlement, row: CorrectedFile) -> None:
    in_use, kept = bookkeeping.groups_of(settlement), records.kept_groups(row)
    for name in records.TOLD:
        ours, theirs = getattr(settlement, name), getattr(row, name)
        setattr(settlement, name, theirs)
        setattr(row, name, ours)
    row.groups = records.as_kept(in_use)
    settlement.save()
    row.save()
    SettlementGroup.delete().where(SettlementGroup.settlement == settlement).execute()
    records.write_groups(settlement, kept)
