"""Booked elsewhere: settlements that were posted by hand or by another tool, and the way back."""

from models import BookedElsewhere, Posting, Settlement
from services import audit, settlements
from services.audit import Actor
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts


def of(settlement: Settlement) -> BookedElsewhere | None:
    return BookedElsewhere.get_or_none(BookedElsewhere.settlement == settlement)


def mark(parts: Parts, settlement_id: str, reason: str, actor: Actor) -> BookedElsewhere:
    """From now on the settlement cannot be posted from here. Raises Refused while a document of ours stands."""
    reason = " ".join(reason.split())[:500] or "posted by hand or by another tool."
    with write_txn():
        settlement = settlements.find(settlement_id)
        if Posting.get_or_none(Posting.active == settlement.id):
            raise Refused(
                "TrueBooks has posted this settlement, or is posting it. Roll it back first, then mark it as booked "
                "elsewhere."
            )
        if of(settlement):
            raise Refused("It is marked as booked elsewhere already.")
        now = parts.clock.now()
        mark = BookedElsewhere.create(settlement=settlement, reason=reason, marked_at=now, marked_by=actor.name)
        audit.record(
            actor, "settlement.booked_elsewhere", f"settlement:{settlement.settlement_id}", now, reason=reason
        )
    return mark


def take_back(parts: Parts, settlement_id: str, actor: Actor) -> None:
    """The settlement can be posted from here again."""
    with write_txn():
        settlement = settlements.find(settlement_id)
        mark = of(settlement)
        if mark is None:
            raise NotFound("It is not marked as booked elsewhere.")
        mark.delete_instance()
        audit.record(actor, "settlement.booked_here", f"settlement:{settlement.settlement_id}", parts.clock.now())
