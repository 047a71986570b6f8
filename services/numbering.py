"""Document numbers: AMZ-TB-10001 upwards, one per settlement, never given twice."""

import re

from models import Workspace
from services.settings import NUMBER_PREFIX
from services.xero.client import XeroClient


def allot() -> str:
    """The next number of the workspace's counter; call it inside the transaction that uses it."""
    number = Workspace.get_by_id(1).next_number
    Workspace.update(next_number=number + 1).where(Workspace.id == 1).execute()
    return f"{NUMBER_PREFIX}{number}"


def move_past(client: XeroClient) -> int | None:
    """Moves the counter past the highest of our numbers in Xero: none is given twice. The new value, if it moved."""
    kinds = ("invoice", "credit_note")
    numbers = [number for kind in kinds for number in client.numbers_beginning(kind, NUMBER_PREFIX)]
    found = [int(match[1]) for match in (re.match(rf"{NUMBER_PREFIX}(\d+)", number) for number in numbers) if match]
    highest = max(found, default=0)
    moved = Workspace.update(next_number=highest + 1).where((Workspace.id == 1) & (Workspace.next_number <= highest))
    return highest + 1 if moved.execute() else None
