"""Looking through the catalogue: by words and by category."""

from services.core.catalogue import Entry, standard


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


def _text(entry: Entry) -> str:
    type_, category = entry.line_type, standard().categories[entry.category]
    parts = (
        type_.transaction_type, type_.amount_type, type_.amount_description, entry.label, entry.meaning, category.label,
    )  # fmt: skip
    return " ".join(parts).casefold()
