"""Sync from Xero: accounts, tax rates, tracking, currencies, contacts and the organisation, as they stand there now.

Six calls, the fewest there can be: each list has an address of its own. All but the contacts are read
whole every time, since only so is it seen that an entry vanished. Contacts can be many but never
vanish (Xero only archives them), so most days ask for those that changed (``If-Modified-Since``, which
Xero honours on Contacts and Accounts alone of these lists), and once a week for all, to be sure.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from models import (
    Account,
    Contact,
    Currency,
    ListRead,
    Organisation,
    SyncRun,
    Table,
    TaxRate,
    TrackingCategory,
    XeroConnection,
)
from services import audit, leases, sync_attention, sync_history, xero_access
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError, Refused
from services.leases import kept
from services.parts import Parts
from services.sync_attention import ENDED, needing_attention
from services.sync_history import Run, Status
from services.sync_words import sentence
from services.xero.client import XeroClient
from services.xero.errors import Unreadable

__all__ = ["Counts", "Run", "Status", "SyncResult", "needing_attention", "status", "sync"]

LEASE, LEASE_SECONDS = "reference data", 120
WHOLE_EVERY = timedelta(days=7)
CLOCKS_APART = timedelta(hours=1)  # how far our clock and Xero's may differ before a change could be overlooked

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class SyncResult:
    """``counts``: ``{"accounts": {"added", "changed", "archived"}, …}``; archived holds what vanished too."""

    counts: Counts
    calls: int
    seconds: Decimal
    sentence: str  # "3 new accounts, 1 archived, 2 mappings need attention"
    attention: int  # mappings that lean on something they can no longer use
    needs: tuple[str, ...] = ()  # each of them by name, as a sentence; contacts picked that cannot be used too


@dataclass(frozen=True)
class _Gathered:
    """What Xero said, table by table; absence from a list in ``whole`` means that the entry is gone."""

    organisation: dict
    lists: dict[str, list[dict]]
    whole: frozenset[str]
    contacts_read: bool  # all there were to read, be it all or those that changed


# The name in counts → the table and its key. What they are called in sentences: services/sync_words.py.
TABLES: dict[str, tuple[type[Table], str]] = {
    "accounts": (Account, "account_id"),
    "tax_rates": (TaxRate, "tax_type"),
    "tracking_categories": (TrackingCategory, "tracking_category_id"),
    "currencies": (Currency, "code"),
    "contacts": (Contact, "contact_id"),
}


def sync(parts: Parts, actor: Actor) -> SyncResult:
    """Six calls, then one transaction; repeating it changes nothing. Mappings are never touched.

    Raises Refused while another sync runs, NotConnected, or the XeroError that stopped it; every
    run that began is in the history.
    """
    with kept(LEASE, parts.clock, LEASE_SECONDS) as owner:
        if owner is None:
            raise Refused("A sync with Xero is running already; its result will show here in a moment.")
        run, client = sync_history.begin(parts, actor), None
        try:
            client = xero_access.client(parts)
            return _apply(parts, actor, run, client, _gather(client, run, partial(_tell_progress, run, owner)), owner)
        except Exception as error:  # a body nobody expected must not leave the run under way for good
            told = error.message if isinstance(error, AppError) else Unreadable.when_asked
            calls = client.calls if client else 0
            with write_txn():
                sync_history.end(run, parts.clock.now(), outcome="failed", error=told, calls=calls)
            raise


def status(parts: Parts) -> Status:
    """How the reference data stands."""
    return sync_history.status(sync_attention.by_name(), leases.is_held(LEASE, parts.clock.now()))


# --- what Xero says ---------------------------------------------------------------------------


def _tell_progress(run: SyncRun, owner: str, words: str) -> None:
    with write_txn():
        leases.demand(LEASE, owner)
        sync_history.tell_progress(run, words)


def _gather(client: XeroClient, run: SyncRun, tell: Callable[[str], None]) -> _Gathered:
    read = ListRead.get_or_none(ListRead.name == "contacts")
    is_due = read is None or not timedelta(0) <= run.started_at - read.whole_at < WHOLE_EVERY
    changed_since = None if is_due else read.changes_since
    steps: dict[str, Callable[[], Any]] = {
        "organisation": client.organisation, "accounts": client.accounts, "tax rates": client.tax_rates,
        "tracking categories": client.tracking_categories, "currencies": client.currencies,
        "contacts": lambda: client.contacts(changed_since),
    }
    said = {}
    for number, (name, read_list) in enumerate(steps.items(), 1):
        tell(f"{name} ({number} of {len(steps)})")
        said[name.replace(" ", "_")] = read_list()
    if not said["accounts"]:  # every organisation has some; believing it would archive all that are known
        raise Unreadable(Unreadable.when_asked, "a list of accounts without an account")
    contacts = said.pop("contacts")
    is_whole = changed_since is None and contacts.all_read
    return _Gathered(
        organisation=asdict(said.pop("organisation")),
        lists={name: [asdict(each) for each in found] for name, found in said.items()}
        | {"contacts": _worth_keeping([asdict(each) for each in contacts.found])},
        whole=frozenset({*said, "contacts"} if is_whole else said),
        contacts_read=contacts.all_read)


def _worth_keeping(contacts: list[dict]) -> list[dict]:
    """Archived contacts that were never known here are nothing new."""
    known = {row.contact_id for row in Contact.select(Contact.contact_id)}
    return [each for each in contacts if each["status"] not in ENDED or each["contact_id"] in known]


# --- brought into line ------------------------------------------------------------------------


def _apply(
    parts: Parts, actor: Actor, run: SyncRun, client: XeroClient, gathered: _Gathered, owner: str
) -> SyncResult:
    now = parts.clock.now()
    with write_txn():
        leases.demand(LEASE, owner)
        _demand_still_connected(client.tenant_id)
        counts = _organisation_brought_into_line(gathered.organisation, client.tenant_id) | {
            name: _bring_into_line(name, rows, now, is_whole=name in gathered.whole)
            for name, rows in gathered.lists.items()
        }
        if gathered.contacts_read:
            _remember_contacts_read(run.started_at, is_whole="contacts" in gathered.whole)
        needs = sync_attention.by_name()
        sync_history.end(run, now, outcome="done", calls=client.calls, counts=counts, attention=needs)
        audit.record(actor, "reference_data.synced", "workspace", now, counts=counts)
    seconds = sync_history.seconds_between(run.started_at, now)
    mappings, contacts = needs["mappings"], needs["contacts"]
    told = sentence(counts, len(mappings), len(contacts))
    return SyncResult(counts, client.calls, seconds, told, len(mappings), (*mappings, *contacts))


def _demand_still_connected(tenant_id: str) -> None:
    now_tied = XeroConnection.get_by_id(1).tenant_id
    if not now_tied:
        raise Refused("Xero was disconnected while this sync ran, so nothing was changed.")
    if now_tied != tenant_id:
        raise Refused("Another organisation was connected while this sync ran. Press Sync from Xero again.")


def _organisation_brought_into_line(given: dict, tenant_id: str) -> Counts:
    """How many of its facts changed, if any; its name in Xero is the connection's name here."""
    known = Organisation.get_or_none(Organisation.id == 1)
    before = known.organisation_id.casefold() if known else ""
    is_same = before == given["organisation_id"].casefold()
    if before == tenant_id.casefold() and not is_same:  # Xero did name it by its tenant id before (xero.md 1.6)
        raise Unreadable(Unreadable.when_asked, "the answer is another organisation's")
    Organisation.replace(id=1, **given).execute()
    if given["name"]:
        XeroConnection.update(tenant_name=given["name"]).where(XeroConnection.id == 1).execute()
    changed = sum(getattr(known, name) != value for name, value in given.items()) if is_same else 0
    return {"organisation": {"added": 0, "changed": changed, "archived": 0}} if changed else {}


def _remember_contacts_read(started_at: datetime, is_whole: bool) -> None:
    """Where not all could be read, the next sync asks from the same moment on again."""
    since = started_at - CLOCKS_APART
    if is_whole:
        ListRead.replace(name="contacts", whole_at=started_at, changes_since=since).execute()
    else:
        ListRead.update(changes_since=since).where(ListRead.name == "contacts").execute()


def _bring_into_line(name: str, rows: list[dict], now: datetime, is_whole: bool) -> dict[str, int]:
    """Adds, changes and marks; nothing is deleted, so that what vanished in Xero stays visible."""
    table, key = TABLES[name]
    known = {getattr(row, key): row for row in table.select()}
    given = {row[key]: row for row in rows}
    counts = {"added": 0, "changed": 0, "archived": 0}
    for row in given.values():
        change = _change(known.get(row[key]), row)
        if change:
            counts[change] += 1
            table.replace(**row, gone_at=None).execute()
    vanished = [row for key_, row in known.items() if key_ not in given and row.gone_at is None] if is_whole else []
    for row in vanished:
        table.update(gone_at=now).where(table._meta.primary_key == getattr(row, key)).execute()
    counts["archived"] += sum(1 for row in vanished if getattr(row, "status", "") not in ENDED)
    return counts


def _change(known: Table | None, row: dict) -> str:
    """added, changed, archived, or nothing."""
    if known is None:
        return "added"
    before = {name: getattr(known, name) for name in row}
    if before == row and known.gone_at is None:
        return ""
    ended = row.get("status") in ENDED and before.get("status") not in ENDED
    return "archived" if ended else "changed"
