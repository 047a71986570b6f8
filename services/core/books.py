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
    lacks: str = ""  # the permissions that Xero was not asked for yet: "to read and write manual journals"

    @property
    def is_synced(self) -> bool:
        return bool(self.accounts)

    def account_code(self, typed: str) -> str:
        """The code of an account given as ``200``, ``200 – Sales`` or ``Sales``, where just one has that name.

        Empty when nothing was typed; else what was typed, for the sentence that says it is not in Xero.
        """
        typed = typed.strip()
        code = typed.partition(" – ")[0].strip()
        if typed in self.accounts or code in self.accounts:
            return typed if typed in self.accounts else code
        named = [account.code for account in self.accounts.values() if account.name.casefold() == typed.casefold()]
        active = [code for code in named if self.accounts[code].status == "ACTIVE"] or named
        return active[0] if len(active) == 1 else code

    def mapped(self, category: str, marketplace: str) -> Mapped | None:
        """The marketplace's own mapping, or the one for all, or None."""
        return self.mappings.get((category, marketplace)) or self.mappings.get((category, ""))
