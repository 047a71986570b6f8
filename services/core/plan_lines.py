"""A plan's lines: groups classified, mapped, joined by what the document distinguishes, and taxed."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from services.core import marketplaces
from services.core.books import Books, Mapped
from services.core.catalogue import Category
from services.core.classifier import Classified, Classifier, SalesTaxRows
from services.core.money import tax_within
from services.core.settlement import Group
from services.core.tax import document_rate, without_tax


@dataclass(frozen=True)
class PlanSettings:
    """The workspace's choices that shape a document (services/settings.py holds their names)."""

    lines: Literal["line_type", "category"] = "line_type"
    sales_tax_rows: SalesTaxRows = "fold"
    negative_as: Literal["credit_note", "bill"] = "credit_note"
    post_as: Literal["invoice", "manual_journal"] = "invoice"
    clearing_account: str = ""  # balances manual journals; empty while none is chosen
    document_status: Literal["authorised", "draft"] = "authorised"


@dataclass(frozen=True)
class AddedLine:
    """A line that an admin added so that the lines reach the stated total; minor units, the settlement's sign."""

    amount: int
    account_code: str
    reason: str


class Rules(NamedTuple):
    """What turns groups into lines: what they mean, where they go, how they are shown."""

    classifier: Classifier
    books: Books
    settings: PlanSettings

    def classify(self, group: Group) -> Classified:
        return self.classifier.classify(group.line_type, group.amazon_accounted, self.settings.sales_tax_rows)

    def category(self, category: str) -> Category:
        return self.classifier.catalogue.categories[category]


@dataclass(frozen=True)
class PlanLine:
    """One line as it stands in the document; amounts in minor units, gross including its tax.

    ``account_code`` and ``tax_type`` are None while the category is not mapped.
    """

    description: str
    category: str
    account_code: str | None
    account_name: str
    tax_type: str | None
    tax_name: str
    tracking: tuple[tuple[str, str], ...]
    gross: int
    tax: int
    net: int
    groups: tuple[Group, ...]  # what it sums, in the settlement's own signs
    tracking_names: tuple[str, ...] = ()  # "Region: Europe"; an option that is gone has no name

    def __post_init__(self) -> None:
        assert self.net + self.tax == self.gross

    @property
    def lines(self) -> int:
        """How many of Amazon's lines it sums."""
        return sum(group.lines for group in self.groups)

    @property
    def key(self) -> str:
        """Names the line in addresses, as long as it is described and mapped the same way."""
        told = [self.description, self.category, self.account_code, self.tax_type, self.tracking]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


CLEARING = "CLEARING"  # stands for a category on the line that balances a journal
DIFFERENCE = "DIFFERENCE"  # stands for a category on an added line; no line type belongs to it
_LONGEST_DESCRIPTION = 4000  # characters, Xero: Invoices, LineItems


class _Key(NamedTuple):
    description: str
    category: str
    mapped: Mapped | None


def plan_lines(groups: Iterable[Group], marketplace: str, rules: Rules, sign: int) -> tuple[PlanLine, ...]:
    """The lines of a document on ``marketplace``'s settlement, in order; ``sign`` -1 turns every amount."""
    gathered: defaultdict[_Key, list[Group]] = defaultdict(list)
    for group in groups:
        category, label = rules.classify(group)
        description = label if rules.settings.lines == "line_type" else rules.category(category).label
        mapped = rules.books.mapped(category, mapping_marketplace(group, marketplace))
        gathered[_Key(_shortened(description), category, mapped)].append(group)
    in_order = sorted(gathered, key=lambda key: _place(key, rules))
    return tuple(_line(key, gathered[key], rules.books, sign) for key in in_order)


def _shortened(description: str) -> str:
    is_long = len(description) > _LONGEST_DESCRIPTION
    return f"{description[: _LONGEST_DESCRIPTION - 2]} …" if is_long else description


def mapping_marketplace(group: Group, settlement_marketplace: str) -> str:
    """Whose mapping a group uses: its own marketplace's where it names one, else the settlement's."""
    return asked_marketplace(group.marketplace, settlement_marketplace)


def asked_marketplace(printed: str, settlement_marketplace: str) -> str:
    """The same, told by what the file prints beside an amount."""
    return marketplaces.canonical(printed) if marketplaces.is_own_name(printed) else settlement_marketplace


def _place(key: _Key, rules: Rules) -> tuple:
    mapped = key.mapped or Mapped("", "")
    return (
        rules.category(key.category).position,
        key.description,
        mapped.account_code,
        mapped.tax_type,
        mapped.tracking,
    )


def _line(key: _Key, groups: list[Group], books: Books, sign: int) -> PlanLine:
    gross = sign * sum(group.amount for group in groups)
    mapped = key.mapped
    account = books.accounts.get(mapped.account_code) if mapped else None
    rate = books.tax_rates.get(mapped.tax_type) if mapped else None
    tax = tax_within(gross, document_rate(rate.tax_type, rate.rate) if rate else Decimal(0))
    return PlanLine(
        description=key.description,
        category=key.category,
        account_code=mapped.account_code if mapped else None,
        account_name=account.name if account else "",
        tax_type=mapped.tax_type if mapped else None,
        tax_name=rate.name if rate else "",
        tracking=mapped.tracking if mapped else (),
        gross=gross,
        tax=tax,
        net=gross - tax,
        groups=tuple(groups),
        tracking_names=tuple(books.tracking.get(each, "") for each in mapped.tracking) if mapped else (),
    )


def added_line(added: AddedLine, books: Books, sign: int) -> PlanLine:
    """The difference as a line of its own, without tax, its reason in sight."""
    account, tax_type = books.accounts.get(added.account_code), without_tax(books.tax_rates)
    rate = books.tax_rates.get(tax_type)
    gross = sign * added.amount
    return PlanLine(
        description=f"Difference to Amazon's total: {added.reason}",
        category=DIFFERENCE,
        account_code=added.account_code,
        account_name=account.name if account else "",
        tax_type=tax_type,
        tax_name=rate.name if rate else "",
        tracking=(),
        gross=gross,
        tax=0,
        net=gross,
        groups=(),
    )


def clearing_line(total: int, account_code: str, books: Books) -> PlanLine:
    """What balances a journal: the settlement's total, a debit while Amazon pays, without tax."""
    account, tax_type = books.accounts.get(account_code), without_tax(books.tax_rates)
    rate = books.tax_rates.get(tax_type)
    return PlanLine(
        description="Settlement total",
        category=CLEARING,
        account_code=account_code or None,
        account_name=account.name if account else "",
        tax_type=tax_type,
        tax_name=rate.name if rate else "",
        tracking=(),
        gross=total,
        tax=0,
        net=total,
        groups=(),
    )
