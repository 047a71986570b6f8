"""Gathers what a plan needs (mappings, reference data, rules, settings) and lets core decide."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from models import (
    Account,
    BookedElsewhere,
    Currency,
    DifferenceLine,
    LineTypeRule,
    Mapping,
    Organisation,
    Settlement,
    SettlementGroup,
    TaxRate,
    TrackingCategory,
    XeroConnection,
)
from services import change_marks, marketplace_contacts, settings, xero_permissions
from services.core.catalogue import standard
from services.core.classifier import Classified, Classifier, SalesTaxRows
from services.core.plans import (
    AccountFacts,
    AddedLine,
    Books,
    Mapped,
    Plan,
    PlanSettings,
    Subject,
    TaxRateFacts,
    plan_document,
)
from services.core.settlement import Group, LineType

_ENDED = ("ARCHIVED", "DELETED")  # Xero's words for a tracking category or option that is not offered any more


@dataclass(frozen=True)
class Ground:
    """What every plan stands on, the settlement's own facts apart, as it was under one mark of change."""

    mark: str
    books: Books
    classifier: Classifier
    settings: PlanSettings
    start_date: str  # documents dated before it count as booked elsewhere
    contacts: dict[str, str]  # marketplace → the name of the contact picked for it


@dataclass(frozen=True)
class Bookkeeping:
    """One reading of the workspace: every plan made with it follows the same rules."""

    ground: Ground
    added: dict[int, AddedLine] = field(default_factory=dict)  # by the settlement's row id
    booked: dict[int, str] = field(default_factory=dict)  # why, by the settlement's row id

    def plan(self, settlement: Settlement, groups: list[Group] | None = None) -> Plan:
        """The document ``settlement`` would become now."""
        groups = groups_of(settlement) if groups is None else groups
        ground = self.ground
        return plan_document(self._subject(settlement), groups, ground.classifier, ground.books, ground.settings)

    def booked_elsewhere(self, settlement: Settlement) -> str:
        """Why the settlement counts as posted by hand or by another tool, in a sentence; empty when it does not."""
        if settlement.id in self.booked:
            return f"Booked elsewhere: {self.booked[settlement.id]}"
        if (settlement.deposit_date or settlement.end_date) < self.ground.start_date:
            return (
                f"It is dated before your start date, {self.ground.start_date}, so it counts as booked elsewhere. "
                "Move the start date under Settings → Account if it should be posted from here."
            )
        return ""

    def _subject(self, settlement: Settlement) -> Subject:
        return Subject(
            settlement_id=settlement.settlement_id,
            number=settlement.number,
            reference=settlement.reference,
            marketplace=settlement.marketplace,
            currency=settlement.currency,
            total=settlement.total,
            deposit_date=settlement.deposit_date,
            end_date=settlement.end_date,
            contact=self.ground.contacts.get(settlement.marketplace, settlement.marketplace),
            lines_total=settlement.lines_total,
            added=self.added.get(settlement.id),
            booked_elsewhere=self.booked_elsewhere(settlement),
        )


def gather(only: Iterable[Settlement] | None = None) -> Bookkeeping:
    """What plans are made of now; with ``only`` what was said of other settlements is not read."""
    lines, marks = DifferenceLine.select(), BookedElsewhere.select()
    if only is not None:
        ids = [settlement.id for settlement in only]
        lines = lines.where(DifferenceLine.settlement.in_(ids))
        marks = marks.where(BookedElsewhere.settlement.in_(ids))
    return Bookkeeping(
        ground(),
        added={row.settlement_id: AddedLine(row.amount, row.account_code, row.reason) for row in lines},
        booked={row.settlement_id: row.reason for row in marks},
    )


_latest: list[Ground] = []  # one at most: the last that was read, by whichever thread


def ground() -> Ground:
    """Read anew only when its mark says that something of it changed; marks are never given twice."""
    mark = change_marks.mark(change_marks.PLANS)
    for known in _latest:
        if known.mark == mark:
            return known
    found = _read(mark)
    if change_marks.mark(change_marks.PLANS) == mark:  # nothing changed while it was read
        _latest[:] = [found]
    return found


def _read(mark: str) -> Ground:
    chosen = settings.values()
    return Ground(
        mark=mark,
        books=_books(),
        classifier=_classifier(),
        settings=PlanSettings(
            lines=chosen["lines"], sales_tax_rows=chosen["sales_tax_rows"], negative_as=chosen["negative_as"],
            post_as=chosen["post_as"], clearing_account=chosen["clearing_account"],
            document_status=chosen["document_status"],
        ),
        start_date=chosen["start_date"],
        contacts={each: marketplace_contacts.name_for(each) for each in marketplace_contacts.picked()},
    )


def classifier() -> Classifier:
    """The catalogue with the workspace's own rules on top."""
    return ground().classifier


def _classifier() -> Classifier:
    rules = {
        (rule.transaction_type, rule.amount_type, rule.amount_description): rule.category
        for rule in LineTypeRule.select()
    }
    return RememberingClassifier(standard(), rules)


class RememberingClassifier(Classifier):
    """Looks each line type up once: ten thousand settlements hold a few hundred different ones."""

    def __init__(self, *catalogue_and_rules):
        super().__init__(*catalogue_and_rules)
        self._known: dict[tuple, Classified] = {}

    def classify(
        self, line_type: LineType, amazon_accounted: bool = False, sales_tax_rows: SalesTaxRows = "fold"
    ) -> Classified:
        asked = (line_type, amazon_accounted, sales_tax_rows)
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = super().classify(*asked)
        return known


def books() -> Books:
    """Mappings and reference data; the latter only of the organisation that is connected now."""
    return ground().books


def _books() -> Books:
    """Mappings and reference data; the latter only of the organisation that is connected now.

    Another organisation's accounts would fit by their codes and be wrong all the same: until the
    first sync with the new one it counts as never synced.
    """
    organisation = Organisation.get_or_none(Organisation.id == 1)
    connected = XeroConnection.get_or_none(XeroConnection.id == 1)
    if organisation and connected and connected.tenant_id not in ("", organisation.organisation_id):
        return Books(mappings=_mappings())
    return Books(
        mappings=_mappings(),
        accounts={
            row.code: _account_facts(row) for row in Account.select().order_by(Account.gone_at.desc()) if row.code
        },
        tax_rates={row.tax_type: _tax_rate_facts(row) for row in TaxRate.select()},
        currencies=frozenset(row.code for row in Currency.select().where(Currency.gone_at.is_null())),
        base_currency=organisation.base_currency if organisation else "",
        lacks=xero_permissions.lacking_to_post(connected) if connected else "",
        tracking=_offered_tracking(),
        lock_date=max(organisation.period_lock_date, organisation.year_lock_date) if organisation else "",
    )


def _mappings() -> dict[tuple[str, str], Mapped]:
    return {
        (row.category, row.marketplace): Mapped(row.account_code, row.tax_type, _tracking(row))
        for row in Mapping.select()
    }


def _account_facts(row: Account) -> AccountFacts:
    status = "GONE" if row.gone_at else row.status
    return AccountFacts(row.code, row.name, row.class_, row.type, status, row.system_account)


def _tax_rate_facts(row: TaxRate) -> TaxRateFacts:
    status = "GONE" if row.gone_at else row.status
    return TaxRateFacts(row.tax_type, row.name, Decimal(row.rate), status, frozenset(row.applies_to))


def _offered_tracking() -> dict[tuple[str, str], str]:
    offered = TrackingCategory.select().where(TrackingCategory.gone_at.is_null()).order_by(TrackingCategory.name)
    return {
        (row.tracking_category_id, option["id"]): f"{row.name}: {option['name']}"
        for row in offered
        if row.status not in _ENDED
        for option in row.options
        if option["status"] not in _ENDED
    }


def _tracking(row: Mapping) -> tuple:
    return tuple((choice["category_id"], choice["option_id"]) for choice in row.tracking)


def groups_of(settlement: Settlement) -> list[Group]:
    rows = SettlementGroup.select().where(SettlementGroup.settlement == settlement).order_by(SettlementGroup.id)
    return [group_value(row) for row in rows]


def groups_of_all(rows: list[Settlement]) -> defaultdict[int, list[Group]]:
    """The same of many, by the settlement's row id, in one reading: some hundred at a time."""
    groups: defaultdict[int, list[Group]] = defaultdict(list)
    columns = (
        SettlementGroup.settlement, SettlementGroup.transaction_type, SettlementGroup.amount_type,
        SettlementGroup.amount_description, SettlementGroup.marketplace, SettlementGroup.amazon_accounted,
        SettlementGroup.amount, SettlementGroup.line_count,
    )  # fmt: skip
    found = SettlementGroup.select(*columns).where(SettlementGroup.settlement.in_(rows)).order_by(SettlementGroup.id)
    for settlement, *told in found.tuples():
        groups[settlement].append(group_of(*told))
    return groups


def group_value(row: SettlementGroup) -> Group:
    return group_of(
        row.transaction_type, row.amount_type, row.amount_description, row.marketplace, row.amazon_accounted,
        row.amount, row.line_count,
    )  # fmt: skip


def group_of(
    transaction_type: str, amount_type: str, amount_description: str, marketplace: str, amazon_accounted: bool,
    amount: int, lines: int,
) -> Group:  # fmt: skip
    """A group from the columns of its row."""
    line_type = LineType(transaction_type, amount_type, amount_description)
    return Group(line_type, marketplace, amazon_accounted, amount, lines)
