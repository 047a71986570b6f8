"""Every document of ours in Xero, in few calls: by our key, or by our numbers' prefix."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from models import Posting
from services import keys_seen
from services.core.posting_states import Found
from services.journals import posts_journals
from services.posting_asks import found
from services.posting_tasks import wanted
from services.settings import NUMBER_PREFIX
from services.xero import documents, many
from services.xero.client import XeroClient
from services.xero.errors import NotFoundInXero


def lists() -> tuple[str, ...]:
    """Xero's lists in which documents of ours may stand."""
    journals = ("manual_journal",) if posts_journals() else ()
    return ("invoice", "credit_note", *journals)


def all_of_ours(client: XeroClient, changed_since: datetime | None = None) -> Iterator[tuple[str, Found]]:
    """(settlement key or empty, document); invoices and bills without their lines. A thousand to a call."""
    for kind in lists():
        for document in many.listed(client, kind, keys_seen.OURS, changed_since=changed_since):
            keys = sorted(documents.keys_of(document))
            keys_seen.remember((key, document.kind) for key in keys)
            if keys or document.number.upper().startswith(NUMBER_PREFIX):
                yield (keys[0] if keys else ""), found(document)


def recorded(client: XeroClient, postings: Iterable[Posting]) -> list[Found]:
    """The documents that these postings name, as far as Xero still knows them; invoices and bills 40 to a call."""
    postings = list(postings)
    read = many.by_ids(client, [each.document_id for each in postings if each.kind in ("invoice", "bill")])
    for each in postings:
        if each.kind not in ("invoice", "bill"):
            try:
                read.append(client.get_document(each.kind, each.document_id))
            except NotFoundInXero:
                continue
    return [found(document) for document in read]


def lines_differ(client: XeroClient, postings: dict[str, Posting]) -> set[str]:
    """Of these postings by document id, the documents whose lines are not the posting's; 40 to a call."""
    invoices = [each for each, posting in postings.items() if posting.kind in ("invoice", "bill")]
    read = [found(document) for document in many.by_ids(client, invoices)]
    read += [found(client.get_document(posting.kind, each)) for each, posting in postings.items()
             if posting.kind not in ("invoice", "bill")]
    return {each.document_id for each in read if not each.has_the_lines_of(wanted(postings[each.document_id]))}
