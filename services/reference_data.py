"""Sync from Xero: accounts, tax rates, tracking, currencies, contacts and the organisation, as they stand there now."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from models import (
    Account,
    Contact,
    Currency,
    Mapping,
    Organisation,
    SyncRun,
    Table,
    TaxRate,
    TrackingCategory,
)
from services import audit, bookkeeping, mappings, xero_access
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError, Refused
from services.leases import held
from services.parts import Parts
from services.sync_words import sentence
from services.xero.client import XeroClient

LEASE_SECONDS = 600
ENDED = ("ARCHIVED", "DELETED", "GDPRREQUEST")  # Xero's words for what is not offered any more
INTERRUPTED = "It was interrupted before it ended. Press Sync from Xero again."

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class SyncResult:
    """``counts``: ``{"accounts": {"added", "changed", "archived"}, …}``; archived holds what vanished too."""

    counts: Counts
    calls: int
    seconds: Decimal
    sentence: str  # "3 new accounts, 1 archived, 2 mappings need attention"
    attention: int  # mappings that lean on something they can no longer use


@dataclass(frozen=True)
class Run:
    """One sync in the history. ``outcome``: running, done, failed; ``summary`` says what came of it."""

    started_at: datetime
    started_by: str
    outcome: str
    seconds: Decimal | None
    calls: int
    summary: str


@dataclass(frozen=True)
class Status:
    """For the panel: the last sync that ended well, the last error if it came after, and the latest runs."""

    last_good: Run | None
    last_error: str
    is_running: bool
    runs: list[Run]


@dataclass(frozen=True)
class _Gathered:
    """What Xero said, table by table; ``contacts_complete`` is False where absence means nothing."""

    organisation: dict
    lists: dict[str, list[dict]]
    contacts_complete: bool


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
    with held("reference data", parts.clock, LEASE_SECONDS) as owner:
        if owner is None:
            raise Refused("A sync with Xero is running already; its result will show here in a moment.")
        run, client = _begin(parts, actor), None
        try:
            client = xero_access.client(parts)
            return _apply(parts, actor, run, client, _gather(client))
        except AppError as error:
            _end(run, parts, outcome="failed", error=error.message, calls=client.calls if client else 0)
            raise


def _begin(parts: Parts, actor: Actor) -> SyncRun:
    """The new run; we hold the lease, so one that still says "running" died."""
    with write_txn():
        SyncRun.update(outcome="failed", error=INTERRUPTED).where(SyncRun.outcome == "running").execute()
        return SyncRun.create(started_at=parts.clock.now(), started_by=actor.name)


def _end(run: SyncRun, parts: Parts, **fields) -> None:
    with write_txn():
        SyncRun.update(finished_at=parts.clock.now(), **fields).where(SyncRun.id == run.id).execute()


def _gather(client: XeroClient) -> _Gathered:
    contacts = client.contacts()
    return _Gathered(
        organisation=asdict(client.organisation()),
        lists={
            "accounts": [asdict(each) for each in client.accounts()],
            "tax_rates": [asdict(each) for each in client.tax_rates()],
            "tracking_categories": [asdict(each) for each in client.tracking_categories()],
            "currencies": [asdict(each) for each in client.currencies()],
            "contacts": [asdict(each) for each in contacts.found],
        },
        contacts_complete=contacts.all_read,
    )


def _apply(parts: Parts, actor: Actor, run: SyncRun, client: XeroClient, gathered: _Gathered) -> SyncResult:
    now = parts.clock.now()
    with write_txn():
        Organisation.replace(id=1, **gathered.organisation).execute()
        counts = {
            name: _bring_into_line(name, rows, now, is_whole=name != "contacts" or gathered.contacts_complete)
            for name, rows in gathered.lists.items()
        }
        SyncRun.update(finished_at=now, outcome="done", calls=client.calls, counts=counts).where(
            SyncRun.id == run.id).execute()
        audit.record(actor, "reference_data.synced", "workspace", now, counts=counts)
    attention = len(needing_attention())
    seconds = _seconds(run.started_at, now)
    return SyncResult(counts, client.calls, seconds, sentence(counts, attention), attention)


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


def needing_attention() -> list[Mapping]:
    """The mappings that lean on an account, rate or tracking option they cannot use as things stand."""
    books = bookkeeping.books()
    options = _offered_options()
    return [row for row in Mapping.select() if mappings.problem_of(row, books) or _leans_on_lost_tracking(row, options)]


def _offered_options() -> set[tuple[str, str]]:
    offered = TrackingCategory.select().where(TrackingCategory.gone_at.is_null())
    return {(row.tracking_category_id, option["id"]) for row in offered if row.status not in ENDED
            for option in row.options if option["status"] not in ENDED}


def _leans_on_lost_tracking(row: Mapping, offered: set[tuple[str, str]]) -> bool:
    return any((choice["category_id"], choice["option_id"]) not in offered for choice in row.tracking)


def status(parts: Parts) -> Status:
    """How the reference data stands."""
    runs = history()
    good = SyncRun.select().where(SyncRun.outcome == "done").order_by(SyncRun.id.desc()).first()
    latest = next((run for run in runs if run.outcome != "running"), None)
    return Status(
        last_good=_run(good) if good else None,
        last_error=latest.summary if latest and latest.outcome == "failed" else "",
        is_running=bool(runs) and runs[0].outcome == "running", runs=runs)


def history(most: int = 10) -> list[Run]:
    """The latest syncs, newest first."""
    return [_run(row) for row in SyncRun.select().order_by(SyncRun.id.desc()).limit(most)]


def _run(row: SyncRun) -> Run:
    seconds = _seconds(row.started_at, row.finished_at) if row.finished_at else None
    summary = {"done": sentence(row.counts, 0), "running": "Under way"}.get(row.outcome, row.error)
    return Run(row.started_at, row.started_by, row.outcome, seconds, row.calls, summary)


def _seconds(start: datetime, end: datetime) -> Decimal:
    return (Decimal((end - start).total_seconds())).quantize(Decimal("0.1"))
