"""What changed in Xero since: paid, voided or edited documents, asked for in few calls and shown here."""

from datetime import timedelta

from models import ListRead, Posting, Settlement
from services import audit, posting_organisation, xero_connection, xero_documents
from services.audit import Actor
from services.core import posting_states as states
from services.core.document_verdict import CHANGED, GONE, verdict
from services.core.posting_states import Found
from services.database import write_txn
from services.errors import Refused
from services.parts import Parts
from services.posting_asks import found
from services.posting_tasks import wanted
from services.settlements import find
from services.xero.client import XeroClient
from services.xero.errors import NotFoundInXero

LIST = "document states"
OVERLAP = timedelta(minutes=10)  # Xero's clock need not be ours


def refresh(parts: Parts, actor: Actor) -> int:
    """Asks what changed since the last time; how many settlements show something new. Raises XeroError."""
    posted = {posting.document_id: posting for posting in Posting.select().where(Posting.state == states.POSTED)}
    if not posted:
        return 0
    client, begun = xero_connection.client(parts), parts.clock.now()
    known = ListRead.get_or_none(ListRead.name == LIST)
    there = [document for _, document in xero_documents.all_of_ours(client, known.changes_since if known else None)
             if document.document_id in posted]
    differing = _edited(client, there, posted)
    news = sum(_show(parts, posted[each.document_id], each, each.document_id in differing, actor) for each in there)
    with write_txn():
        whole_at = known.whole_at if known else begun
        ListRead.replace(name=LIST, whole_at=whole_at, changes_since=begun - OVERLAP).execute()
    return news


def refresh_one(parts: Parts, settlement_id: str, actor: Actor) -> str:
    """Asks about one settlement's document: its status as shown afterwards. Raises Refused, NotConnected, XeroError."""
    settlement = find(settlement_id)
    posting = Posting.get_or_none((Posting.active == settlement.id) & (Posting.state == states.POSTED))
    if posting is None:
        raise Refused("It is not posted, so there is nothing in Xero to look at.")
    posting_organisation.check(posting)
    client = xero_connection.client(parts)
    try:
        there = found(client.get_document(posting.kind, posting.document_id))
    except NotFoundInXero:
        _say(parts, posting, CHANGED, GONE, actor)
    else:
        _show(parts, posting, there, not there.has_the_lines_of(wanted(posting)), actor)
    return Settlement.get_by_id(settlement.id).state


def _edited(client: XeroClient, there: list[Found], posted: dict[str, Posting]) -> set[str]:
    """The lines are read only of documents that were touched since we saw them last."""
    touched = {each.document_id: posted[each.document_id] for each in there
               if each.status not in states.ENDED and each.updated_at != posted[each.document_id].xero_updated_at}
    return xero_documents.lines_differ(client, touched)


def _show(parts: Parts, posting: Posting, there: Found, lines_differ: bool, actor: Actor) -> bool:
    if there.updated_at == posting.xero_updated_at and there.status == posting.xero_status:
        return False
    state, reason = verdict(wanted(posting), there, lines_differ)
    with write_txn():
        seen = {"xero_status": there.status, "xero_updated_at": there.updated_at, "xero_seen_at": parts.clock.now()}
        Posting.update(**seen).where(Posting.id == posting.id).execute()
    return _say(parts, posting, state, reason, actor)


def _say(parts: Parts, posting: Posting, state: str, reason: str, actor: Actor) -> bool:
    """On the settlement, while it is still posted as this document; whether that is news."""
    with write_txn():
        still = Posting.get_by_id(posting.id)
        shown = Settlement.get_by_id(posting.settlement_id)
        if still.state != states.POSTED or (shown.state, shown.state_reason) == (state, reason):
            return False
        Settlement.update(state=state, state_reason=reason).where(Settlement.id == shown.id).execute()
        audit.record(actor, "document.seen", f"settlement:{shown.settlement_id}", parts.clock.now(), status=state,
                     reason=reason)
    return True
