"""What a run over a posting needs to know before it begins."""

from collections.abc import Iterable

from models import Posting, Settlement, Workspace
from services import keys_seen
from services.core.posting_moves import Task
from services.core.posting_states import Wanted
from services.journals import posts_journals


def task(posting: Posting) -> Task:
    """The posting as it stands, with what earlier ones of the settlement left behind."""
    earlier = list(Posting.select().where(Posting.settlement == posting.settlement_id))
    return Task(
        state=posting.state, kind=posting.kind, key=posting.key, number=posting.number, wanted=wanted(posting),
        kinds=kinds(posting.settlement, [each.kind for each in earlier]), document_id=posting.document_id,
        sent_at=posting.sent_at, sends=posting.sends or 0, stays_draft=bool(posting.stays_draft),
        numbers_held=Workspace.get_by_id(1).voided_numbers_held,
        void_unanswered=posting.void_sent_at is not None,
        doomed=frozenset(document for each in (posting.settlement, *earlier) for document in each.doomed or []),
    )


def wanted(posting: Posting) -> Wanted:
    lines = tuple(
        (line["description"], line["account_code"], line["tax_type"], line["gross"], line["tax"],
         tuple(sorted(tuple(pair) for pair in line.get("tracking", []))))
        for line in posting.plan["lines"]
    )
    return Wanted(posting.kind, posting.currency, posting.total, posting.tax, lines)


def kinds(settlement: Settlement, had: Iterable[str] = ()) -> tuple[str, ...]:
    """Xero's lists in which a document of the settlement may stand; each is one call.

    Invoices and bills share a list. Only what takes money becomes a credit note, and only a workspace
    that posts journals, or once did, makes one; besides, whatever was posted or seen (keys_seen).
    """
    asked, seen = ["invoice"], keys_seen.lists_of(settlement.key) | {keys_seen.LISTS.get(kind) for kind in had}
    if settlement.total < 0 or keys_seen.NOTES in seen:
        asked.insert(0, "credit_note")
    if posts_journals():
        asked.append("manual_journal")
    return tuple(asked)
