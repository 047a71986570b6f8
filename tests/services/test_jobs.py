"""The jobs run by themselves, one at a time, tell how they went, and never take the scheduler down."""

import logging
import threading
from datetime import timedelta

import pytest

from models import database
from services import jobs, leases, xero_connection
from services.errors import Refused
from services.jobs import Job
from tests.xero.consent_world import ConsentWorld


def job(run, name: str = "a job") -> Job:
    return Job(name, timedelta(minutes=10), run)


@pytest.fixture
def only(monkeypatch):
    """``only(job)``: the list of jobs is this one."""
    return lambda *those: monkeypatch.setattr(jobs, "JOBS", list(those))


def outcome_of(name: str = "a job") -> jobs.JobStatus:
    return next(status for status in jobs.status() if status.name == name)


def test_the_token_job_keeps_the_connection_alive(parts, tmp_path):
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.connect()
    world.clock.advance(minutes=20)
    jobs.run_once(world.parts, jobs.JOBS[0])
    assert xero_connection.card(world.parts).refreshed_at == world.clock.now()
    status = outcome_of("Xero token refresh")
    assert (status.outcome, status.every, status.words) == ("done", timedelta(minutes=10), "Refreshed.")


def test_a_job_that_never_ran_says_so(parts):
    assert outcome_of("Xero token refresh").outcome == "never"


def test_an_expected_failure_is_told_in_its_own_words(parts, only):
    def refuse(_):
        raise Refused("Xero is not connected yet.")

    only(job(refuse))
    jobs.run_once(parts, jobs.JOBS[0])
    assert (outcome_of().outcome, outcome_of().words) == ("failed", "Xero is not connected yet.")


def test_a_mistake_of_ours_is_logged_with_its_trace_and_told_without(parts, only, caplog):
    def stumble(_):
        raise KeyError("secret detail")

    only(job(stumble))
    with caplog.at_level(logging.ERROR):
        jobs.run_once(parts, jobs.JOBS[0])
    assert "KeyError" in caplog.text
    assert outcome_of().outcome == "failed"
    assert "secret detail" not in outcome_of().words


def test_a_run_is_left_out_while_another_process_is_at_it(parts, only):
    ran = []
    only(job(ran.append))
    leases.claim("job: a job", parts.clock.now(), 60)
    jobs.run_once(parts, jobs.JOBS[0])
    assert ran == []
    parts.clock.advance(seconds=61)  # it died
    jobs.run_once(parts, jobs.JOBS[0])
    assert len(ran) == 1


def test_a_run_returns_its_database_connection(parts, only):
    only(job(lambda _: None))
    connections = []
    thread = threading.Thread(
        target=lambda: (jobs.run_once(parts, jobs.JOBS[0]), connections.append(database.is_closed()))
    )
    thread.start()
    thread.join()
    assert connections == [True]


def test_the_scheduler_runs_every_job_at_start_and_ends_after_the_running_ones(parts, only):
    started, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work(_):
        started.set()
        may_end.wait(10)
        ended.set()

    only(job(work))
    scheduler = jobs.start(parts)
    assert started.wait(10)
    may_end.set()
    jobs.stop(scheduler)
    assert ended.is_set()
    assert not scheduler.running
    assert outcome_of().outcome == "done"


def test_late_runs_are_made_up_for_once_and_never_overlap(parts, only):
    only(job(lambda _: None))
    scheduler = jobs.start(parts)
    try:
        scheduled = scheduler.get_job("a job")
        assert (scheduled.misfire_grace_time, scheduled.coalesce, scheduled.max_instances) == (None, True, 1)
        assert scheduled.trigger.interval == timedelta(minutes=10)
    finally:
        jobs.stop(scheduler)
