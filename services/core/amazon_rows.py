"""From a figure back to Amazon's rows: reads a settlement file again and gives the rows behind some of its sums."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, NamedTuple

from services.core.amazon_items import is_facilitator
from services.core.amounts import certain_marks, parse_all, parse_amount
from services.core.file_text import EncodingWatch, blocks
from services.core.money import minor_digits
from services.core.printed_names import printed_name
from services.core.settlement import Group, LineType
from services.core.settlement_layout import AmountColumn, item_of, sku_item_of
from services.core.settlement_rows import Row, Telling, rows_of

_NOT_ZERO = re.compile(rb"[1-9]")
_BY_SKU = b"any code\t"

Sum = tuple[LineType, str]  # a line type and the marketplace as printed


class AmazonRow(NamedTuple):
    """One amount of the file. ``line`` counts the file's lines from 1; ``amount`` is in minor units."""

    line: int
    posted: str  # as printed
    order_id: str
    sku: str
    quantity: str
    marketplace: str
    line_type: LineType
    amount: int


@dataclass(frozen=True)
class Written:
    """How a settlement is written in its file: the encoding, and what its amounts mean in minor units."""

    encoding: str
    understand: Callable[[str], int]


@dataclass(frozen=True)
class Wanted:
    """The sums whose rows are wanted; True or False where only rows with that tax treatment belong to them."""

    sums: Mapping[Sum, bool | None]

    @property
    def depends_on_items(self) -> bool:
        """Whether it takes the order items on which Amazon accounts for the tax to tell the rows apart."""
        return any(flag is not None for flag in self.sums.values())


def wanted(groups: Iterable[Group], of_all: Iterable[Group]) -> Wanted:
    """What tells the rows of ``groups`` from the other rows of the settlement, whose groups are ``of_all``."""
    flags: dict[Sum, set[bool]] = {}
    for group in of_all:
        flags.setdefault((group.line_type, group.marketplace), set()).add(group.amazon_accounted)
    ours: dict[Sum, set[bool]] = {}
    for group in groups:
        ours.setdefault((group.line_type, group.marketplace), set()).add(group.amazon_accounted)
    return Wanted({each: None if found == flags[each] else next(iter(found)) for each, found in ours.items()})


def how_written(stream: BinaryIO, telling: Telling, currency: str) -> Written:
    """What must be known of the whole file before any of its rows can be read, the same as when it was taken in."""
    watch = EncodingWatch()
    for block in blocks(stream):
        watch.see(block.content)
    encoding = watch.encoding(stream)
    digits = minor_digits(currency)
    own: dict[str, int] = {}
    elsewhere: dict[str, int] = {}
    for row in rows_of(stream):
        texts = dict.fromkeys(_amounts_in(row, encoding), row.line)
        if not row.is_of(telling):
            elsewhere.update(texts)
            continue
        for mark in certain_marks(texts, digits):  # one is enough: the file was not refused when it was taken in
            return Written(encoding, partial(parse_amount, decimal_mark=mark, digits=digits))
        own.update(texts)
    return Written(encoding, parse_all(own, currency, elsewhere).__getitem__)


def _amounts_in(row: Row, encoding: str) -> Iterator[str]:
    for cell in (*(row.cells[column.index] for column in row.layout.amounts), row.cell("total-amount")):
        if cell.strip():
            yield cell.decode(encoding, "replace")


class AmazonsItems:
    """The order items on which Amazon accounts for the tax, eight bytes each."""

    def __init__(self, stream: BinaryIO, telling: Telling):
        names = _Names("utf-8")
        found: set[int] = set()
        for row in rows_of(stream):
            if row.is_of(telling) and row.layout.item_cells and _withheld(row, names):
                found.update(map(hash, _decided_by(row.layout.item_cells(row.cells))))
        self._hashes = array("q", sorted(found))

    def __contains__(self, row: Row) -> bool:
        if row.layout.item_cells is None:
            return False
        cells = row.layout.item_cells(row.cells)
        return self._has(item_of(cells)) or self._has(_BY_SKU + sku_item_of(cells))

    def _has(self, item: bytes) -> bool:
        place = bisect_left(self._hashes, hash(item))
        return place < len(self._hashes) and self._hashes[place] == hash(item)


def _decided_by(item_cells: tuple[bytes, ...]) -> list[bytes]:
    """What a withheld row says is Amazon's, by code and by SKU, as core/amazon_items.py has it."""
    item, sku_item = item_of(item_cells), sku_item_of(item_cells)
    if not item:
        return []
    if not sku_item:
        return [item]
    return [item, _BY_SKU + sku_item] if sku_item == item else [item, sku_item]


def _withheld(row: Row, names: "_Names") -> bool:
    return any(
        _NOT_ZERO.search(row.cells[column.index]) and is_facilitator(names.of(column, row)[0].amount_description)
        for column in row.layout.amounts
    )


class _Names:
    """What the cells that name an amount say, worked out once for all rows that say the same."""

    def __init__(self, encoding: str):
        self._encoding = encoding
        self._known: dict[tuple, Sum] = {}

    def of(self, column: AmountColumn, row: Row) -> Sum:
        cells = (column, *[row.cells[index] for index in column.indexes[:-1]])
        known = self._known.get(cells)
        if known is None:
            texts = [printed_name(cell, self._encoding) for cell in cells[1:]]
            known = self._known[cells] = column.line_type(texts), column.marketplace(texts)
        return known


def rows_behind(
    stream: BinaryIO, telling: Telling, sums: Wanted, written: Written, items: AmazonsItems | None
) -> Iterator[AmazonRow]:
    """The rows behind the wanted sums, in the file's order, one at a time; ``items`` where the sums depend on them."""
    names = _Names(written.encoding)
    for row in rows_of(stream):
        if not row.is_of(telling):
            continue
        for column in row.layout.amounts:
            amount = row.cells[column.index]
            name = names.of(column, row)
            if name not in sums.sums or not amount.strip():
                continue
            flag = sums.sums[name]
            if flag is None or (row in items) is flag:
                yield _amazon_row(row, name, amount, written)


def _amazon_row(row: Row, name: Sum, amount: bytes, written: Written) -> AmazonRow:
    def text(column: str) -> str:
        index = row.layout.columns.get(column, len(row.cells))
        return row.cells[index].decode(written.encoding, "replace").strip() if index < len(row.cells) else ""

    line_type, marketplace = name
    return AmazonRow(
        line=row.line,
        posted=text("posted-date-time") or text("posted-date"),
        order_id=text("order-id"),
        sku=text("sku"),
        quantity=text("quantity-purchased"),
        marketplace=marketplace,
        line_type=line_type,
        amount=written.understand(amount.decode(written.encoding, "replace")),
    )
