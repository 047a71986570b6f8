"""On which order items Amazon accounts for the tax: told by a withheld row that may stand anywhere in the file."""

import re
from array import array
from collections.abc import Iterable, Iterator

from services.core.catalogue import normalise
from services.core.read_errors import BrokenSettlement
from services.core.settlement_layout import Frame, item_of, sku_item_of
from services.core.settlement_rows import Batch, Stretch

MOST_ITEMS = 5_000_000

_FACILITATOR = ("marketplacefacilitator", "lowvaluegoods")
_NO_CODE = b"\t\t"  # in an item's name, where its code would stand
_NOT_ZERO = re.compile(rb"[1-9]")
_SCIENTIFIC = re.compile(rb"\t[0-9]([.,][0-9]+)?E\+[0-9]+$")


def is_facilitator(description: str) -> bool:
    """Whether an amount description names tax that a marketplace facilitator withholds."""
    return normalise(description).startswith(_FACILITATOR)


class AmazonItems:
    """Finds the rows of such items batch by batch.

    An item's rows nearly always stand together, so each batch is decided when it comes. Of every batch the
    hashes of its items are kept: they tell afterwards which batches held rows of an item whose withheld row
    came only later, and must be looked at again. Rows in any order so give the same result, in little memory.
    """

    def __init__(self) -> None:
        self._decided: dict[bytes, int] = {}  # item → the batch with its first withheld row
        self._by_sku: dict[bytes, int] = {}  # the same where that row names the SKU alone, so for every code it has
        self._skus = array("q")  # hashes of what rows without a code call the items decided by their code
        self._skus_at_end: frozenset[int] = frozenset()
        self._without_code = array("q")  # numbers of the batches with such rows
        self._seen: list[array] = []  # of each batch, the hashes of its items
        self._count = 0
        self._withheld: set[tuple[Frame, bytes]] = set()
        self._withheld_amounts: set[bytes] = set()  # the same, whatever their frame
        self._facilitators: dict[tuple[Frame, bytes], bool] = {}

    def learn(self, seen: Iterable[tuple[Frame, bytes]]) -> None:
        """Takes note of the amounts that are withheld tax, among amounts that were not seen before."""
        for frame, amount in seen:
            names, _, printed = amount.rpartition(b"\t")
            if self._is_facilitator(frame, names) and _NOT_ZERO.search(printed):
                self._withheld.add((frame, amount))
                self._withheld_amounts.add(amount)

    def _is_facilitator(self, frame: Frame, names: bytes) -> bool:
        known = self._facilitators.get((frame, names))
        if known is None:
            texts = [cell.decode("utf-8", "replace") for cell in frame.naming_cells(names)]
            known = is_facilitator(frame.column.line_type(texts).amount_description)
            self._facilitators[frame, names] = known
        return known

    def forget(self) -> None:
        """The amounts will be told as new once more."""
        self._withheld.clear()
        self._withheld_amounts.clear()
        self._facilitators.clear()

    def stretches_in(self, batch: Batch) -> list[Stretch]:
        """Those of items that are known by now to be Amazon's."""
        items, withheld = _items(batch), self._withheld_amounts
        self._remember(set(items) - {b""})
        for stretch, item in zip(batch.stretches, items, strict=True):
            if item and not withheld.isdisjoint(stretch.amounts) and self._is_withheld(stretch):
                self._decide(item, sku_item_of(batch.layout.item_cells(stretch.cells)))
        if not self._decided:
            return []
        if self._by_sku:
            return [stretch for stretch, known in self._decided_when(batch) if known is not None]
        return [stretch for stretch, item in zip(batch.stretches, items, strict=True) if item in self._decided]

    def _decide(self, item: bytes, sku_item: bytes) -> None:
        """Two rows are of one item where their codes are the same, or where one has none, their SKUs."""
        number = len(self._seen) - 1
        self._decided.setdefault(item, number)
        if sku_item == item:
            self._by_sku.setdefault(item, number)
        elif sku_item:
            self._skus.append(hash(sku_item))

    def _decided_when(self, batch: Batch) -> Iterator[tuple[Stretch, int | None]]:
        """Every stretch with the number of the batch in which it first showed that its item is Amazon's.

        Rows without a code are compared with items that have one only at the end, as if that had shown then.
        """
        cells_of_item = batch.layout.item_cells
        for stretch, item in zip(batch.stretches, _items(batch), strict=True):
            known = [self._decided[item]] if item in self._decided else []
            if self._skus_at_end and _has_no_code(item) and hash(item) in self._skus_at_end:
                known.append(MOST_ITEMS)
            if item and self._by_sku:
                sku_item = sku_item_of(cells_of_item(stretch.cells))
                known += [self._by_sku[sku_item]] if sku_item in self._by_sku else []
            yield stretch, min(known, default=None)

    def batches_to_revisit(self) -> set[int]:
        """Numbers of the batches that held rows of an item before its withheld row came."""
        if not self._decided:
            return set()
        if self._without_code:
            self._skus_at_end = frozenset(self._skus)
        if self._by_sku:  # rows with a code are known by that: any batch may hold some of the item
            return set(range(len(self._seen)))
        first = {hash(item): number for item, number in self._decided.items()}
        scattered = (
            number for number, seen in enumerate(self._seen) if any(first.get(item, 0) > number for item in seen)
        )
        return {*self._without_code, *scattered}

    def earlier_stretches_in(self, number: int, batch: Batch) -> list[Stretch]:
        """Those that ``stretches_in`` could not know to be Amazon's when batch ``number`` came."""
        return [stretch for stretch, known in self._decided_when(batch) if known is not None and known > number]

    def _remember(self, items: set[bytes]) -> None:
        _refuse_rewritten(items)
        if any(map(_has_no_code, items)):
            self._without_code.append(len(self._seen))
        self._seen.append(array("q", map(hash, items)))
        self._count += len(items)
        if self._count > MOST_ITEMS:
            raise BrokenSettlement(f"The file has more than {MOST_ITEMS:,} order items.")

    def _is_withheld(self, stretch: Stretch) -> bool:
        return any((stretch.frame, amount) in self._withheld for amount in stretch.amounts)


def _has_no_code(item: bytes) -> bool:
    return _NO_CODE in item


def _refuse_rewritten(items: Iterable[bytes]) -> None:
    """Long item codes are what a spreadsheet rounds off, and then items run together. Raises BrokenSettlement."""
    for item in items:
        if b"E+" in item and _SCIENTIFIC.search(item):
            code = item.rpartition(b"\t")[2].decode("utf-8", "replace")
            raise BrokenSettlement(
                f"An order item code reads “{code}”: a spreadsheet has rewritten the ids in this file, "
                "and other figures may have changed with them."
            )


def _items(batch: Batch) -> list[bytes]:
    """The order item of each stretch, empty where there is none."""
    cells_of_item = batch.layout.item_cells
    if cells_of_item is None:
        return [b""] * len(batch.stretches)
    return [item_of(cells_of_item(stretch.cells)) for stretch in batch.stretches]
