"""Settlement files as bytes, for tests: a few rows in, the whole file out."""

import io

from services.core.settlement import Settlement
from services.core.settlement_file import read_settlements


def _columns(names: str) -> list[str]:
    return names.split()


V2 = _columns(
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency transaction-type "
    "order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type amount-description amount "
    "fulfillment-id posted-date posted-date-time order-item-code merchant-order-item-id merchant-adjustment-item-id "
    "sku quantity-purchased promotion-id"
)
V1_SHORT = _columns(
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency transaction-type "
    "order-id merchant-order-id adjustment-id shipment-id marketplace-name shipment-fee-type shipment-fee-amount "
    "order-fee-type order-fee-amount fulfillment-id posted-date order-item-code merchant-order-item-id "
    "merchant-adjustment-item-id sku quantity-purchased price-type price-amount item-related-fee-type "
    "item-related-fee-amount misc-fee-amount other-fee-amount other-fee-reason-description "
    "direct-payment-type direct-payment-amount other-amount"
)
_PROMOTION = ["promotion-id", "promotion-type", "promotion-amount"]
V1 = V1_SHORT[:30] + _PROMOTION + V1_SHORT[30:]

ID = "26990000001"
SUMMARY = {
    "settlement-start-date": "12.05.2026 07:06:34 UTC",
    "settlement-end-date": "26.05.2026 07:06:34 UTC",
    "deposit-date": "28.05.2026 07:06:34 UTC",
    "currency": "GBP",
}
ITEM = {"order-id": "206-0000000-0000001", "order-item-code": "50000000001", "sku": "SKU-1"}


def summary(total: str, **cells: str) -> dict[str, str]:
    """The settlement's summary row; ``deposit_date=…`` sets the column deposit-date."""
    return SUMMARY | {"total-amount": total} | _dashed(cells)


def line(triple: str, amount: str, **cells: str) -> dict[str, str]:
    """A V2 row: ``line("Order/ItemPrice/Principal", "12.00", marketplace_name="Amazon.de")``."""
    kind, amount_type, description = triple.split("/")
    named = {"transaction-type": kind, "amount-type": amount_type, "amount-description": description}
    return named | {"amount": amount} | _dashed(cells)


def item_line(triple: str, amount: str, **cells: str) -> dict[str, str]:
    """A V2 row that belongs to an order item."""
    return line(triple, amount) | ITEM | _dashed(cells)


def v1_row(kind: str, **cells: str) -> dict[str, str]:
    return {"transaction-type": kind} | _dashed(cells)


def table(*rows: dict[str, str], columns: list[str] = V2, settlement_id: str = ID, ending: str = "\n") -> str:
    cells = [
        columns,
        *([{"settlement-id": settlement_id, **row}.get(column, "") for column in columns] for row in rows),
    ]
    return "".join("\t".join(row) + ending for row in cells)


def read(content: str | bytes) -> list[Settlement]:
    return read_settlements(io.BytesIO(content.encode() if isinstance(content, str) else content))


def read_one(content: str | bytes) -> Settlement:
    (settlement,) = read(content)
    return settlement


def amounts(settlement: Settlement) -> dict[str, int]:
    """What the settlement says, by line type: ``{"Order/ItemPrice/Principal": 1200}``."""
    sums: dict[str, int] = {}
    for group in settlement.groups:
        kind = group.line_type
        name = f"{kind.transaction_type}/{kind.amount_type}/{kind.amount_description}"
        sums[name] = sums.get(name, 0) + group.amount
    return sums


def _dashed(cells: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in cells.items()}
