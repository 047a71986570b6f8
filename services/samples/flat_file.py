"""Writes a made-up settlement as Amazon's V2 flat file."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

COLUMNS = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name",
    "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time",
    "order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased",
    "promotion-id",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a settlement; ``amount`` in minor units, ``cells`` whatever else its row shows."""

    kind: str
    amount_type: str
    description: str
    amount: int
    posted: datetime
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """A settlement to write. The period is two weeks, the transfer two days later, as with real ones."""

    name: str
    settlement_id: str
    currency: str
    decimal_mark: str
    start: datetime
    lines: tuple[Line, ...]

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=14)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


def flat_file(sample: Sample) -> bytes:
    """The file's bytes: UTF-8, tabs, LF; in the period's order, like Amazon's."""
    rows = [_summary(sample), *(_detail(sample, line) for line in sorted(sample.lines, key=lambda line: line.posted))]
    return "".join("\t".join(row) + "\n" for row in [COLUMNS, *rows]).encode()


def _summary(sample: Sample) -> list[str]:
    return _row({
        "settlement-id": sample.settlement_id,
        "settlement-start-date": _moment(sample.start),
        "settlement-end-date": _moment(sample.end),
        "deposit-date": _moment(sample.end + timedelta(days=2)),
        "total-amount": _amount(sample.total, sample.decimal_mark),
        "currency": sample.currency,
    })  # fmt: skip


def _detail(sample: Sample, line: Line) -> list[str]:
    return _row({
        "settlement-id": sample.settlement_id,
        "transaction-type": line.kind,
        "amount-type": line.amount_type,
        "amount-description": line.description,
        "amount": _amount(line.amount, sample.decimal_mark),
        "posted-date": _moment(line.posted)[:10],
        "posted-date-time": _moment(line.posted),
        **line.cells,
    })  # fmt: skip


def _row(cells: dict[str, str]) -> list[str]:
    return [cells.get(column, "") for column in COLUMNS]


def _moment(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y %H:%M:%S} UTC"


def _amount(minor: int, mark: str) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}{mark}{abs(minor) % 100:02d}"
