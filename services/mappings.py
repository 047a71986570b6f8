"""Accounts & Taxes: what each category is mapped to, for every marketplace or for one, and what needs attention."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from models import Mapping, Settlement, SettlementGroup, TrackingCategory
from services import audit, bookkeeping, settings
from services.audit import Actor
from services.core.books import AccountFacts, Books, TaxRateFacts
from services.core.catalogue import UNKNOWN, Category, standard
from services.core.marketplaces import known_marketplaces
from services.core.plan_problems import account_problem, tax_rate_problem, tracking_problem
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts

Tracking = tuple[tuple[str, str], ...]  # (tracking category id, option id), one a tracking category


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

    @property
    def needs_attention(self) -> bool:
        """Amounts wait for it, or Xero would not take it any more."""
        return self.is_needed or bool(self.problem) or any(problem for _, problem in self.overrides)


@dataclass(frozen=True)
class TrackingChoice:
    """A tracking category of Xero's with the options that can be chosen: (option id, name)."""

    id: str
    name: str
    options: list[tuple[str, str]]


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
    wanted = known_category(category).id
    if wanted == UNKNOWN:
        raise NotFound("What is unknown has no mapping: give each line type its category under Accounts & Taxes.")
    return next(row for row in rows() if row.category.id == wanted)


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
    return _fault(mapping.account_code, mapping.tax_type, _pairs(mapping), books)


def _fault(account_code: str, tax_type: str, tracking: Tracking, books: Books) -> str:
    return (
        account_problem(account_code, books)
        or tax_rate_problem(tax_type, books.accounts[account_code], books)
        or tracking_problem(tracking, books)
    )


def _pairs(mapping: Mapping) -> Tracking:
    return tuple((choice["category_id"], choice["option_id"]) for choice in mapping.tracking)


def usable_accounts() -> list[AccountFacts]:
    """The accounts Xero accepts on a line, by code."""
    books = bookkeeping.books()
    return sorted((a for a in books.accounts.values() if not account_problem(a.code, books)), key=lambda a: a.code)


def account_code(typed: str) -> str:
    """The code of the account that was typed: ``200``, ``200 – Sales``, or its name alone."""
    return bookkeeping.books().account_code(typed)


def usable_tax_rates(account_code: str = "") -> list[TaxRateFacts]:
    """The active rates; with an account (its code or name) only those its class may use."""
    books = bookkeeping.books()
    account = books.accounts.get(books.account_code(account_code))
    rates = [rate for rate in books.tax_rates.values() if rate.status == "ACTIVE"]
    if account:
        rates = [rate for rate in rates if not tax_rate_problem(rate.tax_type, account, books)]
    return sorted(rates, key=lambda rate: rate.name)


def tracking_choices() -> list[TrackingChoice]:
    """The organisation's tracking categories (Xero allows two) with the options it still offers."""
    offered = bookkeeping.books().tracking
    choices = []
    for row in TrackingCategory.select().order_by(TrackingCategory.name):
        options = [
            (option["id"], option["name"])
            for option in row.options
            if (row.tracking_category_id, option["id"]) in offered
        ]
        if options:
            choices.append(TrackingChoice(row.tracking_category_id, row.name, options))
    return choices


def save(
    parts: Parts,
    category: str,
    account_code: str,
    tax_type: str,
    actor: Actor,
    marketplace: str = "",
    tracking: Iterable[tuple[str, str]] | None = None,
) -> Mapping:
    """Maps a category (for one marketplace, or all); refused when Xero would not take it.

    ``account_code`` may be the account's name where no other has it.
    ``tracking`` holds (tracking category id, option id) pairs; None leaves it as it was.
    """
    category = known_category(category).id
    if category == UNKNOWN:
        raise Refused("What is unknown cannot be mapped: give each line type its category first.")
    if marketplace and marketplace not in marketplaces():
        raise NotFound(f"There is no marketplace “{marketplace}”. There are: {', '.join(marketplaces())}.")
    books = bookkeeping.books()
    if not books.is_synced:
        raise Refused("The accounts are not known yet: connect Xero and press Sync from Xero first.")
    account_code, tax_type = books.account_code(account_code), tax_type.strip()
    chosen = None if tracking is None else tuple(tracking)
    problem = _fault(account_code, tax_type, chosen or (), books)
    if problem:
        raise Refused(problem)
    if len({part for part, _ in chosen or ()}) < len(chosen or ()):
        raise Refused("A line takes one option of each tracking category, not two.")
    with write_txn():
        return store(parts, category, marketplace, account_code, tax_type, actor, chosen)


def marketplaces() -> list[str]:
    """Those there are, and what settlements here bear besides (euro files that name none: Amazon EU)."""
    borne = {row.marketplace for row in Settlement.select(Settlement.marketplace).distinct()}
    return [*known_marketplaces(), *sorted(borne - set(known_marketplaces()))]


def store(
    parts: Parts,
    category: str,
    marketplace: str,
    account_code: str,
    tax_type: str,
    actor: Actor,
    tracking: Tracking | None = None,
) -> Mapping:
    """Writes a mapping that was checked, with its audit entry; call it inside a writing transaction."""
    now = parts.clock.now()
    known = Mapping.get_or_none((Mapping.category == category) & (Mapping.marketplace == marketplace))
    before = in_words(known) if known else ""
    mapping = known or Mapping(category=category, marketplace=marketplace)
    mapping.account_code, mapping.tax_type = account_code, tax_type
    if tracking is not None:
        mapping.tracking = [{"category_id": part, "option_id": option} for part, option in tracking]
    mapping.changed_at, mapping.changed_by = now, actor.name
    mapping.save()
    _record(actor, mapping, now, before, account_code, tax_type, tracking_names(mapping))
    return mapping


def in_words(mapping: Mapping) -> str:
    """``200 OUTPUT2 (Region: Europe)``."""
    names = ", ".join(tracking_names(mapping))
    return f"{mapping.account_code} {mapping.tax_type}" + (f" ({names})" if names else "")


def by_name(mapping: Mapping) -> str:
    """As the page names them: ``200 – Sales, 20% (VAT on Income) (Region: Europe)``."""
    books = bookkeeping.books()
    account, rate = books.accounts.get(mapping.account_code), books.tax_rates.get(mapping.tax_type)
    names = ", ".join(tracking_names(mapping))
    code = f"{mapping.account_code} – {account.name}" if account else mapping.account_code
    return f"{code}, {rate.name if rate else mapping.tax_type}" + (f" ({names})" if names else "")


def tracking_names(mapping: Mapping) -> list[str]:
    """``["Region: Europe"]``; an option that Xero does not offer any more is said to be gone."""
    offered = bookkeeping.books().tracking if mapping.tracking else {}
    return [offered.get(pair, "an option that is gone") for pair in _pairs(mapping)]


def drop_override(parts: Parts, category: str, marketplace: str, actor: Actor) -> None:
    """Takes a marketplace's own mapping back, so that the one for all counts again."""
    category = known_category(category).id
    with write_txn():
        known = Mapping.get_or_none((Mapping.category == category) & (Mapping.marketplace == marketplace))
        if known is None or not marketplace:
            raise NotFound("That override is gone already.")
        known.delete_instance()
        _record(actor, known, parts.clock.now(), in_words(known), "", "", [])


def _record(actor: Actor, mapping: Mapping, now, before: str, account: str, tax_type: str, tracking: list[str]) -> None:
    audit.record(
        actor,
        "mapping.saved",
        f"mapping:{mapping.category}",
        now,
        category=mapping.category,
        marketplace=mapping.marketplace,
        account_code=account,
        tax_type=tax_type,
        tracking=tracking,
        before=before,
    )


def known_category(category: str) -> Category:
    """The category with this id, in any case. Raises NotFound naming those there are."""
    for known in categories():
        if known.id == category.strip().upper():
            return known
    there = ", ".join(known.id for known in categories() if known.id != UNKNOWN)
    raise NotFound(f"There is no category “{category}”. There are: {there}.")
