"""Settlement files → settlements: V1 and V2 in every dialect, in two passes over the file, every amount counted."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from services.core.file_text import encoding_of, opened_as_text
from services.core.read_errors import BrokenSettlement, NotASettlement, ReadError
from services.core.recognition import looks_like
from services.core.settlement import Settlement
from services.core.settlement_draft import Draft, Row
from services.core.settlement_layout import Layout, layout_of

__all__ = ["BrokenSettlement", "NotASettlement", "ReadError", "read_settlements"]

_HEAD = 8192
_ID = re.compile(r"[0-9A-Za-z_-]{1,40}")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


def read_settlements(stream: BinaryIO) -> list[Settlement]:
    """All settlements of a seekable binary stream, in the file's order, amounts in exact minor units.

    The first pass gathers what must be known of the whole file before any row can be read: how
    amounts are written, and on which order items Amazon accounts for the tax. Raises NotASettlement
    or BrokenSettlement, whose ``message`` is for the person who gave the file.
    """
    encoding = encoding_of(stream)
    drafts: dict[str, Draft] = {}
    for row in _rows(stream, encoding):
        if row.settlement_id not in drafts:
            drafts[row.settlement_id] = Draft(row.settlement_id, row.line)
        drafts[row.settlement_id].note(row)
    if not drafts:
        raise BrokenSettlement("The file has a header and nothing below it.")
    printed = {text: line for draft in drafts.values() for text, line in draft.printed.items()}
    for draft in drafts.values():
        draft.understand_amounts(printed)
    for row in _rows(stream, encoding):
        drafts[row.settlement_id].add(row)
    return [draft.settlement() for draft in drafts.values()]


def _rows(stream: BinaryIO, encoding: str) -> Iterator[Row]:
    """Every row that says something. A header may come again where files were joined."""
    with opened_as_text(stream, encoding) as text:
        layout: Layout | None = None
        for line, content in enumerate(text, start=1):
            cells = content.rstrip("\n").split("\t")
            if not any(cell.strip() for cell in cells):
                continue
            if layout is None or _is_header(cells, layout):
                layout = layout_of(cells)
                if layout is None:
                    raise _not_readable(stream, content)
            else:
                yield _row(line, cells, layout)
        if layout is None:
            raise NotASettlement("The file is empty.")


def _is_header(cells: list[str], layout: Layout) -> bool:
    index = layout.columns["settlement-id"]
    return index < len(cells) and cells[index].strip("\ufeff ") == "settlement-id"


def _row(line: int, cells: list[str], layout: Layout) -> Row:
    missing = layout.width - len(cells)
    if missing > 0:
        cells.extend([""] * missing)
    elif missing < 0 and any(cell.strip() for cell in cells[layout.width :]):
        raise BrokenSettlement(
            f"Line {line} has more columns than the header, so its amounts may stand in the wrong place."
        )
    settlement_id = layout.cell(cells, "settlement-id")
    if not _ID.fullmatch(settlement_id):
        raise BrokenSettlement(_bad_id(line, settlement_id))
    return Row(line, settlement_id, cells, layout, layout.amounts(cells))


def _bad_id(line: int, settlement_id: str) -> str:
    if _SCIENTIFIC.fullmatch(settlement_id):
        return (
            f"Line {line}: the settlement id reads “{settlement_id}”: a spreadsheet has rewritten it, "
            f"and other figures may have changed with it."
        )
    return f"Line {line} has no valid settlement id (“{settlement_id[:40]}”)."


def _not_readable(stream: BinaryIO, header: str) -> ReadError:
    stream.seek(0)
    seen = looks_like(stream.read(_HEAD))
    if seen:
        return NotASettlement(f"This looks like {seen}, not a settlement report.")
    if "settlement-id" in header:
        return BrokenSettlement(
            "The file begins like a settlement report, but columns that hold its amounts are missing."
        )
    return NotASettlement("TrueBooks does not know this kind of file; it is no settlement report.")
