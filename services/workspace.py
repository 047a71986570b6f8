"""The workspace: the one row about this installation, made when its data folder is first opened."""

from models import Workspace
from services.clock import Clock
from services.config import Config
from services.database import write_txn
from services.errors import BadSetting

_NAMES = {"sandbox": "the sandbox", "live": "live Xero"}


def open_workspace(config: Config, clock: Clock) -> Workspace:
    """The workspace of this data folder; raises BadSetting when it belongs to the other mode for life."""
    with write_txn():
        workspace, _ = Workspace.get_or_create(id=1, defaults={"mode": config.mode, "created_at": clock.now()})
    if workspace.mode != config.mode:
        raise BadSetting(_other_mode(config, workspace.mode))
    return workspace


def _other_mode(config: Config, belongs_to: str) -> str:
    return (
        f"The data folder {config.data} belongs to {_NAMES[belongs_to]}, "
        f"and TrueBooks is set up for {_NAMES[config.mode]}. "
        "A data folder stays with one of the two for life: set TRUEBOOKS_DATA to another folder, "
        + ("or take XERO_CLIENT_ID out again." if config.mode == "live" else "or put XERO_CLIENT_ID back.")
    )
