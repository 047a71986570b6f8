"""Drafts of ours that no posting knows (a create that arrived after all): harmless, and swept away."""

from collections.abc import Iterator
from datetime import timedelta

from models import Posting, Settlement
from services import xero_connection
from services.audit import Actor
from services.core import posting_states as states
from services.journals import posts_journals
from services.leases import held
from services.parts import Parts
from services.posting_asks import answered
from services.posting_run import LEASE_SECONDS, lease_name
from services.xero import documents, many
from services.xero.client import XeroClient
from services.xero.documents import TYPES, Document

MADE_HERE = (*TYPES, "manual_journal")
SUSPECT_FOR = timedelta(days=2)  # a request does not travel longer than that


def sweep(parts: Parts, actor: Actor) -> int:
    """Deletes stray drafts and says how many; asks Xero nothing while no create was ever in doubt.

    Raises NotConnected or XeroError.
    """
    if not _suspects(parts):
        return 0
    client = xero_connection.client(parts)
    return sum(_sweep_one(parts, client, document) for document in _drafts(client))


def _suspects(parts: Parts) -> bool:
    """Whether a create went out twice, ended in nothing, or was never answered itself, not long ago."""
    young = Posting.created_at > parts.clock.now() - SUSPECT_FOR
    unanswered = Posting.sent_at.is_null(False)
    doubtful = (Posting.sends > 1) | unanswered | ((Posting.state == states.FAILED) & (Posting.sends > 0))
    return Posting.select().where(young & doubtful).exists()


def _drafts(client: XeroClient) -> Iterator[Document]:
    """Every draft that bears one of our numbers; each list is one call where there are few."""
    kinds = ["invoice", "credit_note"] + (["manual_journal"] if posts_journals() else [])
    for kind in kinds:
        for document in many.listed(client, kind, many.OUR_PREFIX, statuses=states.OPEN):
            if document.status in states.OPEN and document.kind in MADE_HERE:
                yield document


def _sweep_one(parts: Parts, client: XeroClient, document: Document) -> bool:
    for key in documents.keys_of(document):
        settlement = Settlement.get_or_none(Settlement.key == key)
        if settlement and _is_stray(settlement, document):
            with held(lease_name(settlement), parts.clock, LEASE_SECONDS) as owner:
                if owner and _is_stray(settlement, document):
                    answered(lambda: client.delete_draft(document.kind, document.id))
                    return True
    return False


def _is_stray(settlement: Settlement, document: Document) -> bool:
    """Nobody is at the settlement, and what it is posted as, if it is, is another document."""
    active = Posting.get_or_none(Posting.active == settlement.id)
    return active is None or (active.state == states.POSTED and active.document_id != document.id)
