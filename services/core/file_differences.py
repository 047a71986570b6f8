"""What another file of the same settlement says otherwise, line type by line type. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.core.settlement import Group, LineType


@dataclass(frozen=True)
class LineTypeDifference:
    """One line type whose sum or number of lines is not the same; minor units."""

    line_type: LineType
    before: int
    after: int
    lines_before: int
    lines_after: int

    @property
    def change(self) -> int:
        return self.after - self.before


def between(before: Iterable[Group], after: Iterable[Group]) -> list[LineTypeDifference]:
    """The line types that differ, the largest change first; marketplaces and tax treatment are summed over."""
    amounts_before, lines_before = _sums(before)
    amounts_after, lines_after = _sums(after)
    changed = [
        LineTypeDifference(each, amounts_before[each], amounts_after[each], lines_before[each], lines_after[each])
        for each in dict.fromkeys([*lines_before, *lines_after])
        if (amounts_before[each], lines_before[each]) != (amounts_after[each], lines_after[each])
    ]
    return sorted(changed, key=lambda difference: (-abs(difference.change), difference.line_type))


def _sums(groups: Iterable[Group]) -> tuple[Counter, Counter]:
    amounts: Counter = Counter()
    lines: Counter = Counter()
    for group in groups:
        amounts[group.line_type] += group.amount
        lines[group.line_type] += group.lines
    return amounts, lines
