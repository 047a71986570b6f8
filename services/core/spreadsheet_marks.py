"""The marks a spreadsheet leaves in a settlement file's dates and order ids, told before anything is believed."""

import re
from operator import itemgetter

from services.core.read_errors import BrokenSettlement
from services.core.settlement_layout import LOOKED_AT, Layout
from services.core.settlement_rows import Batch

# A column that was too narrow is saved as it was shown.
_HIDDEN = re.compile(rb"\s*#{3,}\s*")
_SCIENTIFIC = re.compile(rb"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
# 20/05/2026 07:06: Amazon's own order is year first, and posted-date alone may read 05/20/26 (amazon.md 0.3).
_REORDERED = re.compile(rb"\s*\d{1,2}/\d{1,2}/\d{2,4}\b.*")
_SUSPECT = re.compile(rb"##|[Ee]\+\d|\t\d\d?/\d")
# A spreadsheet rewrites whole columns, so of many rows some are enough.
_FEW, _EVERY = 64, 8


def refuse_marks(batch: Batch) -> None:
    """Raises BrokenSettlement where an order id or posted date shows that a spreadsheet rewrote it.

    Of a batch of many rows every eighth is looked at.
    """
    indexes = _watched(batch.layout)
    if not indexes:
        return
    pick = itemgetter(*indexes, indexes[-1])
    looked_at = batch.stretches if len(batch.stretches) < _FEW else batch.stretches[::_EVERY]
    if _SUSPECT.search(b"\t".join([b"\t".join(pick(stretch.cells)) for stretch in looked_at])):
        for stretch in looked_at:
            _refuse(stretch.cells, batch.layout)


def _watched(layout: Layout) -> list[int]:
    return [layout.columns[name] for name in LOOKED_AT if name in layout.columns]


def _refuse(cells: list[bytes], layout: Layout) -> None:
    for name in LOOKED_AT:
        cell = layout.cell(cells, name)
        marks = (_HIDDEN, _SCIENTIFIC) if name == "order-id" else (_HIDDEN, _REORDERED)[: 1 + (name != "posted-date")]
        if any(mark.fullmatch(cell) for mark in marks):
            raise BrokenSettlement(
                f"The {name} of a row reads “{cell.decode('utf-8', 'replace')[:40]}”: a spreadsheet has rewritten it, "
                "and other figures may have changed with it."
            )
