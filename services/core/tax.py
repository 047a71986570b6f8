"""Which of Xero's tax types put tax on a document, and at what rate."""

import csv
from collections.abc import Container
from decimal import Decimal
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "tax_types_without_tax.csv"
ZERO = Decimal(0)
_PLAINLY_WITHOUT = ("NONE", "BASEXCLUDED")  # Australia has no NONE (xero.md 8.4)


@cache
def types_without_tax() -> dict[str, str]:
    """Tax types whose rate never reaches the document's total, each with the reason."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        return {row["tax_type"]: row["reason"] for row in csv.DictReader(file)}


def document_rate(tax_type: str, rate: Decimal) -> Decimal:
    """The per cent that this tax type puts on a document; 0 where the buyer, or nobody, accounts for it."""
    return ZERO if tax_type in types_without_tax() else rate


def without_tax(known: Container[str]) -> str:
    """The organisation's own tax type for a line outside the scope of tax, among those it has."""
    return next((tax_type for tax_type in _PLAINLY_WITHOUT if tax_type in known), _PLAINLY_WITHOUT[0])
