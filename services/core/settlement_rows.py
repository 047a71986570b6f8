"""The rows of a settlement file: header, blank and ragged lines dealt with, grouped into batches of one settlement."""

import re
from collections.abc import Callable, Iterator
from operator import methodcaller
from typing import BinaryIO, NamedTuple

from services.core.file_text import Block, blocks
from services.core.read_errors import BrokenSettlement, NotASettlement, ReadError
from services.core.recognition import looks_like
from services.core.settlement_layout import Layout, layout_of

_HEAD_BYTES = 8192
_HEAD_CELLS = 6
_BOM = b"\xef\xbb\xbf"
_ID = re.compile(rb"[0-9A-Za-z_-]{1,40}")
_SCIENTIFIC = re.compile(rb"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_LONGEST_HOLD = 500


class Row(NamedTuple):
    """A row of the file; ``cells`` in the file's own encoding, as many as are read of it at least."""

    line: int
    settlement_id: str
    cells: list[bytes]
    layout: Layout

    def cell(self, name: str) -> bytes:
        return self.layout.cell(self.cells, name)


class Batch(NamedTuple):
    """Rows of one settlement, a few hundred at a time; the rows of an order that stand together stay together."""

    settlement_id: str
    layout: Layout
    rows: list[list[bytes]]


def rows_of(stream: BinaryIO) -> Iterator[Row]:
    """Every row that says something, one by one. A header may come again where files were joined."""
    reader = _RowReader(stream)
    for block in blocks(stream):
        for line, content in enumerate(block.lines, block.first_line):
            row = reader.read(line, content)
            if row:
                yield row
    reader.finish()


def batches(
    stream: BinaryIO,
    on_head: Callable[[Row], None] = lambda row: None,
    on_content: Callable[[bytes], None] = lambda content: None,
) -> Iterator[Batch]:
    """The same rows in batches, much faster; a second reading gives the same batches.

    ``on_head`` is shown every row whose first cells (id, dates, total, currency) differ from the row above,
    before any batch that holds it; ``on_content`` every block of the file.
    """
    sorter = _Sorter(_RowReader(stream), on_head)
    for block in blocks(stream):
        on_content(block.content)
        yield from sorter.sort(block)
    yield from sorter.finish()


class _RowReader:
    """Turns lines into rows by the header above them."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self.layout: Layout | None = None

    def read(self, line: int, content: bytes) -> Row | None:
        """None for blank lines and headers. Raises ReadError."""
        if not content.strip():
            return None
        cells = content.split(b"\t")
        if self.layout is None or _is_header(cells, self.layout):
            self.layout = layout_of([cell.decode("utf-8", "replace") for cell in cells])
            if self.layout is None:
                raise self._not_readable(content)
            return None
        fit([cells], self.layout, line)
        return Row(line, _settlement_id(line, self.layout.cell(cells, "settlement-id")), cells, self.layout)

    def finish(self) -> None:
        if self.layout is None:
            raise NotASettlement("The file is empty.")

    def _not_readable(self, header: bytes) -> ReadError:
        self._stream.seek(0)
        seen = looks_like(self._stream.read(_HEAD_BYTES))
        if seen:
            return NotASettlement(f"This looks like {seen}, not a settlement report.")
        if b"settlement-id" in header:
            return BrokenSettlement(
                "The file begins like a settlement report, but columns that hold its amounts are missing."
            )
        return NotASettlement("TrueBooks does not know this kind of file; it is no settlement report.")


class _Sorter:
    """Splits blocks whose lines are all of one settlement at once, and reads the others line by line."""

    def __init__(self, reader: _RowReader, on_head: Callable[[Row], None]):
        self._reader = reader
        self._on_head = on_head
        self._layout: Layout | None = None
        self._settlement_id = ""
        self._prefix = b""  # the first cells of the row above: a line that begins so needs no second look
        self._rows: list[list[bytes]] = []

    def sort(self, block: Block) -> Iterator[Batch]:
        prefix = self._prefix
        if prefix and all(map(methodcaller("startswith", prefix), block.lines)):
            self._rows += _plain_rows(block, self._layout)
        else:
            for line, content in enumerate(block.lines, block.first_line):
                yield from self._sort_line(line, content)
        yield from self._batch(_complete(self._rows, self._layout))

    def finish(self) -> Iterator[Batch]:
        self._reader.finish()
        yield from self._batch(len(self._rows))

    def _sort_line(self, line: int, content: bytes) -> Iterator[Batch]:
        row = self._reader.read(line, content)
        if row is None:
            return
        if not (self._prefix and content.startswith(self._prefix) and row.layout is self._layout):
            if (row.settlement_id, row.layout) != (self._settlement_id, self._layout):
                yield from self._batch(len(self._rows))
            self._settlement_id, self._layout = row.settlement_id, row.layout
            self._on_head(row)
            self._prefix = _prefix(row, content)
        self._rows.append(row.cells)

    def _batch(self, count: int) -> Iterator[Batch]:
        rows, self._rows = self._rows[:count], self._rows[count:]
        if rows:
            yield Batch(self._settlement_id, self._layout, rows)


def fit(rows: list[list[bytes]], layout: Layout, first_line: int) -> None:
    """Missing cells at the end are empty ones. Raises BrokenSettlement for a row that runs past the header."""
    for line, cells in enumerate(rows, first_line):
        if len(cells) < layout.needed:
            cells.extend([b""] * (layout.needed - len(cells)))
        elif len(cells) > layout.width and any(cell.strip() for cell in cells[layout.width :]):
            raise BrokenSettlement(
                f"Line {line} has more columns than the header, so its amounts may stand in the wrong place."
            )


def _plain_rows(block: Block, layout: Layout) -> list[list[bytes]]:
    rows = [line.split(b"\t") for line in block.lines]
    lengths = set(map(len, rows))
    if min(lengths) < layout.needed or max(lengths) > layout.width:
        fit(rows, layout, block.first_line)
    return rows


def _complete(rows: list[list[bytes]], layout: Layout | None) -> int:
    """How many rows can go: those of the last order wait for the next block, which may hold more of them."""
    if not rows or layout is None or layout.item_cells is None:
        return len(rows)
    order = layout.columns["order-id"]
    last = rows[-1][order]
    count = len(rows)
    while last and count and rows[count - 1][order] == last:
        count -= 1
    return count if len(rows) - count < _LONGEST_HOLD else len(rows)


def _prefix(row: Row, content: bytes) -> bytes:
    """The first cells with their tabs; empty where they do not tell the settlement alone, as on a summary row."""
    if not row.layout.head_comes_first or row.cell("total-amount") or content.count(b"\t") < _HEAD_CELLS:
        return b""
    return b"\t".join(content.split(b"\t", _HEAD_CELLS)[:_HEAD_CELLS]) + b"\t"


def _is_header(cells: list[bytes], layout: Layout) -> bool:
    index = layout.columns["settlement-id"]
    return index < len(cells) and cells[index].strip().removeprefix(_BOM).strip() == b"settlement-id"


def _settlement_id(line: int, text: bytes) -> str:
    if _ID.fullmatch(text):
        return text.decode()
    printed = text.decode("utf-8", "replace")
    if _SCIENTIFIC.fullmatch(text):
        raise BrokenSettlement(
            f"Line {line}: the settlement id reads “{printed}”: a spreadsheet has rewritten it, "
            "and other figures may have changed with it."
        )
    raise BrokenSettlement(f"Line {line} has no valid settlement id (“{printed[:40]}”).")
