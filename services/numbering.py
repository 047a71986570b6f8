"""Document numbers: AMZ-TB-10001 upwards, one per settlement, never given twice."""

import re

from models import Workspace
from services.settings import NUMBER_PREFIX


def allot() -> str:
    """The next number of the workspace's counter; call it inside the transaction that uses it."""
    number = Workspace.get_by_id(1).next_number
    Workspace.update(next_number=number + 1).where(Workspace.id == 1).execute()
    return f"{NUMBER_PREFIX}{number}"


def move_past(numbers: list[str]) -> int | None:
    """Moves the counter past the highest of our numbers seen in Xero; the new value if it moved."""
    found = [int(match[1]) for match in (re.match(rf"{NUMBER_PREFIX}(\d+)", number) for number in numbers) if match]
    if not found or max(found) < Workspace.get_by_id(1).next_number:
        return None
    Workspace.update(next_number=max(found) + 1).where(
        (Workspace.id == 1) & (Workspace.next_number <= max(found))
    ).execute()
    return max(found) + 1
