"""Which of Xero's tax types put tax on a document, and at what rate."""

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "tax_types_without_tax.csv"
ZERO = Decimal(0)


@cache
def types_without_tax() -> dict[str, str]:
    """Tax types whose rate never reaches the document's total, each with the reason."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        return {row["tax_type"]: row["reason"] for row in csv.DictReader(file)}


def document_rate(tax_type: str, rate: Decimal) -> Decimal:
    """The per cent that this tax type puts on a document; 0 where the buyer, or nobody, accounts for it."""
    return ZERO if tax_type in types_without_tax() else rate
