"""The catalogue of Amazon's line types and of our categories: data, read from the files beside it."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.core.settlement import LineType

_DATA = Path(__file__).parent / "data"

ANY = "*"
UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Category:
    """What a line type means to an accountant. ``side`` is income, expense, balance or none."""

    id: str
    label: str
    meaning: str
    side: str
    position: int  # in the order to show them


@dataclass(frozen=True)
class Entry:
    """A row of the catalogue. A cell may hold ``*`` for any text, alone or as a part of a pattern.

    Category UNKNOWN marks a word too general to go by on its own ("Other", "Adjustment").
    """

    line_type: LineType
    label: str
    meaning: str
    category: str
    folds_into: LineType | None  # for tax rows: the line type whose category and label they take
    usual_sign: str
    source: str


@dataclass(frozen=True)
class Catalogue:
    version: str
    entries: tuple[Entry, ...]
    categories: dict[str, Category]


Triple = tuple[str, str, str]


def normalise(text: str) -> str:
    """Letters and digits of any script, lower case: Amazon changes case, spaces and punctuation without notice."""
    return "".join(filter(str.isalnum, text.casefold()))


def normalised(line_type: LineType) -> Triple:
    """The key under which a workspace's own rules keep a line type: its own words where no letter is in them."""
    cells = (line_type.transaction_type, line_type.amount_type, line_type.amount_description)
    key = normalise(cells[0]), normalise(cells[1]), normalise(cells[2])
    if any(key):
        return key
    return cells[0].strip().casefold(), cells[1].strip().casefold(), cells[2].strip().casefold()


@cache
def standard() -> Catalogue:
    """The catalogue that ships with TrueBooks."""
    version, entries = _read_line_types(_DATA / "line_types.csv")
    return Catalogue(version, entries, _read_categories(_DATA / "categories.csv"))


def _read_line_types(path: Path) -> tuple[str, tuple[Entry, ...]]:
    """The first line is ``# version YYYY-MM-DD``; the rest is a table with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        version = file.readline().removeprefix("# version").strip()
        return version, tuple(_entry(row) for row in csv.DictReader(file))


def _entry(row: dict[str, str]) -> Entry:
    return Entry(
        line_type=LineType(row["transaction_type"], row["amount_type"], row["amount_description"]),
        label=row["label"],
        meaning=row["meaning"],
        category=row["category"],
        folds_into=LineType(*row["folds_into"].split("/")) if row["folds_into"] else None,
        usual_sign=row["usual_sign"],
        source=row["source"],
    )


def _read_categories(path: Path) -> dict[str, Category]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: Category(row["id"], row["label"], row["meaning"], row["side"], position)
            for position, row in enumerate(csv.DictReader(file))
        }
