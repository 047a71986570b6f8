"""What changed in Xero since: paid, voided or edited documents, asked for in few calls and shown here."""

from datetime import timedelta

from models import ListRead, Posting, Settlement
from services import audit, posting_organisation, xero_connection, xero_documents
from services.audit import Actor
from services.core import posting_states as states
from services.core.document_verdict import CHANGED, GONE, NOWHERE, RENAMED, VOIDED_LATE, verdict
from services.core.posting_states import Found
from services.database import write_txn
from services.errors import Refused
from services.parts import Parts
from services.posting_asks import found
from services.posting_tasks import wanted
from services.settlements import find
from services.xero.client import XeroClient
from services.xero.documents import carries
from services.xero.errors import NotFoundInXero

LIST = "document states"
OVERLAP = timedelta(minutes=10)  # Xero's clock need not be ours
LATE_FOR, LATE_EVERY = timedelta(hours=1), timedelta(minutes=5)  # how long a void may be on its way; how often to look


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
    news = sum(_show(parts, posted[each.document_id], each, each.document_id in differing, actor) for each in there
               if _is_news(posted[each.document_id], each))
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
    _look(parts, xero_connection.client(parts), posting, actor)
    return Settlement.get_by_id(settlement.id).state


def look_after_voids(parts: Parts, actor: Actor) -> int:
    """Asks about posted documents a void of which was never answered: it may still arrive, up to an hour later.

    How many were asked about; nothing is asked while there are none. Raises NotConnected or XeroError.
    """
    asked = 0
    for posting in Posting.select().where((Posting.state == states.POSTED) & Posting.void_sent_at.is_null(False)):
        now, seen = parts.clock.now(), posting.xero_seen_at or posting.void_sent_at
        is_over = now - posting.void_sent_at > LATE_FOR
        if posting_organisation.elsewhere(posting) or not (is_over or now - seen >= LATE_EVERY):
            continue
        asked += 1
        stands = _look(parts, xero_connection.client(parts), posting, actor)
        if is_over or not stands:
            as_read = (Posting.id == posting.id) & (Posting.version == posting.version)
            Posting.update(void_sent_at=None).where(as_read).execute()
    return asked


def _look(parts: Parts, client: XeroClient, posting: Posting, actor: Actor) -> bool:
    """Asks about one document and shows how it is; whether it stands."""
    try:
        document = client.get_document(posting.kind, posting.document_id)
    except NotFoundInXero:
        _keep(posting, xero_status=NOWHERE, xero_seen_at=parts.clock.now())
        _say(parts, posting, CHANGED, GONE, actor)
        return False
    there = found(document)
    _show(parts, posting, there, not there.has_the_lines_of(wanted(posting)), actor)
    standing = there.status not in states.ENDED
    if standing and Settlement.get_by_id(posting.settlement_id).state != CHANGED and not carries(document, posting.key):
        _say(parts, posting, CHANGED, RENAMED, actor)
    return standing


def _edited(client: XeroClient, there: list[Found], posted: dict[str, Posting]) -> set[str]:
    """The lines are read only of documents that were touched since we saw them last."""
    touched = {each.document_id: posted[each.document_id] for each in there
               if each.status not in states.ENDED and each.updated_at != posted[each.document_id].xero_updated_at}
    return xero_documents.lines_differ(client, touched)


def _is_news(posting: Posting, there: Found) -> bool:
    return (there.updated_at, there.status) != (posting.xero_updated_at, posting.xero_status)


def _show(parts: Parts, posting: Posting, there: Found, lines_differ: bool, actor: Actor) -> bool:
    state, reason = verdict(wanted(posting), there, lines_differ)
    if posting.void_sent_at and there.status in states.ENDED:
        reason = VOIDED_LATE
    _keep(posting, xero_status=there.status, xero_updated_at=there.updated_at, xero_seen_at=parts.clock.now())
    return _say(parts, posting, state, reason, actor)


def _keep(posting: Posting, **seen) -> None:
    """Of the document that was asked about, should the posting name another one by now."""
    with write_txn():
        same = (Posting.id == posting.id) & (Posting.document_id == posting.document_id)
        Posting.update(**seen).where(same).execute()


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
