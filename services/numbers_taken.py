"""Which numbers Xero holds already: the counter moves past them. Apart from numbering, which needs no network."""

import re
from datetime import datetime

from models import Posting, Settlement, Workspace, XeroConnection
from services import audit, keys_seen, numbering
from services.audit import Actor
from services.core import posting_states as states
from services.database import write_txn
from services.errors import Refused
from services.settings import NUMBER_PREFIX
from services.xero.client import XeroClient


def move_past(client: XeroClient, actor: Actor, now: datetime) -> None:
    """Moves the counter past the highest of our numbers in Xero, so that none is given twice.

    A settlement that arrived before and was allotted a number that is taken there gets another,
    unless it was ever posted: then the number may well be its own. Raises Refused when the workspace
    was connected to another organisation while this one was asked. Bills bear no number that Xero keeps
    unique; credit notes are read with their references, so that their settlements' keys are known.
    """
    taken = set(client.numbers_beginning("invoice", NUMBER_PREFIX))
    taken |= {note.number for note in keys_seen.look(client, now) if note.number.startswith(NUMBER_PREFIX)}
    highest = max((_counted(number) for number in taken), default=0)
    with write_txn():
        _demand_the_same(client)
        workspace = Workspace.get_by_id(1)
        Workspace.update(
            next_number=max(workspace.next_number, highest + 1),
            highest_number=max(workspace.highest_number or 0, highest),
            numbers_seen_in=client.tenant_id,
        ).where(Workspace.id == 1).execute()
        for settlement in _never_posted(taken):
            _renumber(settlement, actor, now)


def _demand_the_same(client: XeroClient) -> None:
    if XeroConnection.get_by_id(1).tenant_id != client.tenant_id:
        raise Refused("Another organisation was connected while the numbers of the one before were looked up. "
                      "Nothing was changed; try again.")


def _counted(number: str) -> int:
    """The counter's value in a number, whatever suffix it bears; 0 for a number that is not ours."""
    found = re.match(rf"{NUMBER_PREFIX}(\d+)", number)
    return int(found[1]) if found else 0


def _never_posted(numbers: set[str]) -> list[Settlement]:
    posted = Posting.select(Posting.settlement).where(Posting.state != states.FAILED)
    waiting = Settlement.select().where(Settlement.id.not_in(posted)).order_by(Settlement.id)
    return [settlement for settlement in waiting if settlement.number in numbers]


def _renumber(settlement: Settlement, actor: Actor, now: datetime) -> None:
    before, number = settlement.number, numbering.allot()
    Settlement.update(number=number).where(Settlement.id == settlement.id).execute()
    audit.record(
        actor, "number.retired", f"settlement:{settlement.settlement_id}", now, number=before, instead=number
    )
