"""Looks at every document of ours in Xero and says what does not agree with the records here. Changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from models import Posting, Settlement, XeroConnection
from services import xero_documents
from services.core import posting_states as states
from services.core.posting_states import Found
from services.core.reconciliation import Finding, Local, compare
from services.xero.client import XeroClient

TOLD_EVERY = 1000  # documents: a page of Xero's list

Seen = dict[str, tuple[int, int]]  # settlement key → (posting, its version) as they were when the scan looked


@dataclass(frozen=True)
class Scan:
    findings: list[Finding]
    documents: int  # looked at
    seen: Seen


def scan(client: XeroClient, progress: Callable[[int], object] = lambda documents: None) -> Scan:
    """What does not agree. Settlements that are being worked on are left out: nothing can be said of them."""
    active = list(Posting.select().where(Posting.active.is_null(False)))  # before Xero is: a later one is noticed
    theirs = _read(client, progress)
    connected = XeroConnection.get_by_id(1).tenant_id
    elsewhere = {posting.id for posting in active if (posting.tenant_id or connected) != connected}
    busy = {posting.key for posting in active if posting.state in states.UNSETTLED or posting.id in elsewhere}
    posted = {posting.active: posting for posting in active
              if posting.state == states.POSTED and posting.id not in elsewhere}
    theirs, renamed = _by_their_postings(theirs + _not_listed(client, theirs, posted), active)
    findings = compare(_local(client, theirs, posted, busy, renamed), [each for each in theirs if each[0] not in busy])
    return Scan(findings, len(theirs), {each.key: (each.id, each.version or 0) for each in posted.values()})


def _not_listed(
    client: XeroClient, theirs: list[tuple[str, Found]], posted: dict[int, Posting]
) -> list[tuple[str, Found]]:
    """Recorded documents that no list shows are asked for by their ids: only then is one known to be gone."""
    listed = {document.document_id for _, document in theirs}
    wanted = [posting for posting in posted.values() if posting.document_id not in listed]
    return [("", document) for document in xero_documents.recorded(client, wanted)]


def _by_their_postings(
    theirs: list[tuple[str, Found]], active: list[Posting]
) -> tuple[list[tuple[str, Found]], set[str]]:
    """A document that a posting names belongs to its settlement, whatever was edited; and those so edited."""
    keys = {posting.document_id: posting.key for posting in active if posting.document_id}
    told = [(keys.get(document.document_id, key), document) for key, document in theirs]
    renamed = {document.document_id for key, document in theirs
               if document.document_id in keys and key.upper() != keys[document.document_id].upper()}
    return told, renamed


def _read(client: XeroClient, progress: Callable[[int], object]) -> list[tuple[str, Found]]:
    theirs: list[tuple[str, Found]] = []
    for each in xero_documents.all_of_ours(client):
        theirs.append(each)
        if len(theirs) % TOLD_EVERY == 0:
            progress(len(theirs))
    return theirs


def _local(
    client: XeroClient, theirs: list[tuple[str, Found]], posted: dict[int, Posting], busy: set[str], renamed: set[str]
) -> list[Local]:
    differing = _differing(client, theirs, {posting.document_id: posting for posting in posted.values()})
    return [_facts(row, posted.get(row.id), differing, renamed) for row in Settlement.select() if row.key not in busy]


def _facts(row: Settlement, posting: Posting | None, differing: set[str], renamed: set[str]) -> Local:
    if posting is None:
        return Local(row.key, row.reference)
    return Local(row.key, row.reference, posting.document_id, posting.currency, posting.total, posting.tax,
                 posting.document_id in differing, bool(posting.stays_draft), posting.document_id in renamed)


def _differing(client: XeroClient, theirs: list[tuple[str, Found]], posted: dict[str, Posting]) -> set[str]:
    """Lines are read only of documents that Xero changed after we had seen them last."""
    touched = {
        document.document_id: posted[document.document_id] for _, document in theirs
        if document.document_id in posted and document.status not in states.ENDED
        and document.updated_at != posted[document.document_id].xero_updated_at}
    return xero_documents.lines_differ(client, touched)
