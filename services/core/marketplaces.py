"""Which marketplace a settlement belongs to, and the reference its document bears."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.core.money import format_money
from services.core.settlement import Settlement

_DATA = Path(__file__).parent / "data" / "marketplaces.csv"


class Marketplace(NamedTuple):
    """A marketplace by its one name, with the country used in references."""

    name: str  # Amazon.co.uk
    country: str  # UK


class _Entry(NamedTuple):
    marketplace: Marketplace
    currency: str
    aliases: tuple[str, ...]


@cache
def _entries() -> tuple[_Entry, ...]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Entry(Marketplace(row["name"], row["country"]), row["currency"], tuple(row["aliases"].split("|")))
            for row in csv.DictReader(file)
        )


@cache
def _by_printed_name() -> dict[str, _Entry]:
    return {name.lower(): entry for entry in _entries() for name in (entry.marketplace.name, *entry.aliases)}


def known_marketplaces() -> tuple[str, ...]:
    """Every marketplace's one name, in the order to show them."""
    return tuple(entry.marketplace.name for entry in _entries())


def of_country(country: str) -> list[str]:
    """The names of a country's marketplaces; Xero's GB is Amazon's UK."""
    ours = "UK" if country == "GB" else country
    return [entry.marketplace.name for entry in _entries() if entry.marketplace.country == ours]


def canonical(printed: str) -> str:
    """The one name of a marketplace as a file prints it (``amazon.com``, ``Non-Amazon CA``).

    A name that is not known stays as printed; an empty one stays empty.
    """
    printed = printed.strip()
    entry = _by_printed_name().get(printed.lower())
    return entry.marketplace.name if entry else printed


def is_own_name(printed: str) -> bool:
    """Whether the file names a marketplace itself, rather than an alias of one or nothing."""
    entry = _by_printed_name().get(printed.strip().lower())
    return entry is not None and entry.marketplace.name.lower() == printed.strip().lower()


def of_settlement(settlement: Settlement) -> Marketplace:
    """The marketplace a settlement belongs to.

    A marketplace's own name beats an alias such as "Non-Amazon CA"; among several the currency
    decides, then the number of lines. A file that names none goes by its currency.
    """
    lines: Counter[str] = Counter()
    for group in settlement.groups:
        if group.marketplace.strip().lower() in _by_printed_name():
            lines[group.marketplace.strip().lower()] += group.lines
    if not lines:
        return of_currency(settlement.currency)

    def rank(printed: str) -> tuple:
        entry = _by_printed_name()[printed]
        return (not is_own_name(printed), entry.currency != settlement.currency, -lines[printed], printed)

    return _by_printed_name()[min(lines, key=rank)].marketplace


def of_currency(currency: str) -> Marketplace:
    """The marketplace that settles in this currency; "Amazon EU" for euros, which many share."""
    found = [entry.marketplace for entry in _entries() if entry.currency == currency]
    if len(found) == 1:
        return found[0]
    # ISO 4217 codes begin with the country's ISO 3166 code; the euro's with EU.
    country = currency[:2]
    return Marketplace(f"Amazon {country}", country)


def key(country: str, settlement_id: str) -> str:
    """What a document is recognised by, whatever happens to its amount: ``TBUK-26881161592``."""
    return f"TB{country}-{settlement_id}"


def reference(total: int, currency: str, country: str, settlement_id: str) -> str:
    """The document's reference: ``(£1,275.20) TBUK-26881161592``. ``total`` is in minor units."""
    return f"({format_money(total, currency)}) {key(country, settlement_id)}"
