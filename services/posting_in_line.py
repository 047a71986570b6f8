"""Brings a settlement's records into line with what Xero shows: voided or gone, kept instead, changed, paid."""

from models import Posting, Settlement
from services import audit
from services.audit import Actor
from services.core import posting_states as states
from services.core.posting_states import Found
from services.core.reconciliation import Finding
from services.database import write_txn
from services.parts import Parts


def bring_into_line(parts: Parts, settlement: Settlement, finding: Finding, actor: Actor) -> None:
    """After a repair: the posting names the document that was kept, or the settlement becomes a draft."""
    posting = Posting.get_or_none((Posting.active == settlement.id) & (Posting.state == states.POSTED))
    if posting is None:
        return
    if finding.kind in ("voided", "missing"):
        ended_in_xero(parts, posting, finding.repair, actor)
    elif finding.kind == "changed":
        show(posting, "changed_in_xero", finding.repair)
    elif finding.keep and finding.keep.document_id != posting.document_id:
        _names_another(parts, posting, finding.keep, actor)


def ended_in_xero(parts: Parts, posting: Posting, reason: str, actor: Actor) -> None:
    """The document is voided, deleted or gone: the settlement is a draft, as after a rollback."""
    now = parts.clock.now()
    with write_txn():
        moved = Posting.update(
            state=states.ROLLED_BACK, active=None, ended_at=now, ended_by=actor.name, reason=reason, xero_seen_at=now
        ).where((Posting.id == posting.id) & (Posting.state == states.POSTED)).execute()
        if moved:
            Settlement.update(state="draft", state_reason=reason).where(
                Settlement.id == posting.settlement_id).execute()
            audit.record(actor, "posting.ended_in_xero", f"settlement:{posting.settlement.settlement_id}", now,
                         number=posting.number, document_id=posting.document_id)


def show(posting: Posting, state: str, reason: str = "") -> bool:
    """posted, paid or changed_in_xero; whether that is news."""
    with write_txn():
        shown = Settlement.get_by_id(posting.settlement_id)
        if (shown.state, shown.state_reason) == (state, reason) or Posting.get_by_id(posting.id).state != states.POSTED:
            return False
        Settlement.update(state=state, state_reason=reason).where(Settlement.id == shown.id).execute()
    return True


def _names_another(parts: Parts, posting: Posting, kept: Found, actor: Actor) -> None:
    with write_txn():
        Posting.update(document_id=kept.document_id, number=kept.number, xero_status=kept.status,
                       xero_updated_at=None).where(
            Posting.id == posting.id).execute()
        audit.record(actor, "posting.names_another", f"settlement:{posting.settlement.settlement_id}",
                     parts.clock.now(), number=kept.number, document_id=kept.document_id, before=posting.document_id)
