"""Adds up a settlement's amounts by what names them: counted as printed, understood once the file tells how."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from services.core.settlement import LineType
from services.core.settlement_layout import Frame
from services.core.settlement_rows import Stretch

Name = tuple[LineType, str]  # and a marketplace, as printed


class LineTally:
    """How often each amount stands under the same names, and the sums of those understood so far (minor units)."""

    def __init__(self) -> None:
        self._counts: dict[Frame, Counter[bytes]] = {}
        self._sums: dict[tuple[Frame, bytes], list[int]] = {}  # [amount, lines]

    def __len__(self) -> int:
        return sum(map(len, self._counts.values())) + len(self._sums)

    @property
    def groups_at_hand(self) -> int:
        return len(self._sums)

    def count(self, stretches: list[Stretch]) -> list[tuple[Frame, bytes]]:
        """Counts every amount; returns those that were not seen before in the same frame."""
        together: defaultdict[Frame, list[bytes]] = defaultdict(list)
        for stretch in stretches:
            together[stretch.frame] += stretch.amounts
        new: list[tuple[Frame, bytes]] = []
        for frame, amounts in together.items():
            counts = self._counts.setdefault(frame, Counter())
            before = len(counts)
            counts.update(amounts)
            new += [(frame, amount) for amount in islice(reversed(counts), len(counts) - before)]
        return new

    def printed(self) -> Iterator[bytes]:
        """Every amount that is not understood yet, as printed."""
        for counts in self._counts.values():
            for amount in counts:
                text = amount.rpartition(b"\t")[2].strip()
                if text:
                    yield text

    def understand(self, minor: Mapping[bytes, int]) -> None:
        """Sums the amounts that ``minor`` knows in minor units, and forgets how they were printed."""
        for frame, counts in self._counts.items():
            left: Counter[bytes] = Counter()
            for amount, lines in counts.items():
                names, _, text = amount.rpartition(b"\t")
                text = text.strip()
                if text in minor:
                    group = self._sums.setdefault((frame, names), [0, 0])
                    group[0] += minor[text] * lines
                    group[1] += lines
                elif text:
                    left[amount] = lines
            self._counts[frame] = left

    def groups(self, text_of: Callable[[bytes], str]) -> dict[Name, tuple[int, int]]:
        """(line type, marketplace) → (amount, lines) of all that is understood."""
        groups: dict[Name, tuple[int, int]] = {}
        for (frame, names), (amount, lines) in self._sums.items():
            texts = [text_of(cell) for cell in frame.naming_cells(names)]
            name = frame.column.line_type(texts), frame.column.marketplace(texts)
            before = groups.get(name, (0, 0))
            groups[name] = before[0] + amount, before[1] + lines
        return groups
