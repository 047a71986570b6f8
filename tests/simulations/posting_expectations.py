"""What Xero must hold of a settlement, worked out here from its rows and the choices at the press, not by services/."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models import Mapping, Setting, Settlement, SettlementGroup, TaxRate
from services.xero.documents import Document
from tests.xero_world import ADS, FEE, SALE

CATEGORIES = {(line[0], line[2], line[3]): category
              for line, category in ((SALE, "SALES"), (FEE, "SELLER_FEES"), (ADS, "ADVERTISING"))}  # fmt: skip
PENCE = Decimal("0.01")
Line = tuple[str, str, Decimal, Decimal]  # account, tax type, amount with tax, tax


@dataclass(frozen=True)
class Choices:
    """What the workspace had chosen when a button was pressed."""

    accounts: tuple[tuple[str, str, str], ...]  # category, account, tax type
    settings: tuple[tuple[str, str], ...]

    def setting(self, name: str, default: str) -> str:
        return dict(self.settings).get(name, default)


@dataclass(frozen=True)
class Expected:
    """The one document; amounts in major units, lines in order."""

    kind: str
    total: Decimal
    tax: Decimal
    lines: tuple[Line, ...]
    stays_draft: bool

    def differs_from(self, document: Document) -> str:
        """What is otherwise, in words; empty when nothing is."""
        there = tuple(sorted((line.account_code, line.tax_type, line.line_amount, line.tax_amount)
                             for line in document.lines))
        for what, wanted, found in (("kind", self.kind, document.kind), ("lines", self.lines, there),
                                    ("total", self.total, document.total), ("tax", self.tax, document.total_tax)):
            if wanted != found:
                return f"its {what}: {found} in Xero, and the settlement makes it {wanted}"
        return ""


def choices() -> Choices:
    """As they stand at this moment."""
    rows = Mapping.select().where((Mapping.category.in_(list(CATEGORIES.values()))) & (Mapping.marketplace == ""))
    accounts = tuple(sorted((row.category, row.account_code, row.tax_type) for row in rows))
    return Choices(accounts, tuple(sorted((row.name, row.value) for row in Setting.select())))


def expected(settlement: Settlement, chosen: Choices) -> Expected:
    """The document that the settlement's rows make under these choices (product.md sections 8, 9 and 13)."""
    sums = _sums(settlement)
    total = sum(sums.values())
    kind = "invoice" if total >= 0 else chosen.setting("negative_as", "credit_note")
    if chosen.setting("post_as", "invoice") == "manual_journal":
        kind = "manual_journal"
    sign = 1 if kind == "invoice" else -1
    places = {category: (account, tax_type) for category, account, tax_type in chosen.accounts}
    lines = [_line(*places[category], sign * amount) for category, amount in sums.items() if amount]
    if kind == "manual_journal" and total:
        lines.append((chosen.setting("clearing_account", ""), "NONE", total, Decimal("0.00")))
    return Expected(
        kind, sum(line[2] for line in lines), sum(line[3] for line in lines), tuple(sorted(lines)),
        chosen.setting("document_status", "authorised") == "draft")


def _sums(settlement: Settlement) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in SettlementGroup.select().where(SettlementGroup.settlement == settlement.id):
        category = CATEGORIES[row.transaction_type, row.amount_type, row.amount_description]
        sums[category] += Decimal(row.amount) / 100
    return sums


def _line(account: str, tax_type: str, amount: Decimal) -> Line:
    """Tax is contained in the amount, rounded by itself for the line."""
    rate = Decimal(RATES.get(tax_type) or _rate(tax_type))
    tax = (amount * rate / (100 + rate)).quantize(PENCE, ROUND_HALF_UP)
    return account, tax_type, amount, tax


RATES: dict[str, str] = {}


def _rate(tax_type: str) -> str:
    return RATES.setdefault(tax_type, str(TaxRate.get(TaxRate.tax_type == tax_type).rate))


class Watched:
    """The books, and for each plan made with them what the settlement's own rows make of it."""

    def __init__(self, books, chosen: Choices, expectations: dict):
        self._books, self._chosen, self._expectations = books, chosen, expectations

    def __getattr__(self, name: str):
        return getattr(self._books, name)

    def plan(self, settlement: Settlement, groups=None):
        plan = self._books.plan(settlement, groups)
        self._expectations[settlement.settlement_id, plan.hash] = expected(settlement, self._chosen)
        return plan
