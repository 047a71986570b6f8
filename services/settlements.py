"""Settlements in: files taken, kept as evidence, read once, told apart from what is already here."""

import hashlib
import io
from dataclasses import dataclass, field
from typing import BinaryIO

import zstandard
from peewee import fn

from models import Posting, Settlement, SettlementFile, SettlementGroup
from services import bookkeeping
from services import settlement_records as records
from services.audit import Actor
from services.core import settlement as values
from services.core.money import format_money
from services.core.plans import Plan, Problem
from services.core.settlement_file import ReadError, read_settlements
from services.database import write_txn
from services.errors import NotFound
from services.parts import Parts

IN_HAND, POSTING, UNSURE, POSTED, DRAFT, FAILED = "in_hand", "posting", "unsure", "posted", "draft", "failed"


@dataclass(frozen=True)
class Upload:
    """A file as it was dropped: its name there, and a seekable stream of its bytes."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True)
class Taken:
    """What became of one settlement of one file (or of a file that was refused). Minor units."""

    file: str
    outcome: str  # imported, known, corrected, refused
    settlement_id: str | None = None
    currency: str | None = None
    total: int | None = None
    lines: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One settlement as the list shows it; ``problems`` says what stands in the way."""

    settlement: Settlement
    status: str  # product.md section 9, lower case with underscores
    reason: str
    posting: Posting | None  # the active one
    problems: tuple[Problem, ...] = ()

    @property
    def number(self) -> str:
        return self.posting.number if self.posting else self.settlement.number


def take_in(parts: Parts, uploads: list[Upload], actor: Actor) -> list[Taken]:
    """Takes files in: every settlement of every file, numbered oldest period first.

    A file that is no settlement is refused in its own entry; the others are taken all the same.
    """
    read = [(upload, *_read(upload)) for upload in uploads]
    refused = [Taken(upload.name, "refused", problems=[error.message]) for upload, _, error in read if error]
    found = [(upload, settlement) for upload, settlements, _ in read for settlement in settlements]
    oldest_first = sorted(found, key=lambda pair: (pair[1].start_date, pair[1].settlement_id))
    taken = {id(settlement): _take(parts, upload, settlement, actor) for upload, settlement in oldest_first}
    return [taken[id(settlement)] for _, settlement in found] + refused


def _read(upload: Upload) -> tuple[list[values.Settlement], ReadError | None]:
    upload.stream.seek(0)
    try:
        return read_settlements(upload.stream), None
    except ReadError as error:
        return [], error


def _take(parts: Parts, upload: Upload, found: values.Settlement, actor: Actor) -> Taken:
    fingerprint = records.fingerprint(found)
    with write_txn():
        known = Settlement.get_or_none(Settlement.settlement_id == found.settlement_id)
        if known is None:
            row = records.store(parts, _keep_file(parts, upload, actor), upload.name, found, actor)
            return _taken(upload, found, "imported", _problems(row))
        if known.fingerprint == fingerprint:
            return _taken(upload, found, "known", [])
        if not records.is_kept(known, fingerprint):
            records.keep_beside(parts, known, _keep_file(parts, upload, actor), upload.name, found, actor)
        return _taken(upload, found, "corrected", [_beside(known, found)])


def _taken(upload: Upload, found: values.Settlement, outcome: str, problems: list[str]) -> Taken:
    return Taken(upload.name, outcome, found.settlement_id, found.currency, found.total, found.line_count, problems)


def _problems(row: Settlement) -> list[str]:
    """What the file itself leaves open; mappings are another matter."""
    plan = bookkeeping.gather().plan(row)
    return [problem.message for problem in plan.problems if problem.code in ("needs_category", "does_not_add_up")]


def _keep_file(parts: Parts, upload: Upload, actor: Actor) -> SettlementFile:
    """The original bytes, compressed, under their hash; the same bytes are kept once."""
    upload.stream.seek(0)
    sha256 = hashlib.file_digest(upload.stream, "sha256").hexdigest()
    kept = SettlementFile.get_or_none(SettlementFile.sha256 == sha256)
    if kept:
        return kept
    packed = io.BytesIO()
    upload.stream.seek(0)
    size, _ = zstandard.ZstdCompressor(level=1).copy_stream(upload.stream, packed)
    return SettlementFile.create(
        sha256=sha256,
        name=upload.name[-200:],
        size=size,
        content=packed.getvalue(),
        received_at=parts.clock.now(),
        received_by=actor.name,
    )


def _beside(known: Settlement, found: values.Settlement) -> str:
    return (
        f"Settlement {known.settlement_id} is already here with other content: "
        f"{format_money(known.total, known.currency)} in {known.line_count} lines before, "
        f"{format_money(found.total, found.currency)} in {found.line_count} lines in this file. "
        "The new file is kept beside it and nothing was replaced: its page shows what differs, and lets you use it."
    )


def original(file: SettlementFile) -> bytes:
    """The bytes as they were received."""
    return zstandard.ZstdDecompressor().decompress(bytes(file.content), max_output_size=file.size)


def find(settlement_id: str) -> Settlement:
    """The settlement with Amazon's id. Raises NotFound."""
    row = Settlement.get_or_none(Settlement.settlement_id == settlement_id.strip())
    if row is None:
        raise NotFound(f"There is no settlement {settlement_id} here. Check the id, or import its file first.")
    return row


def listing() -> list[Row]:
    """All settlements, the latest deposit first, each with its status."""
    desk = bookkeeping.gather()
    groups: dict[int, list[values.Group]] = {}
    for row in SettlementGroup.select().order_by(SettlementGroup.id):
        groups.setdefault(row.settlement_id, []).append(bookkeeping.group_value(row))
    postings = {posting.active: posting for posting in Posting.select().where(Posting.active.is_null(False))}
    dated = fn.COALESCE(fn.NULLIF(Settlement.deposit_date, ""), Settlement.end_date)
    rows = Settlement.select().order_by(dated.desc(), Settlement.settlement_id.desc())
    return [describe(row, desk, groups.get(row.id, []), postings.get(row.id)) for row in rows]


def describe(
    row: Settlement, desk: bookkeeping.Bookkeeping, groups: list[values.Group], posting: Posting | None
) -> Row:
    """The row's status: what the posting says, else what stands in the way of one."""
    if row.state != IN_HAND:
        return Row(row, row.state, row.state_reason, posting)
    plan = desk.plan(row, groups)
    return Row(row, *readiness(plan), posting, plan.problems)


def readiness(plan: Plan) -> tuple[str, str]:
    """(status, reason) of a settlement in hand: the worst of its problems, or ready."""
    for worst in ("does_not_add_up", "needs_category"):
        for problem in plan.problems:
            if problem.code == worst:
                return worst, problem.message
    if plan.problems:
        return "needs_mapping", plan.problems[0].message
    if plan.kind == "nothing":
        return "nothing_to_post", "Every line of this settlement is zero."
    return "ready", ""
