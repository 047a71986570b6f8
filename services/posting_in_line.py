"""Brings a settlement's records into line with what Xero shows: voided or gone, kept instead, changed, paid.

Each is a compare-and-set on the posting as it was read: what another runner moved meanwhile is left alone.
"""

from peewee import fn

from models import Posting, Settlement
from services import audit
from services.audit import Actor
from services.core import posting_states as states
from services.core.document_verdict import verdict
from services.core.posting_states import Found
from services.core.reconciliation import Finding
from services.database import write_txn
from services.errors import Refused
from services.parts import Parts
from services.posting_tasks import wanted


def bring_into_line(parts: Parts, posting: Posting, finding: Finding, actor: Actor) -> None:
    """The settlement becomes a draft, or is shown as changed. Raises Refused when it was worked on meanwhile."""
    if finding.kind in ("voided", "missing"):
        ended_in_xero(parts, posting, finding.repair, actor)
    elif finding.kind == "changed":
        with write_txn():
            _move(posting)
            _show(posting, "changed_in_xero", finding.repair)


def claim(parts: Parts, posting: Posting, kept: Found | None, actor: Actor) -> None:
    """Counts a commit on the posting; where another document than its own is kept, it names that one from now on.

    Call it inside a transaction. Raises Refused when the posting was worked on meanwhile.
    """
    if kept is None or kept.document_id == posting.document_id:
        _move(posting)
        return
    _move(posting, document_id=kept.document_id, number=kept.number, kind=kept.kind, xero_status=kept.status,
          xero_updated_at=None)
    _show(posting, *verdict(wanted(posting), kept, lines_differ=False))
    _take_number(parts, posting, kept.number, actor)
    audit.record(actor, "posting.names_another", f"settlement:{posting.settlement.settlement_id}",
                 parts.clock.now(), number=kept.number, document_id=kept.document_id, before=posting.document_id)


def _take_number(parts: Parts, posting: Posting, number: str, actor: Actor) -> None:
    """The settlement bears its document's number from now on, so that a repost keeps it; not one that another bears."""
    settlement = posting.settlement
    taken = Settlement.select().where((Settlement.number == number) & (Settlement.id != settlement.id)).exists()
    if number and not taken and settlement.number != number:
        Settlement.update(number=number).where(Settlement.id == settlement.id).execute()
        audit.record(actor, "number.retired", f"settlement:{settlement.settlement_id}", parts.clock.now(),
                     number=settlement.number, instead=number)


def ended_in_xero(parts: Parts, posting: Posting, reason: str, actor: Actor) -> None:
    """The document is voided, deleted or gone: the settlement is a draft, as after a rollback. Raises Refused."""
    now = parts.clock.now()
    with write_txn():
        _move(posting, state=states.ROLLED_BACK, active=None, ended_at=now, ended_by=actor.name, reason=reason,
              xero_seen_at=now)
        _show(posting, "draft", reason)
        audit.record(actor, "posting.ended_in_xero", f"settlement:{posting.settlement.settlement_id}", now,
                     number=posting.number, document_id=posting.document_id)


def _move(posting: Posting, **fields) -> None:
    here = (Posting.id == posting.id) & (Posting.state == states.POSTED) & (Posting.document_id == posting.document_id)
    as_read = fn.COALESCE(Posting.version, 0) == (posting.version or 0)
    if not Posting.update(version=(posting.version or 0) + 1, **fields).where(here, as_read).execute():
        raise Refused("It was worked on since it was looked at, so it is left alone. Run the repair again.")


def _show(posting: Posting, state: str, reason: str) -> None:
    Settlement.update(state=state, state_reason=reason).where(Settlement.id == posting.settlement_id).execute()
