"""What TrueBooks does by itself: the list of jobs, and the scheduler that runs them in the server's process."""

import logging
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
from apscheduler.schedulers.background import BackgroundScheduler

from models import database
from services import (
    document_states,
    job_runs,
    keys_seen,
    postings,
    reference_data,
    stray_drafts,
    xero_connection,
    xero_farewell,
    xero_tokens,
)
from services.audit import Actor
from services.errors import NotFound
from services.job_runs import Job, JobStatus
from services.parts import Parts

__all__ = ["JOBS", "Job", "JobStatus", "named", "run_now", "start", "status", "stop"]

log = logging.getLogger(__name__)

LOOK_SECONDS = 15  # how often each job is looked at; whether it is due the database knows


def keep_xero_alive(parts: Parts) -> str:
    """Refreshes the Xero tokens before they run out, idle or not; ends a Disconnect that was interrupted."""
    if xero_farewell.finish(parts):
        return "Xero was told of a Disconnect that had been interrupted."
    return "Refreshed." if xero_tokens.keep_alive(parts) else "Nothing to do."


def sync_daily(parts: Parts) -> str:
    """Reads accounts, tax rates and the rest from Xero, so that mappings are checked against what stands there."""
    if xero_tokens.row().state != xero_tokens.CONNECTED:
        return "Nothing to do: Xero is not connected."
    return reference_data.sync(parts, Actor("job: daily Sync from Xero")).sentence + "."


def sweep_drafts(parts: Parts) -> str:
    """Deletes drafts of ours that arrived in Xero after they had been given up."""
    swept = stray_drafts.sweep(parts, Actor("job: sweeping of stray drafts"))
    return f"{swept} swept away." if swept else "Nothing to do."


def look_at_documents(parts: Parts) -> str:
    """Asks Xero which posted documents were paid, voided or edited since the last look, and for keys of ours."""
    if xero_tokens.row().state != xero_tokens.CONNECTED:
        return "Nothing to do: Xero is not connected."
    keys_seen.look_again(xero_connection.client(parts), parts.clock.now(), timedelta(hours=12))
    return f"{document_states.refresh(parts, Actor('job: document states'))} changed."


def settle_postings(parts: Parts) -> str:
    """Asks Xero about every posting that was left half-way, and carries it on from there."""
    outcomes = postings.settle_all(parts, Actor("job: settling of unsure postings"))
    left = sum(outcome.outcome == "unsure" for outcome in outcomes)
    return f"{len(outcomes) - left} settled, {left} still unsure." if outcomes else "Nothing to do."


JOBS: list[Job] = [
    Job("Xero token refresh", timedelta(minutes=10), keep_xero_alive,
        "Renews the sign-in at Xero before it runs out, so that the connection lives on while nobody is here."),
    Job("Daily Sync from Xero", timedelta(days=1), sync_daily,
        "Reads accounts, tax rates, tracking, currencies, contacts and the organisation, and flags mappings that "
        "lost their ground."),
    Job("Settling of unsure postings", timedelta(seconds=20), settle_postings,
        "Asks Xero what became of a posting whose answer was lost, and carries it on from there."),
    Job("Document states", timedelta(days=1), look_at_documents,
        "Asks Xero which posted documents were paid, voided or edited, and shows it on their settlements."),
    Job("Sweeping of stray drafts", timedelta(minutes=30), sweep_drafts,
        "Deletes drafts that reached Xero after TrueBooks had given them up; asks only after a create was in doubt."),
]


def named(name: str) -> Job:
    """Raises NotFound."""
    for job in JOBS:
        if job.name == name:
            return job
    raise NotFound(f"There is no job “{name}”. There are: {', '.join(job.name for job in JOBS)}.")


def run_now(parts: Parts, name: str, actor: Actor) -> JobStatus:
    """The button: at once, due or not. Raises NotFound, or Refused while the job is running."""
    return job_runs.run_now(parts, named(name), actor)


def status(parts: Parts) -> list[JobStatus]:
    """How each job last went, and when it comes next."""
    return [job_runs.status(job, parts.clock.now()) for job in JOBS]


def start(parts: Parts) -> BackgroundScheduler:
    """Looks at every job at once, then every few seconds; the server calls this, and nothing else does.

    A late look is never dropped (the library's default drops it after one second), missed ones are
    made up by one, and a look never overlaps itself.
    """
    with database.connection_context():
        keys_seen.look_is_due()  # whoever restored a backup by hand started the server afterwards
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    scheduler.add_listener(lambda event: log.warning("job %s was missed or failed", event.job_id),
                           EVENT_JOB_MISSED | EVENT_JOB_ERROR)
    for job in JOBS:
        scheduler.add_job(
            job_runs.run_if_due, "interval", seconds=min(LOOK_SECONDS, job.every.total_seconds()), args=[parts, job],
            id=job.name, name=job.name, next_run_time=datetime.now(UTC))
    scheduler.start()
    return scheduler


def stop(scheduler: BackgroundScheduler) -> None:
    """Ends the scheduler once the running jobs are done."""
    scheduler.shutdown(wait=True)
