"""Switches: beliefs about Xero without proof, each of which the sandbox can play either way."""

import sqlite3
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.xero.store import keep_setting, setting

TABLE = Path(__file__).with_name("data") / "switches.toml"


class UnknownSwitch(ValueError):
    """A switch or value that does not exist; the message names those that do."""


@dataclass(frozen=True)
class Switch:
    name: str
    values: tuple[str, ...]  # the first is the default
    meaning: str
    source: str


@cache
def switches() -> dict[str, Switch]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: Switch(name, tuple(row["values"]), row["meaning"], row["source"]) for name, row in table.items()}


def value(db: sqlite3.Connection, name: str) -> str:
    return setting(db, f"switch:{name}", switches()[name].values[0])


def values(db: sqlite3.Connection) -> dict[str, str]:
    return {name: value(db, name) for name in switches()}


def turn(db: sqlite3.Connection, name: str, to: str) -> None:
    """Raises UnknownSwitch for a name or value that is not in the table."""
    if name not in switches():
        raise UnknownSwitch(f"There is no switch “{name}”. There are: {', '.join(switches())}.")
    if to not in switches()[name].values:
        raise UnknownSwitch(f"“{name}” can be {' or '.join(switches()[name].values)}, not “{to}”.")
    keep_setting(db, f"switch:{name}", to)
