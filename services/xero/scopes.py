"""What TrueBooks may do in Xero, and what each permission is for; the list itself is data/scopes.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Permission:
    """``asks`` and ``because`` are halves of a sentence for the page: it asks …, because …

    ``only_for`` is what a workspace must do to need it; empty where every workspace does.
    """

    names: tuple[str, ...]
    asks: str
    because: str
    only_for: str = ""


_DATA = tomllib.loads((Path(__file__).parent / "data" / "scopes.toml").read_text(encoding="utf-8"))

PERMISSIONS = tuple(
    Permission(tuple(entry["names"]), entry["asks"], entry["because"], entry.get("only_for", ""))
    for entry in _DATA["scope"])
NEVER_ASKED: tuple[str, ...] = tuple(_DATA["never"])


def needed(does: frozenset[str] = frozenset()) -> tuple[Permission, ...]:
    """What a workspace needs that ``does`` these things beside the usual: ``{"manual_journals"}``."""
    return tuple(each for each in PERMISSIONS if not each.only_for or each.only_for in does)


def names(permissions: tuple[Permission, ...]) -> tuple[str, ...]:
    """The scopes to ask for."""
    return tuple(name for permission in permissions for name in permission.names)


def missing(granted: str, permissions: tuple[Permission, ...]) -> list[Permission]:
    """Those of ``permissions`` that the space-separated scopes ``granted`` do not cover."""
    have = set(granted.split())
    return [permission for permission in permissions if not have.issuperset(permission.names)]
