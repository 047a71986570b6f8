"""What TrueBooks may do in Xero, and what each permission is for; the list itself is data/scopes.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Permission:
    """``asks`` and ``because`` are halves of a sentence for the page: it asks …, because …"""

    names: tuple[str, ...]
    asks: str
    because: str


_DATA = tomllib.loads((Path(__file__).parent / "data" / "scopes.toml").read_text(encoding="utf-8"))

PERMISSIONS = tuple(
    Permission(tuple(entry["names"]), entry["asks"], entry["because"]) for entry in _DATA["scope"])
NEVER_ASKED: tuple[str, ...] = tuple(_DATA["never"])
SCOPES: tuple[str, ...] = tuple(name for permission in PERMISSIONS for name in permission.names)


def missing(granted: str) -> list[Permission]:
    """The permissions that the space-separated scopes ``granted`` do not cover."""
    have = set(granted.split())
    return [permission for permission in PERMISSIONS if not have.issuperset(permission.names)]
