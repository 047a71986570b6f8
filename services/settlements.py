"""Settlements in: files taken, kept as evidence, read once, told apart from what is already here."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models import Posting, Settlement, SettlementFile
from services import bookkeeping, same_rows, settlement_files
from services import settlement_records as records
from services.audit import Actor
from services.core import settlement as values
from services.core.money import format_money
from services.database import write_txn
from services.errors import NotFound
from services.parts import Parts
from services.readiness import Ready
from services.settlement_files import Progress, ReadFile, Upload

IN_HAND, POSTING, UNSURE, POSTED, DRAFT, FAILED = "in_hand", "posting", "unsure", "posted", "draft", "failed"
QUEUED, PAID, CHANGED = "queued", "paid", "changed_in_xero"
READ_AT_ONCE = 200
IN_XERO = (POSTED, PAID, CHANGED)  # its document stands there


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
    """One settlement as lists show it: its status, and in words why; ``ready`` while it is in hand."""

    settlement: Settlement  # lists hold as much of it and of its posting as they show (settlement_list_rows)
    status: str  # product.md section 9, lower case with underscores
    reason: str
    posting: Posting | None  # the active one
    ready: Ready | None = None

    @property
    def number(self) -> str:
        return self.posting.number if self.posting else self.settlement.number


def row_of(settlement: Settlement, posting: Posting | None, ready: Ready | None) -> Row:
    """What the posting says, else what stands in the way of one."""
    is_booked = ready is not None and ready.status == "booked_elsewhere"
    if ready and (settlement.state == IN_HAND or (is_booked and not posting)):
        return Row(settlement, ready.status, ready.reason, posting, ready)
    return Row(settlement, settlement.state, settlement.state_reason, posting)


def take_in(parts: Parts, uploads: list[Upload], actor: Actor, progress: Progress | None = None) -> list[Taken]:
    """Takes files in: every settlement of every file and archive, numbered oldest period first.

    A file that is no settlement is refused in its own entry; the others are taken all the same.
    ``progress`` is told (bytes read, bytes in all) while the files are read.
    """
    files = settlement_files.read_all(uploads, progress)
    refused = [Taken(file.name, "refused", file.settlement_id, problems=[file.why]) for file in files if file.error]
    found = [(file, settlement) for file in files for settlement in file.settlements]
    oldest_first = sorted(found, key=lambda pair: (pair[1].start_date, pair[1].settlement_id))
    try:
        taken = {id(settlement): _take(parts, file, settlement, actor) for file, settlement in oldest_first}
    finally:
        settlement_files.close(files)
    return [taken[id(settlement)] for _, settlement in found] + refused


def _take(parts: Parts, file: ReadFile, found: values.Settlement, actor: Actor) -> Taken:
    rows = same_rows.SameRows(file, found)
    for each in same_rows.all_kept(found.settlement_id):  # before the writing begins: it may take reading files again
        rows.are_in(each)
    with write_txn():
        known, *beside = same_rows.all_kept(found.settlement_id) or [None]
        if known is None:
            row = records.store(parts, settlement_files.keep(parts, file, actor), file.name, found, actor)
            return _taken(file, found, "imported", _problems(row))
        if rows.are_in(known):
            return _taken(file, found, "known", [])
        if not any(map(rows.are_in, beside)):
            records.keep_beside(parts, known, settlement_files.keep(parts, file, actor), file.name, found, actor)
        return _taken(file, found, "corrected", [_beside(known, found, rows.fingerprint)])


def _taken(file: ReadFile, found: values.Settlement, outcome: str, problems: list[str]) -> Taken:
    return Taken(file.name, outcome, found.settlement_id, found.currency, found.total, found.line_count, problems)


def _problems(row: Settlement) -> list[str]:
    """What the file itself leaves open; mappings are another matter."""
    plan = bookkeeping.gather([row]).plan(row)
    return [problem.message for problem in plan.problems if problem.code in ("needs_category", "does_not_add_up")]


def _beside(known: Settlement, found: values.Settlement, fingerprint: str) -> str:
    same_sums = "Every sum is the same, but single rows are not. " if known.fingerprint == fingerprint else ""
    return (
        f"Settlement {known.settlement_id} is already here with other content: "
        f"{format_money(known.total, known.currency)} in {known.line_count} lines before, "
        f"{format_money(found.total, found.currency)} in {found.line_count} lines in this file. {same_sums}"
        "The new file is kept beside it and nothing was replaced: its page shows what differs, and lets you use it."
    )


def original(file: SettlementFile) -> bytes:
    """The bytes as they were received."""
    return settlement_files.opened(file).read()


def is_here(settlement_id: str) -> bool:
    return Settlement.select().where(Settlement.settlement_id == settlement_id).exists()


def find(settlement_id: str) -> Settlement:
    """The settlement with Amazon's id. Raises NotFound."""
    row = Settlement.get_or_none(Settlement.settlement_id == settlement_id.strip())
    if row is None:
        raise NotFound(f"There is no settlement {settlement_id} here. Check the id, or import its file first.")
    return row


def find_all(settlement_ids: Iterable[str]) -> list[Settlement]:
    """The same for many, each once, in the order given. Raises NotFound for the first that is not here."""
    wanted = [each.strip() for each in settlement_ids]
    found: dict[str, Settlement] = {}
    for first in range(0, len(wanted), READ_AT_ONCE):
        some = Settlement.select().where(Settlement.settlement_id.in_(wanted[first : first + READ_AT_ONCE]))
        found |= {row.settlement_id: row for row in some}
    return [found.get(each) or find(each) for each in dict.fromkeys(wanted)]
