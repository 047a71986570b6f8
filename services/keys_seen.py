"""Which settlements have a document in a list of Xero's that not every look-up reads: credit notes and journals.

An invoice is looked up in one call, in the list that invoices and bills share. The other lists are read where
the settlement may have a document there: by its sign, by the settings, by what was posted here, and by the
keys kept here, which every look over those lists adds to: connecting, the first post after a restored backup,
the daily look at what changed, the integrity scan, and before something is posted a look at what changed since
the last one (a batch each time; a single post where the daily look did not come). A key is never taken out again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from models import KeySeen, ListRead, XeroConnection
from services.database import write_txn
from services.xero import documents, many
from services.xero.client import XeroClient
from services.xero.documents import Document

OURS = "TB"  # stands in every number (AMZ-TB-10001) and every key (TBUK-26881161592) of ours
NOTES, JOURNALS = "credit_note", "manual_journal"
LOOK = "keys seen"
OVERLAP = timedelta(minutes=10)  # Xero's clock need not be ours
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FRESH_FOR, FRESH_FOR_MANY = timedelta(hours=26), timedelta(minutes=1)  # a job looks once a day
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


def look(client: XeroClient, now: datetime, since: datetime | None = None) -> list[Document]:
    """Reads both lists, whole or what changed ``since``, and remembers; gives the credit notes.

    Journals only where the sign-in covers them. Raises XeroError.
    """
    lists = (NOTES, JOURNALS) if _journals_are_readable() else (NOTES,)
    found = [each for name in lists for each in many.listed(client, name, OURS, changed_since=since)]
    remember((key, each.kind) for each in found for key in documents.keys_of(each))
    with write_txn():
        ListRead.replace(name=LOOK, whole_at=now, changes_since=now - OVERLAP).execute()
    return [each for each in found if LISTS.get(each.kind) == NOTES]


def look_again(client: XeroClient, now: datetime, unless_within: timedelta = FRESH_FOR) -> None:
    """Reads what changed in both lists since the last look, unless that was just now. Raises XeroError."""
    known = ListRead.get_or_none(ListRead.name == LOOK)
    if known is None or now - known.whole_at >= unless_within:
        look(client, now, known and known.changes_since)


def look_is_due() -> None:
    """The next post looks again, however short ago the last look was: the data may be those of a backup."""
    ListRead.update(whole_at=LONG_AGO).where(ListRead.name == LOOK).execute()


def _journals_are_readable() -> bool:
    link = XeroConnection.get_or_none(XeroConnection.id == 1)
    return link is not None and "manualjournals" in link.scopes
