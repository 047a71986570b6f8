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
    """One sync in the history. ``outcome``: running, interrupted, done, failed; ``summary`` says what came of it."""

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
    """Call it inside a writing transaction."""
    SyncRun.update(progress=words).where(SyncRun.id == run.id).execute()


def end(run: SyncRun, now: datetime, **fields) -> None:
    """Call it inside the transaction of what the sync changed. A run that was overtaken stays as it was told then."""
    SyncRun.update(finished_at=now, progress=None, **fields).where(
        (SyncRun.id == run.id) & (SyncRun.outcome == "running")).execute()


def status(attention: dict[str, list[str]], is_running: bool) -> Status:
    """``is_running``: somebody is at a sync just now; else a run that says so died."""
    runs = history(is_running)
    good = SyncRun.select().where(SyncRun.outcome == "done").order_by(SyncRun.id.desc()).first()
    newest = SyncRun.select().order_by(SyncRun.id.desc()).first()
    latest = next((run for run in runs if run.outcome != "running"), None)
    return Status(
        last_good=_run(good, is_running) if good else None,
        last_error=latest.summary if latest and latest.outcome in ("failed", "interrupted") else "",
        is_running=is_running, runs=runs,
        progress=(newest.progress or "") if newest and is_running else "",
        attention=tuple(words for told in attention.values() for words in told))


def history(is_running: bool, most: int = 10) -> list[Run]:
    """The latest syncs, newest first; only the newest of all can be the one that is running."""
    rows = SyncRun.select().order_by(SyncRun.id.desc()).limit(most)
    return [_run(row, is_running and number == 0) for number, row in enumerate(rows)]


def _run(row: SyncRun, is_running: bool) -> Run:
    seconds = seconds_between(row.started_at, row.finished_at) if row.finished_at else None
    outcome = "interrupted" if row.outcome == "running" and not is_running else row.outcome
    said = {"done": sentence(row.counts, *_how_many(row.attention)), "running": "Under way", "interrupted": INTERRUPTED}
    return Run(row.started_at, row.started_by, outcome, seconds, row.calls, said.get(outcome, row.error))


def _how_many(attention: dict[str, list[str]] | None) -> tuple[int, int]:
    """Mappings and contacts that needed a look."""
    return tuple(len((attention or {}).get(name, [])) for name in ("mappings", "contacts"))


def seconds_between(start: datetime, end: datetime) -> Decimal:
    return Decimal((end - start).total_seconds()).quantize(Decimal("0.1"))
