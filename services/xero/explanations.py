"""Xero's validation texts in words a seller understands: what is wrong and what to press next."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def _known() -> list[tuple[str, str]]:
    """(part of Xero's text in lower case, explanation), the most particular first."""
    entries = tomllib.loads((Path(__file__).parent / "data" / "explanations.toml").read_text())["explanation"]
    return [(entry["xero"].lower(), entry["means"]) for entry in entries]


def explain(words: str) -> str:
    """A sentence for the user; Xero's own words stand in it where none of ours fits better."""
    said = words.lower()
    for part, means in _known():
        if part in said:
            return means
    return f"Xero refused: “{words}”"
