"""A job's runs: when it is due, one at a time over all processes, how it ended, and when it comes next.

When a job is next due is kept in the database, so that a run missed while nothing was running is made
up at the next start, and two processes on the same data do not do it twice.
"""

import dataclasses
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import JobRun, database
from services import audit, leases
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError, Refused
from services.parts import Parts
from services.xero.errors import RateLimited

log = logging.getLogger(__name__)

LEASE_SECONDS = 120  # renewed while the job runs
PATIENCE_SECONDS = 75.0  # a job waits out Xero's minute; a page does not
RETRY = timedelta(minutes=5)  # after a failure, where the job itself does not come sooner
INTERRUPTED = (
    "It was interrupted before it ended. It is made up for within a minute while TrueBooks runs; or press Run now.")
MISTAKE = "TrueBooks made a mistake here; the server's log says more."


@dataclass(frozen=True)
class Job:
    """``run(parts)`` does the work and may return a sentence on what came of it; ``purpose`` says what it is for."""

    name: str
    every: timedelta
    run: Callable[[Parts], object]
    purpose: str = ""


@dataclass(frozen=True)
class JobStatus:
    """For the Jobs page and `status`; ``outcome``: never, running, interrupted, done, failed, waiting."""

    name: str
    every: timedelta
    outcome: str
    started_at: datetime | None
    finished_at: datetime | None
    words: str
    next_due: datetime | None = None
    purpose: str = ""


def run_if_due(parts: Parts, job: Job) -> bool:
    """One run under its lease, if it is time; never raises. Whether it ran."""
    try:
        with database.connection_context():
            return is_due(job, parts.clock.now()) and _run_alone(parts, job)
    except Exception:  # the one place for it: whatever happens, the next look must come
        log.exception("job %s could not be run", job.name)
        return False


LONGEST_WAIT = timedelta(hours=25)  # a used-up day of Xero's is over by then


def is_due(job: Job, now: datetime) -> bool:
    """Due by what was kept; a date no run could have set (the clock was wrong once) counts as due."""
    row = JobRun.get_or_none(JobRun.name == job.name)
    if row is None or row.next_due is None:
        return True
    return row.next_due <= now or row.next_due - now > max(job.every, LONGEST_WAIT)


def run_now(parts: Parts, job: Job, actor: Actor) -> JobStatus:
    """The button: at once, due or not. Raises Refused while the job is running."""
    with leases.kept(_lease(job), parts.clock, LEASE_SECONDS) as owner:
        if owner is None:
            raise Refused(f"“{job.name}” is running already; what comes of it will show here.")
        with write_txn():
            audit.record(actor, "job.run_by_hand", "workspace", parts.clock.now(), job=job.name)
        _run_and_record(parts, job, owner)
    return status(job, parts.clock.now())


def _run_alone(parts: Parts, job: Job) -> bool:
    with leases.kept(_lease(job), parts.clock, LEASE_SECONDS) as owner:
        if owner is None or not is_due(job, parts.clock.now()):  # another process was first
            return False
        _run_and_record(dataclasses.replace(parts, patience_seconds=PATIENCE_SECONDS), job, owner)
        return True


def _run_and_record(parts: Parts, job: Job, owner: str) -> None:
    started = parts.clock.now()
    _record(job, "running", "", started, None, started)  # due still: a run that dies is made up
    outcome, words, next_due = _result(parts, job)
    with write_txn():
        try:
            leases.demand(_lease(job), owner)
        except leases.LeaseLost:
            log.warning("job %s was overtaken; the other run's outcome stands", job.name)
            return
        _record(job, outcome, words, started, parts.clock.now(), next_due)


def _result(parts: Parts, job: Job) -> tuple[str, str, datetime]:
    """How it ended, in words, and when it is next due."""
    started = parts.clock.now()
    try:
        return "done", str(job.run(parts) or ""), started + job.every
    except RateLimited as limit:
        log.warning("job %s waits: %s", job.name, limit.message)
        return "waiting", limit.message, limit.until or parts.clock.now() + min(RETRY, job.every)
    except AppError as error:
        log.warning("job %s: %s", job.name, error.message)
        outcome, words = "failed", error.message
    except Exception:  # told in the log with its trace
        log.exception("job %s failed", job.name)
        outcome, words = "failed", MISTAKE
    return outcome, words, parts.clock.now() + min(RETRY, job.every)


def _record(
    job: Job, outcome: str, words: str, started: datetime, finished: datetime | None, next_due: datetime
) -> None:
    with write_txn():
        JobRun.replace(name=job.name, outcome=outcome, words=words, started_at=started, finished_at=finished,
                       next_due=next_due).execute()


def status(job: Job, now: datetime) -> JobStatus:
    """How it last went, and when it comes next."""
    row = JobRun.get_or_none(JobRun.name == job.name)
    if row is None:
        return JobStatus(job.name, job.every, "never", None, None, "", None, job.purpose)
    died = row.outcome == "running" and not leases.is_held(_lease(job), now)
    return JobStatus(job.name, job.every, "interrupted" if died else row.outcome, row.started_at, row.finished_at,
                     INTERRUPTED if died else row.words, row.next_due, job.purpose)


def _lease(job: Job) -> str:
    return f"job: {job.name}"
