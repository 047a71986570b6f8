"""The granular scopes an app may ask for, their plain words, and which of them allow a call."""

import tomllib
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[1] / "data" / "scopes.toml"


@cache
def meanings() -> dict[str, str]:
    """Scope → what it lets the app do, in plain words."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    read = {f"{name}.read": words for name, words in table["read"].items()}
    return {**table["identity"], **table["write"], **read, **table["reports"]}


def unknown(scopes: list[str]) -> list[str]:
    return [scope for scope in scopes if scope not in meanings()]


def allows(granted: list[str], needed: str, writing: bool) -> bool:
    """``needed`` is the scope without ``.read``; the full scope allows reading too (xero.md 2.3)."""
    return needed in granted or (not writing and f"{needed}.read" in granted)


def joined(*groups: list[str]) -> list[str]:
    """All scopes of the groups, each once, in the order of the table."""
    asked = {scope for group in groups for scope in group}
    return [scope for scope in meanings() if scope in asked]
