"""What the setting for Amazon's Tax rows does to the VAT return, on an example and on the settlements here."""

from dataclasses import dataclass, replace

from models import Organisation, Settlement
from services import bookkeeping, settings
from services.core.plan_lines import Rules, plan_lines
from services.core.settlement import Group, LineType
from services.core.vat_effect import Boxes, boxes

CHOICES = ("fold", "own_account")
SHOWN = 12
_EXAMPLE = (
    Group(LineType("Order", "ItemPrice", "Principal"), "", False, 10000, 1),
    Group(LineType("Order", "ItemPrice", "Tax"), "", False, 2000, 1),
    Group(LineType("Order", "ItemFees", "Commission"), "", False, -1800, 1),
)


@dataclass(frozen=True)
class Effect:
    """The boxes under either choice; amounts in minor units of ``currency``."""

    title: str
    currency: str
    by_choice: dict[str, Boxes]


@dataclass(frozen=True)
class Comparison:
    """The choice now made, an example, and the latest settlements under both."""

    chosen: str
    is_uk: bool
    example: Effect
    settlements: list[Effect]
    is_mapped: bool  # any category is

    @property
    def is_foreign(self) -> bool:
        """Whether a settlement is in another currency than the books are."""
        return any(each.currency != self.example.currency for each in self.settlements)


def compare() -> Comparison:
    """Both choices side by side, with the mappings as they are now."""
    organisation = Organisation.get_or_none(Organisation.id == 1)
    desk = bookkeeping.ground()
    latest = Settlement.select().order_by(Settlement.end_date.desc(), Settlement.settlement_id.desc()).limit(SHOWN)
    currency = organisation.base_currency if organisation else "GBP"
    return Comparison(
        chosen=settings.value("sales_tax_rows"),
        is_uk=organisation is None or organisation.country == "GB",
        example=_effect("A sale of 100.00 with 20.00 of VAT, and a fee of 18.00", currency, "", _EXAMPLE, desk),
        settlements=[
            _effect(row.settlement_id, row.currency, row.marketplace, bookkeeping.groups_of(row), desk)
            for row in latest
        ],
        is_mapped=bool(desk.books.mappings),
    )


def _effect(title: str, currency: str, marketplace: str, groups, desk: bookkeeping.Ground) -> Effect:
    by_choice = {}
    for choice in CHOICES:
        rules = Rules(desk.classifier, desk.books, replace(desk.settings, sales_tax_rows=choice))
        by_choice[choice] = boxes(plan_lines(groups, marketplace, rules, 1), desk.books, 1)
    return Effect(title, currency, by_choice)
