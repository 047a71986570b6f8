"""Finds a line type in the catalogue: exactly, else by ever weaker keys on which the catalogue agrees."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from services.core.catalogue import ANY, UNKNOWN, Entry, Triple, normalise, normalised
from services.core.settlement import LineType


class Match(NamedTuple):
    category: str
    label: str  # empty where Amazon's own words say more
    folds_into: LineType | None


class LineTypeIndex:
    """Looks up (type, amount type, description), then amount type with description, description,
    amount type, type, and patterns, comparing letters and digits only.

    A weaker key counts only where the catalogue has a row for it, or all its rows agree on the
    category; a row with category UNKNOWN bars a word that says nothing by itself.
    """

    def __init__(self, entries: Iterable[Entry]):
        self._exact: dict[Triple, Match] = {}
        self._declared: dict[Triple, Entry] = {}
        self._patterns: list[tuple[tuple[re.Pattern[str], ...], Match]] = []
        related: defaultdict[Triple, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._add(entry, related)
        self._agreed = {key: match for key, rows in related.items() if (match := _agreement(key, rows))}

    def find(self, line_type: LineType) -> Match | None:
        key = normalised(line_type)
        if key in self._exact:
            return self._exact[key]
        for weaker in _weaker_keys(key):
            match = self._weaker_match(weaker)
            if match:
                return match
        return next((match for cells, match in self._patterns if _fits(cells, key)), None)

    def _add(self, entry: Entry, related: defaultdict[Triple, list[Entry]]) -> None:
        cells = _cells(entry.line_type)
        if any(ANY in cell and cell != ANY for cell in cells):
            self._patterns.append((tuple(map(_pattern, cells)), _match(entry)))
            return
        key = tuple(cell if cell == ANY else normalise(cell) for cell in cells)
        if ANY in key:
            self._declared[key] = entry
        else:
            self._exact[key] = _match(entry)
        for weaker in _derivable_keys(key):
            related[weaker].append(entry)

    def _weaker_match(self, key: Triple) -> Match | None:
        declared = self._declared.get(key)
        if declared is None:
            return self._agreed.get(key)
        return None if declared.category == UNKNOWN else _match(declared)


def _weaker_keys(key: Triple) -> list[Triple]:
    """The order of the look-up; a key with an empty cell says nothing and is left out."""
    kind, amount, description = key
    keys = [
        (kind, amount, ANY),
        (ANY, amount, description),
        (ANY, ANY, description),
        (ANY, amount, ANY),
        (kind, ANY, ANY),
        (kind, ANY, description),
    ]
    return [weaker for weaker in keys if "" not in weaker]


def _derivable_keys(key: Triple) -> set[Triple]:
    """The weaker keys that a row speaks for without having been written for them."""
    kind, amount, description = key
    keys = {(ANY, amount, description), (ANY, ANY, description), (ANY, amount, ANY), (kind, ANY, ANY)}
    return {weaker for weaker in keys if weaker != key and weaker != (ANY, ANY, ANY)}


def _agreement(key: Triple, rows: list[Entry]) -> Match | None:
    if len({row.category for row in rows}) != 1 or rows[0].category == UNKNOWN:
        return None
    names_the_amount = key[2] != ANY
    folds = {row.folds_into for row in rows}
    return Match(rows[0].category, rows[0].label if names_the_amount else "", folds.pop() if len(folds) == 1 else None)


def _match(entry: Entry) -> Match:
    return Match(entry.category, entry.label, entry.folds_into)


def _cells(line_type: LineType) -> Triple:
    return (line_type.transaction_type, line_type.amount_type, line_type.amount_description)


def _pattern(cell: str) -> re.Pattern[str]:
    """``Inbound Defect Fee*`` as an expression over normalised text."""
    return re.compile(".*".join(map(normalise, cell.split(ANY))))


def _fits(cells: tuple[re.Pattern[str], ...], key: Triple) -> bool:
    return all(cell.fullmatch(text) for cell, text in zip(cells, key, strict=True))
