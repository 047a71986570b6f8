"""The workspace: the one row about this installation, made when its data folder is first opened.

Folder and database each belong to the sandbox or to live Xero for life: DATABASE_URL may keep them apart.
"""

from pathlib import Path

from peewee import DatabaseError, SqliteDatabase

from models import Workspace
from services.clock import Clock
from services.config import Config, made_once
from services.database import write_txn
from services.errors import BadSetting

MARKER = "mode"  # the file in the data folder that says whose it is
DATABASE = "truebooks.db"  # the database's name where DATABASE_URL names no other
_NAMES = {"sandbox": "the sandbox", "live": "live Xero"}


def open_workspace(config: Config, clock: Clock) -> Workspace:
    """The workspace of this data folder; raises BadSetting when folder or database belongs to the other mode."""
    _demand(config, folder_belongs_to(config), f"The data folder {config.data}", "TRUEBOOKS_DATA to another folder")
    with write_txn():
        workspace, _ = Workspace.get_or_create(id=1, defaults={"mode": config.mode, "created_at": clock.now()})
    if config.database_path == config.data / DATABASE:
        _demand(config, workspace.mode, f"The data folder {config.data}", "TRUEBOOKS_DATA to another folder")
    else:
        _demand(config, workspace.mode, f"The database {config.database_path}, which DATABASE_URL names,",
                "DATABASE_URL to another file, or take it out")
    made_once(config.data / MARKER, lambda: config.mode)
    return workspace


def mode_of(database: Path) -> str:
    """sandbox or live; empty where the file is missing or holds no workspace."""
    if not database.is_file():
        return ""
    opened = SqliteDatabase(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    try:
        with opened.connection_context():
            found = opened.execute_sql("SELECT mode FROM workspace").fetchone()
    except DatabaseError:  # no database of ours, or one that was never finished
        return ""
    return found[0] if found else ""


def folder_belongs_to(config: Config) -> str:
    """As its marker says; a folder from before there was one, by what it holds. Empty for a new one."""
    marker = config.data / MARKER
    if marker.is_file():
        return marker.read_text().strip()
    return "sandbox" if config.sandbox_state.is_dir() else mode_of(config.data / DATABASE)


def _demand(config: Config, belongs_to: str, what: str, instead: str) -> None:
    if belongs_to in ("", config.mode):
        return
    raise BadSetting(
        f"{what} belongs to {_NAMES.get(belongs_to, belongs_to)}, and TrueBooks is set up for {_NAMES[config.mode]}. "
        f"Each stays with one of the two for life: set {instead}, "
        + ("or take XERO_CLIENT_ID out again." if config.mode == "live" else "or put XERO_CLIENT_ID back."))
