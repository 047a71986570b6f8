"""A settlement's rows in one number: the same for the same rows, in whatever order and dialect they are written."""

from hashlib import blake2b
from typing import BinaryIO

from services.core.amazon_rows import Written
from services.core.printed_dates import printed_date
from services.core.settlement_layout import Layout
from services.core.settlement_rows import Batch, Stretch, Telling, batches

_MOST_KNOWN = 20_000
# What a row repeats of its settlement; posted-date-time says the day of posted-date, less ambiguously (amazon.md 0.3).
_OF_THE_SETTLEMENT = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
)  # fmt: skip
_MODULUS = 1 << 128


def row_digest(stream: BinaryIO, telling: Telling, written: Written) -> int:
    """A sum over the hashes of all amounts, each with every cell of its row; a row more, less or other changes it.

    Blanks around a cell, empty columns and the time of a posted date are not told apart. V1 and V2 files of one
    settlement differ, since they name rows differently.
    """
    total = 0
    rows = _Rows(written)
    for batch in batches(stream):
        if Telling(batch.settlement_id, batch.copy) == telling:
            total += sum(rows.hashes(batch))
    return total % _MODULUS


class _Rows:
    """Hashes rows; what stretches share is worked out once for each."""

    def __init__(self, written: Written):
        self._written = written
        self._columns: dict[int, list[tuple[str, int]]] = {}
        self._amounts: dict[tuple, bytes] = {}

    def hashes(self, batch: Batch) -> list[int]:
        if len(self._amounts) > _MOST_KNOWN:
            self._amounts.clear()
        columns = self._columns.setdefault(id(batch.layout), _columns(batch.layout))
        return [each for stretch in batch.stretches for each in self._of(stretch, columns)]

    def _of(self, stretch: Stretch, columns: list[tuple[str, int]]) -> list[int]:
        start = blake2b(self._shared(stretch.cells, columns), digest_size=16)
        return [_hash(start, said) for amount in stretch.amounts if (said := self._said(stretch, amount))]

    def _shared(self, cells: list[bytes], columns: list[tuple[str, int]]) -> bytes:
        told = {name: cells[index].strip() for name, index in columns if index < len(cells)}
        posted = told.pop("posted-date-time", b"") or told.get("posted-date", b"")
        if posted:
            told["posted-date"] = _day(posted)
        return b"\n".join(
            name.encode() + b"=" + text.decode(self._written.encoding, "replace").encode()
            for name, text in told.items() if text
        )  # fmt: skip

    def _said(self, stretch: Stretch, amount: bytes) -> bytes:
        """What the amount is called and how much it is; empty where the cell is."""
        known = self._amounts.get((stretch.frame, amount))
        if known is None:
            known = self._amounts[stretch.frame, amount] = self._understood(stretch, amount)
        return known

    def _understood(self, stretch: Stretch, amount: bytes) -> bytes:
        names, _, printed = amount.rpartition(b"\t")
        text = printed.decode(self._written.encoding, "replace").strip()
        if not text:
            return b""
        frame = stretch.frame
        texts = [cell.decode(self._written.encoding, "replace").strip() for cell in frame.naming_cells(names)]
        told = (*frame.column.line_type(texts).__dict__.values(), frame.column.marketplace(texts))
        return "\t".join((*told, str(self._written.understand(text)))).encode()


def _hash(start: "blake2b", said: bytes) -> int:
    row = start.copy()
    row.update(b"\n" + said)
    return int.from_bytes(row.digest())


def _columns(layout: Layout) -> list[tuple[str, int]]:
    """The columns that say something beside the amounts and what they are called, by name."""
    told_apart = {index for column in layout.amounts for index in column.indexes}
    return sorted(
        (name, index)
        for name, index in layout.columns.items()
        if name and name not in _OF_THE_SETTLEMENT and index not in told_apart
    )


def _day(posted: bytes) -> bytes:
    try:
        return printed_date(posted.decode("ascii", "replace")).encode()
    except ValueError:
        return posted
