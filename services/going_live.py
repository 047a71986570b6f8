"""Going live: users, mappings and rules are copied from the sandbox's data folder; never settlements or documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from peewee import SqliteDatabase
from peewee import Table as RawTable

from models import LineTypeRule, Mapping, Table, User, database
from services import audit
from services.audit import Actor
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts
from services.workspace import DATABASE, mode_of


@dataclass(frozen=True)
class Copied:
    """How many were copied; what was here already stayed as it is."""

    users: int
    mappings: int
    rules: int


# What is copied: the columns that make two rows the same, and the others. Second factors and sessions are not.
_USERS = (User, ("email",), ("name", "password_hash", "role", "created_at", "disabled_at"))
_MAPPINGS = (Mapping, ("category", "marketplace"), ("account_code", "tax_type", "tracking", "changed_at", "changed_by"))
_RULES = (LineTypeRule, ("transaction_type", "amount_type", "amount_description"),
          ("category", "created_at", "created_by"))


def copy(parts: Parts, source: Path, actor: Actor) -> Copied:
    """Copies from ``source``, the sandbox's data folder or its database's file. Raises NotFound or Refused in words.

    Mappings name accounts and tax rates by their codes: where the live organisation has others, they
    are flagged by the first Sync from Xero.
    """
    if parts.config.mode != "live":
        raise Refused("This is the sandbox. Set XERO_CLIENT_ID and XERO_CLIENT_SECRET first (see Going live); then the "
                      "command copies into the live data folder.")
    with _opened(source) as sandbox, write_txn():
        copied = Copied(*(_copy(sandbox, *what) for what in (_USERS, _MAPPINGS, _RULES)))
        audit.record(actor, "going_live.copied", "workspace", parts.clock.now(), source=source.name,
                     users=copied.users, mappings=copied.mappings, rules=copied.rules)
    return copied


@contextmanager
def _opened(source: Path) -> Iterator[SqliteDatabase]:
    """The other workspace's database, for reading alone."""
    path = source / DATABASE if source.is_dir() else source
    mode = mode_of(path)
    if not mode:
        raise NotFound(f"There is no TrueBooks data in {source}. Name the sandbox's data folder, which is var unless "
                       "TRUEBOOKS_DATA said otherwise; or its database, where DATABASE_URL named a file elsewhere.")
    if mode != "sandbox":
        raise Refused(f"The data in {source} belongs to live Xero already; only the sandbox's is copied.")
    opened = SqliteDatabase(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    with opened.connection_context():
        yield opened


def _copy(source: SqliteDatabase, table: type[Table], same: tuple[str, ...], others: tuple[str, ...]) -> int:
    """The rows that are not here yet, value by value as they are stored."""
    columns = (*same, *others)
    name = table._meta.table_name
    there = RawTable(name, columns).bind(source)
    here = RawTable(name, columns).bind(database)
    known = {tuple(row[column] for column in same) for row in here.select().dicts()}
    new = [row for row in there.select(*(getattr(there, column) for column in columns)).dicts()
           if tuple(row[column] for column in same) not in known]
    for row in new:
        here.insert(row).execute()
    return len(new)
