"""The history of syncs: who or what started each, how it ended, what it cost, and what it is at just now."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models import SyncRun
from services.audit import Actor
from services.database import write_txn
from services.parts import Parts
from services.sync_words import sentence

INTERRUPTED = "It was interrupted before it ended. Press Sync from Xero again."


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
    progress: str = ""  # "tax rates (3 of 6)" while one is running
    attention: tuple[str, ...] = ()  # what lost its ground, each as a sentence


def begin(parts: Parts, actor: Actor) -> SyncRun:
    """The new run; we hold the lease, so one that still says "running" died."""
    with write_txn():
        SyncRun.update(outcome="failed", error=INTERRUPTED).where(SyncRun.outcome == "running").execute()
        return SyncRun.create(started_at=parts.clock.now(), started_by=actor.name)


def tell_progress(run: SyncRun, words: str) -> None:
    with write_txn():
        SyncRun.update(progress=words).where(SyncRun.id == run.id).execute()


def end(run: SyncRun, now: datetime, **fields) -> None:
    """Call it inside the transaction of what the sync changed."""
    SyncRun.update(finished_at=now, progress=None, **fields).where(SyncRun.id == run.id).execute()


def status(attention: dict[str, list[str]], is_running: bool) -> Status:
    runs = history()
    good = SyncRun.select().where(SyncRun.outcome == "done").order_by(SyncRun.id.desc()).first()
    newest = SyncRun.select().order_by(SyncRun.id.desc()).first()
    latest = next((run for run in runs if run.outcome != "running"), None)
    return Status(
        last_good=_run(good) if good else None,
        last_error=latest.summary if latest and latest.outcome == "failed" else "",
        is_running=is_running, runs=runs,
        progress=(newest.progress or "") if newest else "",
        attention=tuple(words for told in attention.values() for words in told))


def history(most: int = 10) -> list[Run]:
    """The latest syncs, newest first."""
    return [_run(row) for row in SyncRun.select().order_by(SyncRun.id.desc()).limit(most)]


def _run(row: SyncRun) -> Run:
    seconds = seconds_between(row.started_at, row.finished_at) if row.finished_at else None
    said = {"done": sentence(row.counts, *_how_many(row.attention)), "running": "Under way, or interrupted"}
    return Run(row.started_at, row.started_by, row.outcome, seconds, row.calls, said.get(row.outcome, row.error))


def _how_many(attention: dict[str, list[str]] | None) -> tuple[int, int]:
    """Mappings and contacts that needed a look."""
    return tuple(len((attention or {}).get(name, [])) for name in ("mappings", "contacts"))


def seconds_between(start: datetime, end: datetime) -> Decimal:
    return Decimal((end - start).total_seconds()).quantize(Decimal("0.1"))
