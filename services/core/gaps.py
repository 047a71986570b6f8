"""Gaps between settlements: periods for which none is here, of a marketplace that has some before and after. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_NEXT = timedelta(days=1)  # a period may begin on the day the last one ends, or on the next


@dataclass(frozen=True)
class Period:
    """What one settlement covers; dates as printed, YYYY-MM-DD."""

    marketplace: str
    currency: str
    start: str
    end: str


@dataclass(frozen=True)
class Gap:
    """Nothing is here of this marketplace from ``after`` (an end) to ``before`` (a start)."""

    marketplace: str
    currency: str
    after: str
    before: str


def gaps(periods: Iterable[Period], since: str = "") -> list[Gap]:
    """The gaps, the latest first; none that ends before ``since``. Settlements may overlap or be nested."""
    by_marketplace: defaultdict[tuple[str, str], list[Period]] = defaultdict(list)
    for period in periods:
        by_marketplace[period.marketplace, period.currency].append(period)
    found = []
    for each in by_marketplace.values():
        in_order = sorted(each, key=lambda period: (period.start, period.end))
        covered_to = in_order[0].end
        for period in in_order[1:]:
            if _day(period.start) > _day(covered_to) + _NEXT and period.start > since:
                found.append(Gap(period.marketplace, period.currency, covered_to, period.start))
            covered_to = max(covered_to, period.end)
    return sorted(found, key=lambda gap: (gap.before, gap.marketplace), reverse=True)


def _day(printed: str) -> date:
    return date.fromisoformat(printed)
