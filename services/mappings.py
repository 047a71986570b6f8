"""Accounts & Taxes: what each category is mapped to, suggested mappings, and line types that need a category."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from models import LineTypeRule, Mapping, Organisation, Settlement, SettlementGroup
from services import audit, bookkeeping, settings
from services.audit import Actor
from services.core import suggestions
from services.core.books import AccountFacts, Books, TaxRateFacts
from services.core.catalogue import UNKNOWN, Category, normalise, standard
from services.core.marketplaces import known_marketplaces
from services.core.plan_problems import account_problem, tax_rate_problem
from services.core.settlement import LineType
from services.core.suggestions import Suggestion
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts


def categories() -> list[Category]:
    """All categories, in the order to show them."""
    return list(standard().categories.values())


@dataclass(frozen=True)
class CategoryRow:
    """A category on the page; amounts in minor units by currency over all settlements here."""

    category: Category
    held: dict[str, int]
    mapping: Mapping | None
    problem: str  # why its mapping cannot be used as it is; empty when it can
    overrides: list[tuple[Mapping, str]] = field(default_factory=list)  # with its problem

    @property
    def is_needed(self) -> bool:
        return bool(self.held) and self.mapping is None


@dataclass(frozen=True)
class Unclassified:
    """A line type no catalogue or rule knows, with what hangs on it."""

    line_type: LineType
    held: dict[str, int]
    lines: int
    settlements: list[str]  # Amazon's ids


def rows() -> list[CategoryRow]:
    """Every category in order, with what the imported settlements hold of it."""
    books = bookkeeping.books()
    held = _held()
    mapped = defaultdict(dict)
    for row in Mapping.select().order_by(Mapping.marketplace):
        mapped[row.category][row.marketplace] = row
    return [
        _row(category, held[category.id], mapped[category.id], books)
        for category in categories()
        if category.id != UNKNOWN
    ]


def _row(category: Category, held: Counter, mapped: dict[str, Mapping], books: Books) -> CategoryRow:
    everywhere = mapped.get("")
    overrides = [(row, problem_of(row, books)) for name, row in mapped.items() if name]
    return CategoryRow(category, dict(held), everywhere, problem_of(everywhere, books) if everywhere else "", overrides)


def row_of(category: str) -> CategoryRow:
    """One category's row, after it was saved. Raises NotFound."""
    return next(row for row in rows() if row.category.id == _known(category).id)


def _held() -> dict[str, Counter]:
    """{category: {currency: minor units}} as the present rules classify all groups."""
    classifier, tax_rows = bookkeeping.classifier(), settings.value("sales_tax_rows")
    held: dict[str, Counter] = defaultdict(Counter)
    for row in SettlementGroup.select(SettlementGroup, Settlement).join(Settlement):
        group = bookkeeping.group_value(row)
        category = classifier.classify(group.line_type, group.amazon_accounted, tax_rows).category
        held[category][row.settlement.currency] += group.amount
    return held


def problem_of(mapping: Mapping, books: Books) -> str:
    """Why Xero would not take this mapping, in words; empty when it would."""
    if not books.is_synced:
        return ""
    return _fault(mapping.account_code, mapping.tax_type, books)


def _fault(account_code: str, tax_type: str, books: Books) -> str:
    return account_problem(account_code, books) or tax_rate_problem(tax_type, books.accounts[account_code], books)


def usable_accounts() -> list[AccountFacts]:
    """The accounts Xero accepts on a line, by code."""
    books = bookkeeping.books()
    return sorted((a for a in books.accounts.values() if not account_problem(a.code, books)), key=lambda a: a.code)


def usable_tax_rates(account_code: str = "") -> list[TaxRateFacts]:
    """The active rates; with an account only those its class may use."""
    books = bookkeeping.books()
    account = books.accounts.get(account_code)
    rates = [rate for rate in books.tax_rates.values() if rate.status == "ACTIVE"]
    if account:
        rates = [rate for rate in rates if not tax_rate_problem(rate.tax_type, account, books)]
    return sorted(rates, key=lambda rate: rate.name)


def save(parts: Parts, category: str, account_code: str, tax_type: str, actor: Actor, marketplace: str = "") -> Mapping:
    """Maps a category (for one marketplace, or all); refused when Xero would not take it."""
    category = _known(category).id
    if category == UNKNOWN:
        raise Refused("What is unknown cannot be mapped: give each line type its category first.")
    if marketplace and marketplace not in marketplaces():
        raise NotFound(f"There is no marketplace “{marketplace}”. There are: {', '.join(marketplaces())}.")
    books = bookkeeping.books()
    if not books.is_synced:
        raise Refused("The accounts are not known yet: connect Xero and press Sync from Xero first.")
    account_code, tax_type = account_code.strip(), tax_type.strip()
    problem = _fault(account_code, tax_type, books)
    if problem:
        raise Refused(problem)
    with write_txn():
        return _store(parts, category, marketplace, account_code, tax_type, actor)


def marketplaces() -> list[str]:
    """Those there are, and what settlements here bear besides (euro files that name none: Amazon EU)."""
    borne = {row.marketplace for row in Settlement.select(Settlement.marketplace).distinct()}
    return [*known_marketplaces(), *sorted(borne - set(known_marketplaces()))]


def _store(parts: Parts, category: str, marketplace: str, account_code: str, tax_type: str, actor: Actor) -> Mapping:
    now = parts.clock.now()
    known = Mapping.get_or_none((Mapping.category == category) & (Mapping.marketplace == marketplace))
    before = f"{known.account_code} {known.tax_type}" if known else ""
    mapping = known or Mapping(category=category, marketplace=marketplace)
    mapping.account_code, mapping.tax_type, mapping.changed_at, mapping.changed_by = (
        account_code,
        tax_type,
        now,
        actor.name,
    )
    mapping.save()
    audit.record(
        actor,
        "mapping.saved",
        f"mapping:{category}",
        now,
        category=category,
        marketplace=marketplace,
        account_code=account_code,
        tax_type=tax_type,
        before=before,
    )
    return mapping


def drop_override(parts: Parts, category: str, marketplace: str, actor: Actor) -> None:
    """Takes a marketplace's own mapping back, so that the one for all counts again."""
    with write_txn():
        known = Mapping.get_or_none((Mapping.category == _known(category).id) & (Mapping.marketplace == marketplace))
        if known is None or not marketplace:
            raise NotFound("That override is gone already.")
        known.delete_instance()
        audit.record(
            actor,
            "mapping.saved",
            f"mapping:{category}",
            parts.clock.now(),
            category=category,
            marketplace=marketplace,
            account_code="",
            tax_type="",
            before=f"{known.account_code} {known.tax_type}",
        )


def suggested() -> list[Suggestion]:
    """What *Use suggested mapping* would fill: only rows that are empty. Raises Refused in words."""
    organisation = Organisation.get_or_none(Organisation.id == 1)
    if organisation is None or not bookkeeping.books().is_synced:
        raise Refused("Suggestions come from your chart of accounts: connect Xero and press Sync from Xero first.")
    if not suggestions.has_suggestions(organisation.country):
        raise Refused(
            f"There are suggested mappings for UK organisations only so far, and {organisation.name} is in "
            f"{organisation.country}. Choose an account and tax rate for each category yourself."
        )
    mapped = {row.category for row in Mapping.select(Mapping.category).where(Mapping.marketplace == "")}
    empty = [category.id for category in categories() if category.id not in mapped and category.id != UNKNOWN]
    return suggestions.suggest(empty, organisation.country, organisation.pays_tax, bookkeeping.books())


def apply_suggested(parts: Parts, actor: Actor) -> list[Suggestion]:
    """Fills the empty rows that have a complete suggestion; returns those filled."""
    with write_txn():
        complete = [suggestion for suggestion in suggested() if suggestion.is_complete]
        for suggestion in complete:
            _store(parts, suggestion.category, "", suggestion.account_code, suggestion.tax_type, actor)
        audit.record(
            actor, "mappings.suggested", "workspace", parts.clock.now(), categories=[s.category for s in complete]
        )
    return complete


def unclassified() -> list[Unclassified]:
    """The line types that need a category, the largest first."""
    classifier, tax_rows = bookkeeping.classifier(), settings.value("sales_tax_rows")
    held: dict[LineType, Counter] = defaultdict(Counter)
    lines: Counter = Counter()
    found: dict[LineType, dict[str, None]] = defaultdict(dict)
    for row in SettlementGroup.select(SettlementGroup, Settlement).join(Settlement):
        group = bookkeeping.group_value(row)
        if classifier.classify(group.line_type, group.amazon_accounted, tax_rows).category != UNKNOWN:
            continue
        held[group.line_type][row.settlement.currency] += group.amount
        lines[group.line_type] += group.lines
        found[group.line_type][row.settlement.settlement_id] = None
    waiting = [
        Unclassified(line_type, dict(sums), lines[line_type], list(found[line_type]))
        for line_type, sums in held.items()
    ]
    return sorted(waiting, key=lambda item: (-max(abs(amount) for amount in item.held.values()), item.line_type))


def classify(parts: Parts, line_type: LineType, category: str, actor: Actor) -> None:
    """Gives a line type its category, here and in every settlement, by a rule of the workspace's own."""
    known = _known(category)
    if not line_type.amount_description and not line_type.amount_type and not line_type.transaction_type:
        raise Refused("Choose a line type first.")
    if known.id == UNKNOWN:
        raise Refused("Choose the category this line type belongs to.")
    told = [
        normalise(part) for part in (line_type.transaction_type, line_type.amount_type, line_type.amount_description)
    ]
    now = parts.clock.now()
    with write_txn():
        LineTypeRule.delete().where(
            (LineTypeRule.transaction_type == told[0])
            & (LineTypeRule.amount_type == told[1])
            & (LineTypeRule.amount_description == told[2])
        ).execute()
        LineTypeRule.create(
            transaction_type=told[0],
            amount_type=told[1],
            amount_description=told[2],
            category=known.id,
            created_at=now,
            created_by=actor.name,
        )
        audit.record(
            actor,
            "line_type.classified",
            "workspace",
            now,
            category=known.id,
            line_type=" / ".join((line_type.transaction_type, line_type.amount_type, line_type.amount_description)),
        )


def _known(category: str) -> Category:
    """The category with this id, in any case. Raises NotFound naming those there are."""
    for known in categories():
        if known.id == category.strip().upper():
            return known
    there = ", ".join(known.id for known in categories() if known.id != UNKNOWN)
    raise NotFound(f"There is no category “{category}”. There are: {there}.")
