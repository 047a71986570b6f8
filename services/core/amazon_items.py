"""On which order items Amazon accounts for the tax: told by a withheld row that may stand anywhere in the file."""

import re
from array import array
from collections.abc import Iterable

from services.core.catalogue import normalise
from services.core.read_errors import BrokenSettlement
from services.core.settlement_layout import AmountColumn, Key, item_of
from services.core.settlement_rows import Batch

MOST_ITEMS = 5_000_000

_FACILITATOR = ("marketplacefacilitator", "lowvaluegoods")
_NOT_ZERO = re.compile(rb"[1-9]")


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
        self._seen: list[array] = []  # of each batch, the hashes of its items
        self._count = 0
        self._labels: dict[AmountColumn, set[bytes]] = {}
        self._withheld: dict[AmountColumn, set[Key]] = {}

    def learn(self, column: AmountColumn, keys: Iterable[Key]) -> None:
        """Takes note of amounts that are withheld tax, among amounts that were not seen before."""
        for key in keys:
            if _NOT_ZERO.search(key[-1]) and is_facilitator(_description(column, key)):
                self._withheld.setdefault(column, set()).add(key)
                self._labels.setdefault(column, set()).add(key[-2])

    def forget(self) -> None:
        """The amounts will be told as new once more."""
        self._withheld.clear()

    def rows_in(self, batch: Batch) -> list[list[bytes]]:
        """The batch's rows of items that are known by now to be Amazon's."""
        if batch.layout.item_cells is None:
            self._seen.append(array("q"))
            return []
        cells = list(map(batch.layout.item_cells, batch.rows))
        items = {each: item for each in set(cells) if (item := item_of(each))}
        self._remember(items.values())
        for item in {item_of(batch.layout.item_cells(row)) for row in self._withheld_rows(batch)} - {b""}:
            self._decided.setdefault(item, len(self._seen) - 1)
        if not self._decided:
            return []
        amazons = {each for each, item in items.items() if item in self._decided}
        return [row for row, each in zip(batch.rows, cells, strict=True) if each in amazons] if amazons else []

    def batches_to_revisit(self) -> set[int]:
        """Numbers of the batches that held rows of an item before its withheld row came."""
        first = {hash(item): number for item, number in self._decided.items()}
        if not first:
            return set()
        return {number for number, seen in enumerate(self._seen) if any(first.get(item, 0) > number for item in seen)}

    def earlier_rows_in(self, number: int, batch: Batch) -> list[list[bytes]]:
        """The rows of batch ``number`` that ``rows_in`` could not know to be Amazon's."""
        cells_of = batch.layout.item_cells
        return [row for row in batch.rows if self._decided.get(item_of(cells_of(row)), 0) > number]

    def _remember(self, items: Iterable[bytes]) -> None:
        self._seen.append(array("q", map(hash, items)))
        self._count += len(self._seen[-1])
        if self._count > MOST_ITEMS:
            raise BrokenSettlement(f"The file has more than {MOST_ITEMS:,} order items.")

    def _withheld_rows(self, batch: Batch) -> Iterable[list[bytes]]:
        for column, labels in self._labels.items():
            if column not in batch.layout.amounts:
                continue
            keys, label = self._withheld.get(column, ()), column.label_index
            for row in batch.rows:
                if row[label] in labels and column.key(row) in keys:
                    yield row


def _description(column: AmountColumn, key: Key) -> str:
    return column.line_type(cell.decode("utf-8", "replace") for cell in key[:-1]).amount_description
