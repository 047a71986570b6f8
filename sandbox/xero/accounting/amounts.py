"""Amounts of lines and documents: rounded half away from zero, tax per line, then summed [ROUND, VCR]."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

CENT = Decimal("0.01")
WIDE = Context(prec=100)  # whatever is sent can be rounded, and then be refused as too large
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Totals:
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal


def rounded(amount: Decimal, places: int = 2) -> Decimal:
    """Half away from zero, the same for negative amounts."""
    if amount.as_tuple().exponent == -places and amount:
        return amount
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, WIDE) + 0  # never -0.00


def line_amount(quantity: Decimal, unit_amount: Decimal, discount_rate: Decimal, discount_amount: Decimal) -> Decimal:
    """``discount_rate`` is in per cent."""
    gross = quantity * unit_amount
    return rounded(gross - gross * discount_rate / 100 - discount_amount)


def tax_on(amount: Decimal, rate: Decimal, line_amount_types: str) -> Decimal:
    """``rate`` is in per cent; ``amount`` holds the tax when Inclusive, and does not when Exclusive."""
    if line_amount_types == "NoTax":
        return ZERO
    if line_amount_types == "Inclusive":
        return rounded(amount * rate / (100 + rate))
    return rounded(amount * rate / 100)


def totals(lines: Iterable[Mapping[str, Any]], line_amount_types: str) -> Totals:
    lines = list(lines)
    amounts = sum((line["LineAmount"] for line in lines), ZERO)
    tax = sum((line["TaxAmount"] for line in lines), ZERO)
    total = amounts + tax if line_amount_types == "Exclusive" else amounts
    return Totals(total - tax, tax, total)
