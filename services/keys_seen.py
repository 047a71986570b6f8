"""Which settlements have a document in a list of Xero's that not every look-up reads: credit notes and journals.

An invoice is looked up in one call, in the list that invoices and bills share. The other lists are read where
the settlement may have a document there: by its sign, by the settings, by what was posted here, and by the
keys kept here, which every look over those lists adds to (connecting, the first post after a restored backup,
the daily look at what changed, the integrity scan). A key is never taken out again.
"""

from collections.abc import Iterable

from models import KeySeen, XeroConnection
from services.database import write_txn
from services.xero import documents, many
from services.xero.client import XeroClient
from services.xero.documents import Document

OURS = "TB"  # stands in every number (AMZ-TB-10001) and every key (TBUK-26881161592) of ours
NOTES, JOURNALS = "credit_note", "manual_journal"
LISTS = {"credit_note": NOTES, "supplier_credit_note": NOTES, "manual_journal": JOURNALS}  # kind → Xero's list


def remember(seen: Iterable[tuple[str, str]]) -> None:
    """``seen`` holds (settlement key, kind of its document); what is in every look-up anyway is not kept."""
    rows = {(key.upper(), LISTS[kind]) for key, kind in seen if key and kind in LISTS}
    new = rows - {(row.key, row.kind) for row in KeySeen.select().where(KeySeen.key.in_([key for key, _ in rows]))}
    if new:
        with write_txn():
            for key, kind in sorted(new):
                KeySeen.insert(key=key, kind=kind).on_conflict_ignore().execute()


def lists_of(key: str) -> set[str]:
    """The lists in which a document of the settlement was seen."""
    return {row.kind for row in KeySeen.select().where(KeySeen.key == key.upper())}


def any_journal() -> bool:
    return KeySeen.select().where(KeySeen.kind == JOURNALS).exists()


def look(client: XeroClient) -> list[Document]:
    """Reads both lists whole and remembers; the credit notes. Journals only where the sign-in covers them."""
    notes = list(many.listed(client, NOTES, OURS))
    journals = list(many.listed(client, JOURNALS, OURS)) if _journals_are_readable() else []
    remember((key, each.kind) for each in (*notes, *journals) for key in documents.keys_of(each))
    return notes


def _journals_are_readable() -> bool:
    link = XeroConnection.get_or_none(XeroConnection.id == 1)
    return link is not None and "manualjournals" in link.scopes
