"""How much of a reference list of line types the catalogue knows, and how its line types spread over categories."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import product
from typing import TextIO

from services.core.catalogue import ANY, UNKNOWN, Catalogue
from services.core.classifier import Classifier
from services.core.settlement import LineType

_PARTS = ("transaction_type", "amount_type", "amount_description")


@dataclass(frozen=True)
class Reference:
    """A row of the reference: a line type (``*`` for any text) and the category it is given there."""

    line_type: LineType
    category: str


@dataclass(frozen=True)
class Coverage:
    """``same`` of ``whole`` have the reference's category, ``other`` another of ours, ``missing`` none."""

    whole: int
    same: int
    other: list[tuple[Reference, str]]
    missing: list[Reference]

    @property
    def covered(self) -> int:
        return self.whole - len(self.missing)


def read_reference(file: TextIO) -> Iterator[Reference]:
    """Rows of a CSV with transaction_type, amount_type, amount_description and suggested_category (or category).

    Alternatives in one cell (``A|B``) are read one by one; a category in brackets is no category. Raises
    ValueError naming what is missing.
    """
    reader = csv.DictReader(file)
    missing = {*_PARTS, "category"} - {*(reader.fieldnames or ()), *(["category"] if _has_category(reader) else [])}
    if missing:
        raise ValueError(f"The list has no column {' or '.join(sorted(missing))}.")
    for row in reader:
        category = row.get("suggested_category") or row.get("category") or ""
        if not category.startswith("("):
            for parts in product(*(row[part].split("|") for part in _PARTS)):
                yield Reference(LineType(*parts), category)


def _has_category(reader: csv.DictReader) -> bool:
    return bool({"suggested_category", "category"} & set(reader.fieldnames or ()))


def coverage(reference: Iterable[Reference], catalogue: Catalogue) -> Coverage:
    """Classifies every line type of the reference as if it stood in a file, tax rows by their own category."""
    classifier = Classifier(catalogue)
    whole, same, other, missing = 0, 0, [], []
    for row in reference:
        whole += 1
        ours = classifier.classify(_in_a_file(row.line_type), sales_tax_rows="own_account").category
        if ours == row.category:
            same += 1
        elif ours == UNKNOWN:
            missing.append(row)
        else:
            other.append((row, ours))
    return Coverage(whole, same, other, missing)


def _in_a_file(line_type: LineType) -> LineType:
    """``*`` stands for any text: for words that nobody knows, too."""
    return LineType(*("Zebra stripes" if part == ANY else part for part in astuple(line_type)))


def spread(catalogue: Catalogue) -> dict[str, int]:
    """{category id: line types}, in the order of the categories; words that say nothing count as UNKNOWN."""
    counts = Counter(entry.category for entry in catalogue.entries)
    return {category: counts[category] for category in catalogue.categories}
