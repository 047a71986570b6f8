"""What a settlement is, once read: frozen values, amounts in whole minor units."""

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class LineType:
    """Amazon's triple, as printed in the file (V1 rows converted to the V2 words)."""

    transaction_type: str
    amount_type: str
    amount_description: str


@dataclass(frozen=True)
class Group:
    """All lines of one line type, marketplace and tax treatment, summed."""

    line_type: LineType
    marketplace: str  # as printed; empty where the file leaves it out
    amazon_accounted: bool  # the order item has a non-zero marketplace-facilitator row
    amount: int  # minor units of the settlement's currency
    lines: int


@dataclass(frozen=True)
class Settlement:
    """One settlement as its file states it. Dates are YYYY-MM-DD as printed, never shifted."""

    settlement_id: str
    format: str  # V1 or V2
    currency: str
    total: int  # as Amazon states it
    start_date: str
    end_date: str
    deposit_date: str  # empty when unknown
    line_count: int  # amounts read: a V1 row with two counts twice, a row without any not at all
    groups: tuple[Group, ...]
    copy: int = field(default=1, compare=False)  # which one, where the file holds the settlement several times

    @property
    def lines_total(self) -> int:
        return sum(group.amount for group in self.groups)
