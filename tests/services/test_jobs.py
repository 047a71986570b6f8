"""The jobs run by themselves when they are due, one at a time, and tell how they went and when they come next."""

import logging
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from models import AuditEntry, Lease, SyncRun, XeroConnection, database
from services import job_runs, jobs, leases, xero_connection
from services.audit import Actor
from services.errors import NotFound, Refused
from services.job_runs import Job, run_if_due
from services.xero.errors import RateLimited
from tests.xero.consent_world import ConsentWorld

ANN = Actor("ann@example.com")
ROOT = Path(__file__).parents[2]
TEN = timedelta(minutes=10)


def job(run, name: str = "a job", every: timedelta = TEN) -> Job:
    return Job(name, every, run)


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.connect()
    return world


@pytest.fixture
def status_of(parts):
    """How a job stands now."""
    return lambda job: job_runs.status(job, parts.clock.now())


# --- the jobs there are ---------------------------------------------------------------------------


def test_the_token_job_keeps_the_connection_alive(world, status_of):
    world.clock.advance(minutes=20)
    token_refresh = jobs.named("Xero token refresh")
    run_if_due(world.parts, token_refresh)
    assert xero_connection.card(world.parts).refreshed_at == world.clock.now()
    assert (status_of(token_refresh).outcome, status_of(token_refresh).words) == ("done", "Refreshed.")


def test_the_daily_sync_is_in_the_history_as_what_started_it(world, status_of):
    daily = jobs.named("Daily Sync from Xero")
    assert run_if_due(world.parts, daily)
    assert SyncRun.select().order_by(SyncRun.id.desc()).first().started_by == "job: daily Sync from Xero"
    assert status_of(daily).words == "Nothing changed in Xero since the last sync."
    assert status_of(daily).next_due == world.clock.now() + timedelta(days=1)


def test_without_a_connection_the_daily_sync_leaves_no_failures_behind(parts, status_of):
    daily = jobs.named("Daily Sync from Xero")
    run_if_due(parts, daily)
    assert (status_of(daily).outcome, SyncRun.select().count()) == ("done", 0)


def test_a_day_limit_parks_the_daily_sync_until_it_is_over(world, status_of, requests_mock):
    daily = jobs.named("Daily Sync from Xero")
    used_up = {"X-Rate-Limit-Problem": "day", "Retry-After": "7200"}
    requests_mock.get(f"{world.base}/api.xro/2.0/Organisation", status_code=429, text="", headers=used_up)
    run_if_due(world.parts, daily)
    status = status_of(daily)
    assert (status.outcome, status.next_due) == ("waiting", world.clock.now() + timedelta(hours=2))
    assert "it takes calls again in 2 hours, at 14:00 UTC on 1 June" in status.words


# --- how a run goes -------------------------------------------------------------------------------


def test_a_job_that_never_ran_says_so(parts, status_of):
    assert status_of(job(print)).outcome == "never"


def test_an_expected_failure_is_told_in_its_own_words_and_tried_again_soon(parts, status_of):
    def refuse(_):
        raise Refused("Xero is not connected yet.")

    failing = job(refuse, every=timedelta(days=1))
    run_if_due(parts, failing)
    status = status_of(failing)
    assert (status.outcome, status.words) == ("failed", "Xero is not connected yet.")
    assert status.next_due == parts.clock.now() + timedelta(minutes=5)


def test_a_mistake_of_ours_is_logged_with_its_trace_and_told_without(parts, status_of, caplog):
    def stumble(_):
        raise KeyError("secret detail")

    stumbling = job(stumble)
    with caplog.at_level(logging.ERROR):
        run_if_due(parts, stumbling)
    assert "KeyError" in caplog.text
    assert status_of(stumbling).outcome == "failed"
    assert "secret detail" not in status_of(stumbling).words


def test_a_job_has_patience_with_xeros_minute_and_a_page_has_not(parts):
    had = []
    run_if_due(parts, job(lambda given: had.append(given.patience_seconds)))
    assert had == [75]
    assert parts.patience_seconds < 2


def test_a_limit_without_an_hour_is_looked_at_again_soon(parts, status_of):
    def limited(_):
        raise RateLimited("concurrent")

    waiting = job(limited)
    run_if_due(parts, waiting)
    assert status_of(waiting).outcome == "waiting"
    assert status_of(waiting).next_due == parts.clock.now() + timedelta(minutes=5)


def test_a_run_returns_its_database_connection(parts):
    connections = []
    thread = threading.Thread(
        target=lambda: (run_if_due(parts, job(lambda _: None)), connections.append(database.is_closed()))
    )
    thread.start()
    thread.join()
    assert connections == [True]


# --- when -----------------------------------------------------------------------------------------


def test_it_runs_when_it_is_due_and_not_before(parts):
    ran = []
    every_ten = job(ran.append)
    assert run_if_due(parts, every_ten)
    parts.clock.advance(minutes=9, seconds=59)
    assert not run_if_due(parts, every_ten)
    parts.clock.advance(seconds=1)
    assert run_if_due(parts, every_ten)
    assert len(ran) == 2


def test_what_was_missed_while_nothing_ran_is_made_up_once(parts):
    ran = []
    every_ten = job(ran.append)
    run_if_due(parts, every_ten)
    parts.clock.advance(days=3)
    assert run_if_due(parts, every_ten)
    assert not run_if_due(parts, every_ten)
    assert len(ran) == 2


def test_a_run_that_died_is_made_up_at_the_next_start_and_told_as_interrupted(parts, status_of):
    class PowerCut(BaseException):
        pass

    def die(_):
        raise PowerCut

    dying = job(die)
    with pytest.raises(PowerCut):
        run_if_due(parts, dying)
    assert status_of(dying).outcome == "interrupted"
    assert "was interrupted before it ended. It is made up for within a minute" in status_of(dying).words
    ran = []
    assert run_if_due(parts, job(ran.append))
    assert status_of(dying).outcome == "done"


# --- one at a time --------------------------------------------------------------------------------


def test_a_run_is_left_out_while_another_process_is_at_it(parts):
    ran = []
    leases.claim("job: a job", parts.clock.now(), 60)
    assert not run_if_due(parts, job(ran.append))
    parts.clock.advance(seconds=61)  # it hangs
    assert run_if_due(parts, job(ran.append))
    assert len(ran) == 1


def test_a_process_that_was_killed_holds_nothing_up(parts):
    """Its lease names it; once it is gone, the next one need not wait for the time to run out."""
    script = "from services.this_process import mark; print(mark())"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    Lease.create(name="job: a job", owner=f"{ended.stdout.strip()}/0123", until=parts.clock.now() + timedelta(hours=1))
    assert run_if_due(parts, job(lambda _: None))


def test_a_process_that_is_alive_keeps_its_lease(parts):
    child = subprocess.Popen(
        [sys.executable, "-c", "from services.this_process import mark; print(mark(), flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    alive = child.stdout.readline().strip()
    Lease.create(name="job: a job", owner=f"{alive}/0123", until=parts.clock.now() + timedelta(hours=1))
    assert not run_if_due(parts, job(lambda _: None))
    child.kill()
    child.wait()
    assert run_if_due(parts, job(lambda _: None))


def test_of_eight_that_look_at_once_one_runs_it(parts):
    ran, start = [], threading.Barrier(8)

    def look():
        start.wait()
        run_if_due(parts, job(lambda _: ran.append(1)))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ran) == 1


def test_a_long_run_keeps_its_lease(parts, monkeypatch):
    monkeypatch.setattr(job_runs, "LEASE_SECONDS", 0.3)
    renewed = threading.Event()
    real = leases.extend

    def extend(*given):
        kept = real(*given)
        if kept:
            renewed.set()
        return kept

    monkeypatch.setattr(leases, "extend", extend)
    assert run_if_due(parts, job(lambda _: renewed.wait(10)))
    assert renewed.is_set()
    assert Lease.select().count() == 0


def test_a_run_that_was_overtaken_does_not_speak_for_the_other(parts, status_of):
    """It stood still for so long that its lease ran out, and another process ran the job."""
    def stand_still(_):
        parts.clock.advance(hours=2)
        assert run_if_due(parts, job(lambda _: "Done by another."))
        return "Late."

    run_if_due(parts, job(stand_still))
    assert status_of(job(stand_still)).words == "Done by another."


# --- the button -----------------------------------------------------------------------------------


def test_run_now_runs_it_due_or_not_and_is_in_the_audit_log(world):
    status = jobs.run_now(world.parts, "Daily Sync from Xero", ANN)
    assert status.outcome == "done"
    status = jobs.run_now(world.parts, "Daily Sync from Xero", ANN)
    assert status.next_due == world.clock.now() + timedelta(days=1)
    assert [(entry.actor, entry.facts) for entry in AuditEntry.select().where(
        AuditEntry.action == "job.run_by_hand")] == [("ann@example.com", {"job": "Daily Sync from Xero"})] * 2


def test_run_now_is_refused_while_it_runs_and_for_a_job_that_is_not_there(parts):
    leases.claim("job: Daily Sync from Xero", parts.clock.now(), 60)
    with pytest.raises(Refused, match="running already"):
        jobs.run_now(parts, "Daily Sync from Xero", ANN)
    with pytest.raises(NotFound, match="There are: Xero token refresh"):
        jobs.run_now(parts, "Coffee", ANN)


# --- the scheduler itself -------------------------------------------------------------------------


@pytest.fixture
def only(monkeypatch):
    """``only(job)``: the list of jobs is this one."""
    return lambda *those: monkeypatch.setattr(jobs, "JOBS", list(those))


def test_the_scheduler_runs_what_is_due_at_start_and_ends_after_the_running_ones(parts, only, status_of):
    started, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work(_):
        started.set()
        may_end.wait(10)
        ended.set()

    working = job(work)
    only(working)
    scheduler = jobs.start(parts)
    assert started.wait(10)
    may_end.set()
    jobs.stop(scheduler)
    assert ended.is_set()
    assert not scheduler.running
    assert status_of(working).outcome == "done"


def test_the_scheduler_goes_on_looking(parts, only, monkeypatch):
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.05)
    thrice, ran = threading.Event(), []

    def work(_):
        ran.append(1)
        parts.clock.advance(minutes=10)  # so that it is due again
        if len(ran) == 3:
            thrice.set()

    only(job(work))
    scheduler = jobs.start(parts)
    assert thrice.wait(10)
    jobs.stop(scheduler)


def test_two_schedulers_on_the_same_data_run_it_once(parts, only, monkeypatch):
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.05)
    ran, looks, enough = [], [], threading.Event()
    real = job_runs.is_due

    def counted(*given):
        looks.append(1)
        if len(looks) > 20:
            enough.set()
        return real(*given)

    monkeypatch.setattr(job_runs, "is_due", counted)
    only(job(ran.append))
    both = [jobs.start(parts), jobs.start(parts)]
    assert enough.wait(10)
    for scheduler in both:
        jobs.stop(scheduler)
    assert len(ran) == 1


def test_one_failing_job_does_not_keep_the_others_from_running(parts, only, status_of):
    ran = threading.Event()

    def fail(_):
        raise RuntimeError("no")

    only(job(fail, "first"), job(lambda _: ran.set(), "second"))
    scheduler = jobs.start(parts)
    assert ran.wait(10)
    jobs.stop(scheduler)
    assert status_of(job(fail, "first")).outcome == "failed"


def test_late_looks_are_made_up_for_once_and_never_overlap(parts, only):
    only(job(lambda _: None))
    scheduler = jobs.start(parts)
    try:
        scheduled = scheduler.get_job("a job")
        assert (scheduled.misfire_grace_time, scheduled.coalesce, scheduled.max_instances) == (None, True, 1)
        assert scheduled.trigger.interval == timedelta(seconds=15)
    finally:
        jobs.stop(scheduler)


def test_a_reconnect_that_is_required_does_not_fail_the_sync_every_day(world, status_of):
    XeroConnection.update(state="reconnect_required").execute()
    daily = jobs.named("Daily Sync from Xero")
    run_if_due(world.parts, daily)
    assert status_of(daily).outcome == "done"
