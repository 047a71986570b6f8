"""What TrueBooks does by itself: the list of jobs, and the scheduler that runs them in the server's process."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_MISSED
from apscheduler.schedulers.background import BackgroundScheduler

from models import JobRun, database
from services import postings, xero_tokens
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError
from services.leases import held
from services.parts import Parts

log = logging.getLogger(__name__)

LEASE_SECONDS = 120  # a run that died holds the next one up no longer; overlapping would be harmless, only wasteful


@dataclass(frozen=True)
class Job:
    """``run(parts)`` does the work and may return a sentence on what came of it."""

    name: str
    every: timedelta
    run: Callable[[Parts], object]


def keep_xero_alive(parts: Parts) -> str:
    """Refreshes the Xero tokens before they run out, idle or not."""
    return "Refreshed." if xero_tokens.keep_alive(parts) else "Nothing to do."


def settle_postings(parts: Parts) -> str:
    """Asks Xero about every posting that was left half-way, and carries it on from there."""
    outcomes = postings.settle_all(parts, Actor("job: settling of unsure postings"))
    left = sum(outcome.outcome == "unsure" for outcome in outcomes)
    return f"{len(outcomes) - left} settled, {left} still unsure." if outcomes else "Nothing to do."


JOBS: list[Job] = [
    Job("Xero token refresh", timedelta(minutes=10), keep_xero_alive),
    Job("Settling of unsure postings", timedelta(minutes=1), settle_postings),
]


@dataclass(frozen=True)
class JobStatus:
    """For the status page and command; ``outcome``: never, running, done, failed."""

    name: str
    every: timedelta
    outcome: str
    started_at: datetime | None
    finished_at: datetime | None
    words: str


def start(parts: Parts) -> BackgroundScheduler:
    """Starts every job, first of all at once; the server calls this, and nothing else does.

    A late run is never dropped (the library's default drops it after one second), missed ones are
    made up by one, and a run never overlaps itself.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    scheduler.add_listener(lambda event: log.warning("job %s was missed", event.job_id), EVENT_JOB_MISSED)
    for job in JOBS:
        scheduler.add_job(
            run_once, "interval", seconds=job.every.total_seconds(), args=[parts, job], id=job.name, name=job.name,
            next_run_time=datetime.now(UTC))
    scheduler.start()
    return scheduler


def stop(scheduler: BackgroundScheduler) -> None:
    """Ends the scheduler once the running jobs are done."""
    scheduler.shutdown(wait=True)


def run_once(parts: Parts, job: Job) -> None:
    """One run under its lease, so that a second process on the same data does no harm; never raises."""
    try:
        with database.connection_context(), held(f"job: {job.name}", parts.clock, LEASE_SECONDS) as owner:
            if owner:
                _run_and_record(parts, job)
    except Exception:  # the one place for it: whatever happens, the next round must come
        log.exception("job %s could not be run", job.name)


def _run_and_record(parts: Parts, job: Job) -> None:
    started = parts.clock.now()
    _record(job, "running", "", started, None)
    outcome, words = _result(parts, job)
    _record(job, outcome, words, started, parts.clock.now())


def _result(parts: Parts, job: Job) -> tuple[str, str]:
    try:
        return "done", str(job.run(parts) or "")
    except AppError as error:
        log.warning("job %s: %s", job.name, error.message)
        return "failed", error.message
    except Exception:  # told in the log with its trace
        log.exception("job %s failed", job.name)
        return "failed", "TrueBooks made a mistake here; the server's log says more."


def _record(job: Job, outcome: str, words: str, started: datetime, finished: datetime | None) -> None:
    with write_txn():
        JobRun.replace(name=job.name, outcome=outcome, words=words, started_at=started, finished_at=finished).execute()


def status() -> list[JobStatus]:
    """How each job last went."""
    known = {run.name: run for run in JobRun.select()}
    return [_status(job, known.get(job.name)) for job in JOBS]


def _status(job: Job, run: JobRun | None) -> JobStatus:
    if run is None:
        return JobStatus(job.name, job.every, "never", None, None, "")
    return JobStatus(job.name, job.every, run.outcome, run.started_at, run.finished_at, run.words)
