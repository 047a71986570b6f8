"""Settlement files → settlements: V1 and V2 in every dialect, in one pass over the file, every amount counted."""

from collections import Counter
from collections.abc import Callable
from typing import BinaryIO, NamedTuple, TypeVar

from services.core.file_text import EncodingWatch
from services.core.read_errors import BrokenSettlement, NotASettlement, ReadError
from services.core.settlement import Settlement
from services.core.settlement_draft import Draft
from services.core.settlement_rows import Batch, Row, Telling, batches, rows_of
from services.core.spreadsheet_marks import refuse_marks
from services.core.watched_stream import WatchedStream

__all__ = ["BrokenSettlement", "NotASettlement", "ReadError", "Reading", "read_file", "read_settlements"]

MOST_SETTLEMENTS = 1000

Drafts = dict[Telling, Draft]
Lines = dict[str, int]  # an amount as printed → the first line that holds it
Refused = dict[Telling, BrokenSettlement]
T = TypeVar("T")


class Reading(NamedTuple):
    """What a file holds, in its order: the settlements that can be trusted, and why others cannot."""

    settlements: tuple[Settlement, ...]
    refused: Refused


def read_settlements(stream: BinaryIO, progress: Callable[[int, int], None] | None = None) -> list[Settlement]:
    """All settlements of a file, as ``read_file`` reads it. Raises BrokenSettlement where one cannot be trusted."""
    reading = read_file(stream, progress)
    for error in reading.refused.values():
        raise error
    return list(reading.settlements)


def read_file(stream: BinaryIO, progress: Callable[[int, int], None] | None = None) -> Reading:
    """The settlements of a seekable binary stream, in the file's order, amounts in exact minor units.

    Memory is bounded whatever the file's size. The file is read once; again only where an order item's rows
    are scattered, or to name the line in a refusal. ``progress`` is told (bytes read, bytes in all). Raises
    NotASettlement, or BrokenSettlement where nothing in the file can be trusted; their ``message`` is for the
    person who gave the file.
    """
    if progress:
        stream = WatchedStream(stream, progress)
    drafts, watch = {}, EncodingWatch()
    for batch in batches(stream, lambda row: _draft_of(row, drafts).note_head(row), watch.see):
        refuse_marks(batch)
        drafts[_telling(batch)].take(batch)
    if not drafts:
        raise BrokenSettlement("The file has a header and nothing below it.")
    _revisit(stream, drafts)
    return _read(stream, drafts, watch.encoding(stream))


def _read(stream: BinaryIO, drafts: Drafts, encoding: str) -> Reading:
    refused = _understand(stream, drafts, encoding)
    found, not_dated = _each(drafts, refused, lambda _, draft: draft.settlement(encoding))
    refused |= not_dated
    if not found:
        raise next(iter(refused.values()))
    return Reading(tuple(found.values()), {telling: refused[telling] for telling in drafts if telling in refused})


def _telling(of: Row | Batch) -> Telling:
    return Telling(of.settlement_id, of.copy)


def _draft_of(row: Row, drafts: Drafts) -> Draft:
    telling = _telling(row)
    if telling not in drafts:
        if len(drafts) == MOST_SETTLEMENTS:
            raise BrokenSettlement(f"The file holds more than {MOST_SETTLEMENTS:,} settlements.")
        drafts[telling] = Draft(row.settlement_id, row.copy, row.line)
    return drafts[telling]


def _revisit(stream: BinaryIO, drafts: Drafts) -> None:
    """Looks again at batches with rows of an order item that turned out later to be Amazon's to account for."""
    wanted = {telling: draft.items.batches_to_revisit() for telling, draft in drafts.items()}
    if not any(wanted.values()):
        return
    numbers: Counter[Telling] = Counter()
    for batch in batches(stream):
        telling = _telling(batch)
        number = numbers[telling]
        numbers[telling] += 1
        if number in wanted[telling]:
            drafts[telling].revisit(number, batch)


def _each(drafts: Drafts, refused: Refused, step: Callable[[Telling, Draft], T]) -> tuple[dict[Telling, T], Refused]:
    """What ``step`` makes of every draft that is not refused yet, and which it refuses."""
    made: dict[Telling, T] = {}
    failed: Refused = {}
    for telling, draft in drafts.items():
        if telling not in refused:
            try:
                made[telling] = step(telling, draft)
            except BrokenSettlement as error:
                failed[telling] = error
    return made, failed


def _understand(stream: BinaryIO, drafts: Drafts, encoding: str) -> Refused:
    """Every amount in minor units. The whole file tells how they are written where one settlement does not."""
    printed = {telling: draft.printed(encoding) for telling, draft in drafts.items()}
    lines: dict[Telling, Lines] = {telling: dict.fromkeys(texts, 0) for telling, texts in printed.items()}
    if not _understand_each(drafts, lines, encoding):
        return {}
    return _understand_each(drafts, _first_lines(stream, printed, encoding), encoding)


def _understand_each(drafts: Drafts, printed: dict[Telling, Lines], encoding: str) -> Refused:
    in_file = {text: line for lines in printed.values() for text, line in lines.items()}
    return _each(drafts, {}, lambda of, draft: draft.understand_amounts(printed[of], in_file, encoding))[1]


def _first_lines(stream: BinaryIO, printed: dict[Telling, set[str]], encoding: str) -> dict[Telling, Lines]:
    found: dict[Telling, Lines] = {telling: {} for telling in printed}
    for row in rows_of(stream):
        telling = _telling(row)
        wanted, lines = printed[telling], found[telling]
        for cell in (*(row.cells[column.index] for column in row.layout.amounts), row.cell("total-amount")):
            text = cell.strip().decode(encoding, "replace")
            if text in wanted:
                lines.setdefault(text, row.line)
    return found
