"""Adds up a settlement's amounts by what names them: counted as printed, understood once the file tells how."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from services.core.settlement import LineType
from services.core.settlement_layout import AmountColumn, Key


class LineTally:
    """How often each amount stands under the same names, and the sums of those understood so far (minor units)."""

    def __init__(self) -> None:
        self._counts: dict[AmountColumn, Counter[Key]] = {}
        self._sums: dict[tuple[AmountColumn, Key], list[int]] = {}  # [amount, lines]

    def __len__(self) -> int:
        return sum(map(len, self._counts.values())) + len(self._sums)

    @property
    def groups_at_hand(self) -> int:
        return len(self._sums)

    def count(self, column: AmountColumn, rows: list[list[bytes]]) -> list[Key]:
        """Counts the column's amounts in ``rows``; returns the keys that are new."""
        counts = self._counts.setdefault(column, Counter())
        before = len(counts)
        counts.update(map(column.key, rows))
        return list(islice(reversed(counts), len(counts) - before)) if len(counts) > before else []

    def printed(self) -> Iterator[bytes]:
        """Every amount that is not understood yet, in the order of the file."""
        for counts in self._counts.values():
            for key in counts:
                if key[-1].strip():
                    yield key[-1]

    def understand(self, minor: Mapping[bytes, int]) -> None:
        """Sums the amounts that ``minor`` knows in minor units, and forgets how they were printed."""
        for column, counts in self._counts.items():
            left: Counter[Key] = Counter()
            for key, lines in counts.items():
                if key[-1] in minor:
                    group = self._sums.setdefault((column, key[:-1]), [0, 0])
                    group[0] += minor[key[-1]] * lines
                    group[1] += lines
                elif key[-1].strip():
                    left[key] = lines
            self._counts[column] = left

    def groups(self, text_of: Callable[[bytes], str]) -> dict[tuple[LineType, str], tuple[int, int]]:
        """(line type, marketplace) → (amount, lines) of all that is understood."""
        groups: dict[tuple[LineType, str], tuple[int, int]] = {}
        for (column, cells), (amount, lines) in self._sums.items():
            texts = [text_of(cell) for cell in cells]
            name = column.line_type(texts), column.marketplace(texts)
            before = groups.get(name, (0, 0))
            groups[name] = before[0] + amount, before[1] + lines
        return groups
