"""The rows of a settlement file: header, blank and ragged lines dealt with, grouped into batches of one settlement."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from operator import length_hint
from typing import BinaryIO, NamedTuple

from services.core.file_text import Block, blocks
from services.core.read_errors import BrokenSettlement, NotASettlement, ReadError
from services.core.recognition import looks_like
from services.core.settlement_layout import AmountColumn, Frame, Layout, layout_of

_HEAD_BYTES = 8192
_HEAD_CELLS = 6
_BOM = b"\xef\xbb\xbf"
_ID = re.compile(rb"[0-9A-Za-z_-]{1,40}")
_SCIENTIFIC = re.compile(rb"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_LONGEST_HOLD = 500
_MOST_KNOWN = 50_000


class Telling(NamedTuple):
    """One settlement in a file; ``copy`` counts from 1 where the file holds it several times."""

    settlement_id: str
    copy: int = 1


class Row(NamedTuple):
    """A row of the file; ``cells`` in the file's own encoding, as many as are read of it at least."""

    line: int
    settlement_id: str
    cells: list[bytes]
    layout: Layout
    copy: int = 1  # 2 below the second summary row of its settlement, and so on

    def cell(self, name: str) -> bytes:
        return self.layout.cell(self.cells, name)

    def is_of(self, telling: Telling) -> bool:
        return self.settlement_id == telling.settlement_id and self.copy == telling.copy


class Stretch(NamedTuple):
    """Rows one below the other that differ in nothing but their amounts and what names these."""

    frame: Frame
    cells: list[bytes]  # of the first row
    amounts: list[bytes]  # AmountColumn.amount() of every row


class Batch(NamedTuple):
    """Rows of one settlement, some hundred at a time; the rows of an order that stand together stay together."""

    settlement_id: str
    layout: Layout
    stretches: list[Stretch]
    copy: int = 1


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
        self._copies = _Copies()

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
        _fit(cells, self.layout, line)
        settlement_id = _settlement_id(line, self.layout.cell(cells, "settlement-id"))
        copy = self._copies.of(settlement_id, self.layout.is_summary(cells))
        return Row(line, settlement_id, cells, self.layout, copy)

    def finish(self) -> None:
        if self.layout is None:
            raise NotASettlement("The file is empty.")

    def _not_readable(self, header: bytes) -> ReadError:
        self._stream.seek(0)
        seen = looks_like(self._stream.read(_HEAD_BYTES))
        if seen:
            but = "which is not what TrueBooks reads" if "settlement report" in seen else "not a settlement report"
            return NotASettlement(f"This looks like {seen}, {but}.")
        if b"settlement-id" in header:
            return BrokenSettlement(
                "The file begins like a settlement report, but columns that hold its amounts are missing."
            )
        return NotASettlement("TrueBooks does not know this kind of file; it is no settlement report.")


class _Copies:
    """Counts how often a settlement begins in a file: with a summary row, again with one below rows of its own."""

    def __init__(self) -> None:
        self._begun: dict[str, int] = {}
        self._have_rows: set[str] = set()

    def of(self, settlement_id: str, is_summary: bool) -> int:
        if not is_summary:
            if settlement_id in self._begun:
                self._have_rows.add(settlement_id)
        elif settlement_id in self._have_rows:
            self._begun[settlement_id] += 1
            self._have_rows.discard(settlement_id)
        else:
            self._begun.setdefault(settlement_id, 1)
        return self._begun.get(settlement_id, 1)


class _Sorter:
    """Gathers lines into stretches. A line that continues the stretch above it is never taken apart."""

    def __init__(self, reader: _RowReader, on_head: Callable[[Row], None]):
        self._reader = reader
        self._on_head = on_head
        self._layout: Layout | None = None
        self._settlement_id, self._copy = "", 1
        self._head = b""  # the first cells of the row above: a line that begins so needs no second look
        self._begin, self._end = b"", b""  # what the lines of the open stretch share, on either side of the amount
        self._stretches: list[Stretch] = []
        self._frames: dict[AmountColumn, dict[tuple[bytes, ...], Frame]] = defaultdict(dict)
        self._known: set[bytes] = set()  # amounts that hold as many cells as they must

    def sort(self, block: Block) -> Iterator[Batch]:
        if len(self._known) + sum(map(len, self._frames.values())) > _MOST_KNOWN:
            self._known.clear()
            self._frames.clear()
        lines, next_line = iter(block.lines), block.first_line + len(block.lines)
        while (stopped := self._continue(lines)) is not None:
            yield from self._sort_line(next_line - length_hint(lines) - 1, stopped)
        yield from self._batch(_complete(self._stretches, self._layout))

    def finish(self) -> Iterator[Batch]:
        self._reader.finish()
        yield from self._batch(len(self._stretches))

    def _continue(self, lines: Iterator[bytes]) -> bytes | None:
        """Takes lines as long as they continue a stretch or begin one plainly; the first that does neither."""
        begin, end, known = self._begin, self._end, self._known
        after, before = len(begin), -len(end)
        add = self._stretches[-1].amounts.append if begin else None
        for line in lines:
            if add and line.startswith(begin) and line.endswith(end):
                amount = line[after:before]
                if amount in known or self._is_whole(amount):
                    add(amount)
                    continue
            if not line or line.isspace():
                continue
            if not self._begin_stretch(line):
                return line
            begin, end, add = self._begin, self._end, self._stretches[-1].amounts.append
            after, before = len(begin), -len(end)
        return None

    def _is_whole(self, amount: bytes) -> bool:
        if amount.count(b"\t") != self._layout.span.stop - self._layout.span.start - 1:
            return False
        self._known.add(amount)
        return True

    def _begin_stretch(self, line: bytes) -> bool:
        """Whether the line is one of the settlement above, with every cell in its place."""
        head = self._head
        if not (head and line.startswith(head)):
            return False
        cells, layout = line.split(b"\t"), self._layout
        if layout.span is None or not layout.needed <= len(cells) <= layout.width:
            return False
        amount, end = b"\t".join(cells[layout.span]), b"\t".join([b"", *cells[layout.span.stop :]])
        self._begin, self._end = line[: -len(end) - len(amount)], end
        self._stretches.append(Stretch(self._frame(layout.amounts[0], cells), cells, [amount]))
        return True

    def _sort_line(self, number: int, line: bytes) -> Iterator[Batch]:
        self._begin = b""
        row = self._reader.read(number, line)
        if row is None:
            if self._reader.layout is not self._layout:
                self._head = b""  # a header: what stands below is read by it
            return
        if not (self._head and line.startswith(self._head)):
            if (row.settlement_id, row.copy, row.layout) != (self._settlement_id, self._copy, self._layout):
                yield from self._batch(len(self._stretches))
            self._settlement_id, self._copy, self._layout = row.settlement_id, row.copy, row.layout
            self._on_head(row)
            self._head = _head(row, line)
        for column in row.layout.amounts:
            if row.cells[column.index]:
                self._stretches.append(Stretch(self._frame(column, row.cells), row.cells, [column.amount(row.cells)]))

    def _frame(self, column: AmountColumn, cells: list[bytes]) -> Frame:
        frames, shared = self._frames[column], column.shared(cells)
        if shared not in frames:
            frames[shared] = Frame(column, shared)
        return frames[shared]

    def _batch(self, count: int) -> Iterator[Batch]:
        stretches, self._stretches = self._stretches[:count], self._stretches[count:]
        if not self._stretches:
            self._begin = b""  # none is open any more
        if stretches:
            yield Batch(self._settlement_id, self._layout, stretches, self._copy)


def _fit(cells: list[bytes], layout: Layout, line: int) -> None:
    """Missing cells at the end are empty ones. Raises BrokenSettlement for a row that runs past the header."""
    if len(cells) < layout.needed:
        cells.extend([b""] * (layout.needed - len(cells)))
    elif len(cells) > layout.width and any(cell.strip() for cell in cells[layout.width :]):
        raise BrokenSettlement(
            f"Line {line} has more columns than the header, so its amounts may stand in the wrong place."
        )


def _complete(stretches: list[Stretch], layout: Layout | None) -> int:
    """How many stretches can go: those of the last order wait for the next block, which may hold more of it."""
    if not stretches or layout is None or layout.item_cells is None:
        return len(stretches)
    order = layout.columns["order-id"]
    last = stretches[-1].cells[order]
    count = len(stretches)
    while last and count and stretches[count - 1].cells[order] == last:
        count -= 1
    held = sum(len(stretch.amounts) for stretch in stretches[count:])
    return count if held < _LONGEST_HOLD else len(stretches)


def _head(row: Row, line: bytes) -> bytes:
    """The first cells with their tabs; empty where they do not tell the settlement alone, as on a summary row."""
    if not row.layout.head_comes_first or row.cell("total-amount") or line.count(b"\t") < _HEAD_CELLS:
        return b""
    return b"\t".join(line.split(b"\t", _HEAD_CELLS)[:_HEAD_CELLS]) + b"\t"


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
