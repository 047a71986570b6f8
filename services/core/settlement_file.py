"""Settlement files → settlements: V1 and V2 in every dialect, in one pass over the file, every amount counted."""

from collections import Counter
from collections.abc import Callable
from typing import BinaryIO

from services.core.file_text import EncodingWatch
from services.core.read_errors import BrokenSettlement, NotASettlement, ReadError
from services.core.settlement import Settlement
from services.core.settlement_draft import Draft
from services.core.settlement_rows import Row, batches, rows_of
from services.core.watched_stream import WatchedStream

__all__ = ["BrokenSettlement", "NotASettlement", "ReadError", "read_settlements"]

MOST_SETTLEMENTS = 1000

Drafts = dict[str, Draft]
Lines = dict[str, int]  # an amount as printed → the first line that holds it


def read_settlements(stream: BinaryIO, progress: Callable[[int, int], None] | None = None) -> list[Settlement]:
    """All settlements of a seekable binary stream, in the file's order, amounts in exact minor units.

    Memory is bounded whatever the file's size. The file is read once; again only where an order item's rows
    are scattered, or to name the line in a refusal. ``progress`` is told (bytes read, bytes in all). Raises
    NotASettlement or BrokenSettlement, whose ``message`` is for the person who gave the file.
    """
    if progress:
        stream = WatchedStream(stream, progress)
    drafts, watch = {}, EncodingWatch()
    for batch in batches(stream, lambda row: _draft_of(row, drafts).note_head(row), watch.see):
        drafts[batch.settlement_id].take(batch)
    if not drafts:
        raise BrokenSettlement("The file has a header and nothing below it.")
    _revisit(stream, drafts)
    encoding = watch.encoding(stream)
    _understand(stream, drafts, encoding)
    return [draft.settlement(encoding) for draft in drafts.values()]


def _draft_of(row: Row, drafts: Drafts) -> Draft:
    if row.settlement_id not in drafts:
        if len(drafts) == MOST_SETTLEMENTS:
            raise BrokenSettlement(f"The file holds more than {MOST_SETTLEMENTS:,} settlements.")
        drafts[row.settlement_id] = Draft(row.settlement_id, row.line)
    return drafts[row.settlement_id]


def _revisit(stream: BinaryIO, drafts: Drafts) -> None:
    """Looks again at batches with rows of an order item that turned out later to be Amazon's to account for."""
    wanted = {settlement_id: draft.items.batches_to_revisit() for settlement_id, draft in drafts.items()}
    if not any(wanted.values()):
        return
    numbers: Counter[str] = Counter()
    for batch in batches(stream):
        number = numbers[batch.settlement_id]
        numbers[batch.settlement_id] += 1
        if number in wanted[batch.settlement_id]:
            drafts[batch.settlement_id].revisit(number, batch)


def _understand(stream: BinaryIO, drafts: Drafts, encoding: str) -> None:
    """Every amount in minor units. The whole file tells how they are written where one settlement does not."""
    printed = {draft.settlement_id: draft.printed(encoding) for draft in drafts.values()}
    try:
        _understand_each(drafts, {name: dict.fromkeys(texts, 0) for name, texts in printed.items()}, encoding)
    except BrokenSettlement:
        _understand_each(drafts, _first_lines(stream, printed, encoding), encoding)
        raise


def _understand_each(drafts: Drafts, printed: dict[str, Lines], encoding: str) -> None:
    printed_in_file = {text: line for lines in printed.values() for text, line in lines.items()}
    for draft in drafts.values():
        draft.understand_amounts(printed[draft.settlement_id], printed_in_file, encoding)


def _first_lines(stream: BinaryIO, printed: dict[str, set[str]], encoding: str) -> dict[str, Lines]:
    found: dict[str, Lines] = {settlement_id: {} for settlement_id in printed}
    for row in rows_of(stream):
        wanted, lines = printed[row.settlement_id], found[row.settlement_id]
        for cell in (*(row.cells[column.index] for column in row.layout.amounts), row.cell("total-amount")):
            text = cell.strip().decode(encoding, "replace")
            if text in wanted:
                lines.setdefault(text, row.line)
    return found
