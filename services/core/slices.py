"""Slices: the few groups of categories that a settlement's pictures are drawn in. Data, read from the file beside."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "slices.csv"

SALES = "sales"
PAYOUT = "payout"  # the settlement's total; all other slices come to it
UNEXPLAINED = "unexplained"  # by how much the lines of a file miss the total it states


@dataclass(frozen=True)
class Slice:
    """A group of categories: its words, and what is in it."""

    id: str
    label: str
    meaning: str
    categories: tuple[str, ...] = ()


@cache
def slices() -> tuple[Slice, ...]:
    """Every slice that lines belong to, in the order to show them; sales come first."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Slice(row["slice"], row["label"], row["meaning"], tuple(row["categories"].split("|")))
            for row in csv.DictReader(file)
        )


@cache
def _by_category() -> dict[str, str]:
    return {category: each.id for each in slices() for category in each.categories}


def slice_of(category: str) -> str:
    """The slice a category belongs to."""
    return _by_category()[category]
