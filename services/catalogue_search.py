"""Looking through the catalogue: by words and by category, a page at a time."""

from dataclasses import dataclass

from services.core.catalogue import Entry, standard

PAGE = 75


def search(words: str = "", category: str = "") -> list[Entry]:
    """The entries that hold every one of the words (in Amazon's words or ours), in the order of their categories."""
    catalogue = standard()
    wanted = words.casefold().split()
    found = [
        entry
        for entry in catalogue.entries
        if (not category or entry.category == category) and all(word in _text(entry) for word in wanted)
    ]
    return sorted(found, key=lambda entry: catalogue.categories[entry.category].position)


@dataclass(frozen=True)
class Sheet:
    """A page of what was found; ``first`` counts from 1."""

    entries: list[Entry]
    number: int
    of: int
    first: int


def page(found: list[Entry], number: int) -> Sheet:
    """One before the first is the first, one beyond the last is the last."""
    of = max(1, -(-len(found) // PAGE))
    number = min(max(number, 1), of)
    start = (number - 1) * PAGE
    return Sheet(found[start : start + PAGE], number, of, start + 1)


def _text(entry: Entry) -> str:
    type_, category = entry.line_type, standard().categories[entry.category]
    parts = (
        type_.transaction_type, type_.amount_type, type_.amount_description, entry.label, entry.meaning, category.label,
    )  # fmt: skip
    return " ".join(parts).casefold()
