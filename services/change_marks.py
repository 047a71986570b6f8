"""Marks by which one sees that something changed: the database's own triggers renew them (migrations 0011, 0017)."""

from models import ChangeMark, database

PLANS = "plans"  # whatever a plan depends on, the settlement's own facts apart: mappings, rules, settings, Xero's lists
PERIODS = "periods"  # which settlements there are, of which marketplace, currency and period
PICTURES = "pictures"  # the sums that Home's pictures are made of (migration 0017)
READINESS = "readiness"  # set by services/readiness.py when all is worked out; emptied when something is not any more


def mark(name: str) -> str:
    """The mark as it stands; two equal ones mean that nothing changed in between."""
    return marks()[name]


def marks() -> dict[str, str]:
    """All of them, read in one go; said in SQL, since every page asks several times."""
    return dict(database.execute_sql('SELECT "name", "token" FROM "change_mark"').fetchall())


def keep(name: str, token: str) -> None:
    ChangeMark.update(token=token).where(ChangeMark.name == name).execute()
