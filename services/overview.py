"""How everything stands: connection, last sync, what the settlements wait for."""

from models import SyncRun
from services import jobs, readiness, settlement_list, xero_connection
from services.parts import Parts


def status(parts: Parts) -> dict:
    """The facts of `bin/truebooks status` (product.md section 17); moments as ISO text."""
    readiness.bring_up_to_date()
    card = xero_connection.card(parts)
    last = SyncRun.select().order_by(SyncRun.started_at.desc()).first()
    return {
        "mode": parts.config.mode,
        "connection": {
            "state": card.state,
            "organisation": card.organisation or None,
            "linked_by": card.linked_by or None,
            "linked_at": _iso(card.linked_at),
            "refreshed_at": _iso(card.refreshed_at),
            "calls_left_today": card.day_remaining,
            "calls_left_this_minute": card.minute_remaining,
            "parked_until": _iso(card.parked_until),
            "reason": card.reason or None,
        },
        "last_sync": last
        and {
            "started_at": _iso(last.started_at),
            "finished_at": _iso(last.finished_at),
            "outcome": last.outcome,
            "calls": last.calls,
            "error": last.error or None,
        },
        "jobs": jobs_as_json(parts),
        "settlements": settlement_list.counts(),
    }


def jobs_as_json(parts: Parts) -> list[dict]:
    return [job_as_json(job) for job in jobs.status(parts)]


def job_as_json(job: jobs.JobStatus) -> dict:
    """``outcome``: never, running, interrupted, done, failed or waiting."""
    return {
        "name": job.name,
        "outcome": job.outcome,
        "started_at": _iso(job.started_at),
        "finished_at": _iso(job.finished_at),
        "next_run": _iso(job.next_due),
        "words": job.words or None,
    }


def _iso(moment) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
