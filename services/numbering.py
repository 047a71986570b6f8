"""Document numbers: AMZ-TB-10001 upwards, one per settlement, never given twice."""

from models import Workspace, XeroConnection
from services.settings import NUMBER_PREFIX


def allot() -> str:
    """The next number of the workspace's counter; call it inside the transaction that uses it."""
    workspace = Workspace.get_by_id(1)
    number = workspace.next_number
    highest = max(number, workspace.highest_number or 0)
    Workspace.update(next_number=number + 1, highest_number=highest).where(Workspace.id == 1).execute()
    return f"{NUMBER_PREFIX}{number}"


def unsee() -> None:
    """A number was taken in Xero: all are looked at again before anything is posted."""
    Workspace.update(numbers_seen_in=None).where(Workspace.id == 1).execute()


def are_seen() -> bool:
    """Whether the counter was moved past the numbers of the organisation that is connected now."""
    connected = XeroConnection.get_or_none(XeroConnection.id == 1)
    return connected is None or Workspace.get_by_id(1).numbers_seen_in == connected.tenant_id
