"""The two layouts of Amazon's settlement report, V2 and V1, read by the names of their columns."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from services.core.catalogue import normalise, standard
from services.core.settlement import LineType

Cells = Sequence[str]
Amount = tuple[LineType, str]  # a line type and its amount as printed

_COMMON = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "marketplace-name", "order-item-code", "sku",
)  # fmt: skip
_OPTIONAL = {"deposit-date", "order-id", "marketplace-name", "order-item-code", "sku"}
_V2_AMOUNT = ("amount-type", "amount-description", "amount")

# V1: one type column an amount column, under V2's amount types. Amazon's own table of the conversion
# (changelog "update-deprecation-of-two-payment-settlement-report-types"); "Order-Fees" and "Misc-Fees"
# are ours, since V2 has no word for them.
_V1_TYPED = (
    ("shipment-fee-type", "shipment-fee-amount", "Shipment-Fees"),
    ("order-fee-type", "order-fee-amount", "Order-Fees"),
    ("price-type", "price-amount", "ItemPrice"),
    ("promotion-type", "promotion-amount", "Promotion"),
    ("direct-payment-type", "direct-payment-amount", "DirectPayment"),
    ("", "misc-fee-amount", "Misc-Fees"),
)
_OTHER = "other-transaction"
_REIMBURSEMENT = "FBA Inventory Reimbursement"
_SERVICE_TOTAL = "TransactionTotalAmount"


class Layout(NamedTuple):
    """How to read a row. ``amounts`` gives every amount of a row with its V2 line type."""

    format: str  # V1 or V2
    width: int
    columns: dict[str, int]
    amounts: Callable[[Cells], list[Amount]]

    def cell(self, cells: Cells, name: str) -> str:
        index = self.columns.get(name)
        return "" if index is None else cells[index].strip()


def layout_of(header: Cells) -> Layout | None:
    """The layout that a header line announces; None when it is not a settlement report's."""
    columns: dict[str, int] = {}
    for index, name in enumerate(header):
        columns.setdefault(name.strip().lstrip("\ufeff").lower(), index)
    if any(name not in columns for name in _COMMON if name not in _OPTIONAL):
        return None
    if all(name in columns for name in _V2_AMOUNT):
        return Layout("V2", len(header), columns, _v2_amounts(columns))
    if "price-amount" in columns and "other-amount" in columns:
        return Layout("V1", len(header), columns, _v1_amounts(columns))
    return None


def _v2_amounts(columns: dict[str, int]) -> Callable[[Cells], list[Amount]]:
    kind, amount_type, description, amount = (columns[name] for name in ("transaction-type", *_V2_AMOUNT))

    def amounts(cells: Cells) -> list[Amount]:
        text = cells[amount].strip()
        if not text:
            return []
        return [(LineType(cells[kind].strip(), cells[amount_type].strip(), cells[description].strip()), text)]

    return amounts


def _v1_amounts(columns: dict[str, int]) -> Callable[[Cells], list[Amount]]:
    def cell(cells: Cells, name: str) -> str:
        return cells[columns[name]].strip() if name in columns else ""

    def amounts(cells: Cells) -> list[Amount]:
        kind = cell(cells, "transaction-type")
        fee_type = cell(cells, "item-related-fee-type")
        reason = cell(cells, "other-fee-reason-description")
        found = [
            (LineType(kind, amount_type, cell(cells, type_column) or amount_type), cell(cells, amount_column))
            for type_column, amount_column, amount_type in _V1_TYPED
        ]
        fee = _fee(kind, fee_type)
        found.append((fee, cell(cells, "item-related-fee-amount")))
        # Advertising splits into net and tax, two amounts of one row; V2 prints their sum.
        tax_of_fee = fee_type and normalise(reason).startswith("tax")
        found.append((fee if tax_of_fee else _fee(kind, reason), cell(cells, "other-fee-amount")))
        found.append((_other(kind), cell(cells, "other-amount")))
        return [(line_type, text) for line_type, text in found if text]

    return amounts


def _fee(kind: str, name: str) -> LineType:
    if (normalise(kind), normalise(name)) in _service_totals():
        return LineType(kind, name, _SERVICE_TOTAL)
    return LineType(kind, "ItemFees", name)


def _other(kind: str) -> LineType:
    return LineType(_OTHER, _REIMBURSEMENT if normalise(kind) in _reimbursement_reasons() else _OTHER, kind)


@cache
def _service_totals() -> frozenset[tuple[str, str]]:
    """(transaction type, amount type) that V2 books as one total, such as (ServiceFee, Cost of Advertising)."""
    return frozenset(
        (normalise(entry.line_type.transaction_type), normalise(entry.line_type.amount_type))
        for entry in standard().entries
        if entry.line_type.amount_description == _SERVICE_TOTAL and entry.line_type.transaction_type != "*"
    )


@cache
def _reimbursement_reasons() -> frozenset[str]:
    return frozenset(
        normalise(entry.line_type.amount_description)
        for entry in standard().entries
        if entry.line_type.amount_type == _REIMBURSEMENT
    )
