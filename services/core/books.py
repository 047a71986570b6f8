"""What a plan needs to know of the workspace's mappings and of Xero's reference data: plain values."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Mapped:
    """Where a category goes. ``tracking`` holds (tracking category id, option id) pairs, two at most."""

    account_code: str
    tax_type: str
    tracking: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AccountFacts:
    """An account as last synced from Xero, in Xero's words (class_ REVENUE, type SALES, status ACTIVE)."""

    code: str
    name: str
    class_: str
    type: str
    status: str
    system_account: str = ""


@dataclass(frozen=True)
class TaxRateFacts:
    """A tax rate as last synced from Xero; ``rate`` in per cent, ``applies_to`` account classes."""

    tax_type: str
    name: str
    rate: Decimal
    status: str
    applies_to: frozenset[str]


@dataclass(frozen=True)
class Books:
    """Mappings by (category, marketplace; "" for all) and Xero's reference data. Empty accounts: never synced."""

    mappings: dict[tuple[str, str], Mapped] = field(default_factory=dict)
    accounts: dict[str, AccountFacts] = field(default_factory=dict)
    tax_rates: dict[str, TaxRateFacts] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    lock_date: str = ""  # YYYY-MM-DD; documents dated on it or before are refused
    tracking: dict[tuple[str, str], str] = field(default_factory=dict)  # options Xero offers → "Region: Europe"
    base_currency: str = ""  # the only one a manual journal can be in

    @property
    def is_synced(self) -> bool:
        return bool(self.accounts)

    def mapped(self, category: str, marketplace: str) -> Mapped | None:
        """The marketplace's own mapping, or the one for all, or None."""
        return self.mappings.get((category, marketplace)) or self.mappings.get((category, ""))
