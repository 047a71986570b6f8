"""Xero's words for broken rules, from data/texts.toml."""

import tomllib
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[1] / "data" / "texts.toml"


@cache
def texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def say(rule: str, **words: object) -> str:
    return texts()[rule]["text"].format(**words)
