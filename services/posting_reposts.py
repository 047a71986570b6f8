"""The second half of a Repost, owed from the press until it is begun or given up: no crash between the two loses it."""

from models import Posting, Settlement
from services import audit
from services.audit import Actor
from services.core import posting_states as states
from services.database import write_txn
from services.parts import Parts

UNDER_WAY = "A Repost is under way: the document was voided, the new one is posted by itself in a moment."
PLAN_CHANGED = (
    "The document was voided, but before the new one was posted something changed (a mapping, a setting or the file). "
    "Nothing else was sent. Look at the preview, then press Post."
)


def owed() -> list[Posting]:
    """Rolled back for a Repost whose new document was not begun yet; ``repost_hash`` is the plan that was pressed."""
    return list(
        Posting.select(Posting, Settlement).join(Settlement)
        .where(Posting.repost_hash.is_null(False) & (Posting.state == states.ROLLED_BACK)).order_by(Posting.id))


def give_up(parts: Parts, settlement: Settlement, reason: str, actor: Actor) -> None:
    """The settlement stays a draft, for the reason given; nothing where no Repost is owed."""
    with write_txn():
        if begun(settlement):
            Settlement.update(state_reason=reason).where(
                (Settlement.id == settlement.id) & (Settlement.state == "draft")).execute()
            audit.record(actor, "posting.repost_stopped", f"settlement:{settlement.settlement_id}", parts.clock.now(),
                         reason=reason)


def begun(settlement: Settlement) -> bool:
    """Nothing is owed any more; whether it was. Call it inside the transaction that begins or ends it."""
    here = (Posting.settlement == settlement.id) & Posting.repost_hash.is_null(False)
    return bool(Posting.update(repost_hash=None).where(here).execute())
