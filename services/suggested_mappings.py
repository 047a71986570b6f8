"""Use suggested mapping: what it would fill, for all marketplaces and for those abroad, and filling it."""

from models import Mapping, Organisation, Settlement, SettlementGroup
from services import audit, bookkeeping, settings
from services.audit import Actor
from services.core import suggestions
from services.core.catalogue import UNKNOWN
from services.core.plan_lines import asked_marketplace, mapping_marketplace
from services.core.suggestions import Profile, Suggestion
from services.database import write_txn
from services.errors import Refused
from services.mappings import categories, store
from services.parts import Parts


def suggested() -> list[Suggestion]:
    """What *Use suggested mapping* would fill: only rows that are empty. Raises Refused in words."""
    organisation = _organisation()
    mapped = {row.category for row in Mapping.select(Mapping.category).where(Mapping.marketplace == "")}
    empty = [category.id for category in categories() if category.id not in mapped and category.id != UNKNOWN]
    return suggestions.suggest(empty, organisation.country, organisation.pays_tax, bookkeeping.books())


def advice() -> str:
    """What to know of the suggestions for the organisation's country, for its accountant. Raises Refused."""
    organisation = _organisation()
    if not organisation.pays_tax:
        return "The organisation is not registered for tax, so everything is suggested without tax."
    return _profile(organisation).advice


def _organisation() -> Organisation:
    organisation = Organisation.get_or_none(Organisation.id == 1)
    if organisation is None or not bookkeeping.books().is_synced:
        raise Refused("Suggestions come from your chart of accounts: connect Xero and press Sync from Xero first.")
    if not suggestions.has_suggestions(organisation.country):
        raise Refused(
            f"There are no suggested mappings for organisations in {organisation.country} yet, where "
            f"{organisation.name} is. Choose an account and tax rate for each category yourself."
        )
    return organisation


def _profile(organisation: Organisation) -> Profile:
    return suggestions.profile(organisation.country)


def apply_suggested(parts: Parts, actor: Actor) -> list[Suggestion]:
    """Fills the empty rows that have a complete suggestion; returns those filled."""
    with write_txn():
        return _apply(parts, suggested(), actor)


def suggested_elsewhere() -> dict[str, list[Suggestion]]:
    """{marketplace: overrides} for marketplaces of other countries that settlements here hold.

    Empty where nothing is to be said: not synced yet, not registered for tax, or overridden already.
    """
    return _elsewhere(held_marketplaces())


def home_rates_abroad(settlement: Settlement) -> list[str]:
    """The marketplaces abroad whose amounts in this settlement would take the rates of one's own country."""
    groups = [group for group in bookkeeping.groups_of(settlement) if group.amount]
    names = {mapping_marketplace(group, settlement.marketplace) for group in groups}
    classify, tax_rows = bookkeeping.classifier().classify, settings.value("sales_tax_rows")
    held = {classify(group.line_type, group.amazon_accounted, tax_rows).category for group in groups}
    told = _elsewhere(sorted(names))
    return [name for name, overrides in told.items() if any(each.category in held for each in overrides)]


def _elsewhere(names: list[str]) -> dict[str, list[Suggestion]]:
    organisation, books = Organisation.get_or_none(Organisation.id == 1), bookkeeping.books()
    if organisation is None or not organisation.pays_tax or not books.is_synced:
        return {}
    if not suggestions.has_suggestions(organisation.country):
        return {}
    told = {name: suggestions.suggest_elsewhere(name, organisation.country, books) for name in names}
    return {name: overrides for name, overrides in told.items() if overrides}


def apply_elsewhere(parts: Parts, marketplace: str, actor: Actor) -> list[Suggestion]:
    """Makes the suggested overrides of one marketplace; what is overridden already stays."""
    with write_txn():
        return _apply(parts, suggested_elsewhere().get(marketplace, []), actor)


def _apply(parts: Parts, wanted: list[Suggestion], actor: Actor) -> list[Suggestion]:
    complete = [suggestion for suggestion in wanted if suggestion.is_complete]
    books = bookkeeping.books()
    for each in complete:
        everywhere = books.mappings.get((each.category, "")) if each.marketplace else None
        tracking = everywhere.tracking if everywhere else None
        store(parts, each.category, each.marketplace, each.account_code, each.tax_type, actor, tracking)
    filled = [f"{each.category} on {each.marketplace}" if each.marketplace else each.category for each in complete]
    audit.record(actor, "mappings.suggested", "workspace", parts.clock.now(), categories=filled)
    return complete


def held_marketplaces() -> list[str]:
    """The marketplaces whose mappings the settlements here ask for, in order of their names."""
    pairs = SettlementGroup.select(SettlementGroup.marketplace, Settlement.marketplace).join(Settlement).distinct()
    return sorted({name for printed, whole in pairs.tuples() if (name := asked_marketplace(printed, whole))})
