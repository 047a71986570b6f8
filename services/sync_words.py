"""What a sync found, as one sentence: "3 new accounts, 1 archived, 2 mappings need attention". Pure."""

_NOUNS = {
    "accounts": ("account", "accounts"),
    "tax_rates": ("tax rate", "tax rates"),
    "tracking_categories": ("tracking category", "tracking categories"),
    "currencies": ("currency", "currencies"),
    "contacts": ("contact", "contacts"),
    "organisation": ("detail of the organisation", "details of the organisation"),
}


def sentence(counts: dict[str, dict[str, int]], attention: int, contacts: int = 0) -> str:
    """``counts`` as SyncResult has them; how many mappings (``attention``) and contacts need a look."""
    found = [words for name, nouns in _NOUNS.items() for words in _of_one_kind(counts.get(name, {}), nouns)]
    if not found:
        found = ["Nothing changed in Xero since the last sync"]
    if attention:
        found.append("1 mapping needs attention" if attention == 1 else f"{attention} mappings need attention")
    if contacts:
        found.append("1 contact must be picked anew" if contacts == 1 else f"{contacts} contacts must be picked anew")
    return ", ".join(found)


def _of_one_kind(counts: dict[str, int], nouns: tuple[str, str]) -> list[str]:
    """The noun is said once: "3 new accounts", then "1 archived"."""
    told = [(counts.get("added", 0), "new {noun}", "new"), (counts.get("changed", 0), "{noun} changed", "changed"),
            (counts.get("archived", 0), "{noun} archived", "archived")]
    words: list[str] = []
    for count, in_full, in_short in told:
        if count:
            noun = nouns[0] if count == 1 else nouns[1]
            words.append(f"{count} {in_short if words else in_full.format(noun=noun)}")
    return words
