"""What the Xero user who connected the app may do there: a role may be lowered later (data/roles.toml)."""

import sqlite3
import tomllib
from functools import cache
from pathlib import Path

from sandbox.xero import switches
from sandbox.xero.accounting.answers import problem

TABLE = Path(__file__).parents[1] / "data" / "roles.toml"


@cache
def roles() -> dict[str, dict]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def role(db: sqlite3.Connection) -> dict:
    return roles()[switches.value(db, "user_role")]


def may(db: sqlite3.Connection, scope: str, writing: bool) -> bool:
    """``scope`` is the one the call needs, without ``.read``."""
    allowed = role(db)["writes" if writing else "reads"]
    return "all" in allowed or scope in allowed


def demand(db: sqlite3.Connection, scope: str, writing: bool) -> None:
    """Raises Refusal: the token is good and the organisation connected, yet the user may not do this."""
    if not may(db, scope, writing):
        status = int(switches.value(db, "lowered_role_status"))
        raise problem(status, "Forbidden" if status == 403 else "Unauthorized", "AuthorizationUnsuccessful")


def passes_period_lock(db: sqlite3.Connection) -> bool:
    """Advisers may work before the period lock date; nobody may before the end of year's."""
    return role(db)["before_period_lock"]
