"""A lease is renewed while the work goes on; who lost it keeps nothing more."""

import threading

import pytest
from peewee import OperationalError

from models import Lease, database
from services import leases
from services.clock import FixedClock
from services.database import write_txn

NAME = "the work"


def holder() -> str:
    with database.connection_context():
        return Lease.get_by_id(NAME).owner



def test_a_renewal_that_finds_the_database_locked_is_tried_again(workspace, monkeypatch):
    real, renewed, attempts = leases.extend, threading.Event(), []

    def extend(*given):
        attempts.append(given)
        if len(attempts) < 3:
            raise OperationalError("database is locked")
        kept = real(*given)
        renewed.set()
        return kept

    monkeypatch.setattr(leases, "extend", extend)
    with leases.kept(NAME, workspace.clock, 0.3) as owner:
        assert renewed.wait(20), "the renewer gave up"
        assert holder() == owner


def test_after_a_failed_renewal_the_next_ones_come_as_usual(workspace, monkeypatch):
    real, twice, done = leases.extend, threading.Event(), []

    def extend(*given):
        done.append(real(*given))
        if len(done) == 1:
            raise OperationalError("disk I/O error")
        if len(done) == 4:
            twice.set()
        return done[-1]

    monkeypatch.setattr(leases, "extend", extend)
    with leases.kept(NAME, workspace.clock, 0.3):
        assert twice.wait(20)


def overtake(clock: FixedClock) -> str:
    """Another worker comes once the lease ran out."""
    clock.advance(hours=1)
    return leases.claim(NAME, clock.now(), 60)


def test_who_was_overtaken_learns_of_it_at_the_next_commit_and_keeps_nothing(workspace):
    with leases.held(NAME, workspace.clock, 60) as owner:
        with write_txn():
            leases.demand(NAME, owner)
        other = overtake(workspace.clock)
        with pytest.raises(leases.LeaseLost, match=r"began meanwhile.*Nothing of this one was kept"), write_txn():
            Lease.create(name="a trace of the work", owner=owner, until=workspace.clock.now())
            leases.demand(NAME, owner)
    assert [(row.name, row.owner) for row in Lease.select()] == [(NAME, other)], "nor is the other one's given back"


def test_one_that_ran_out_and_was_not_taken_does_no_harm(workspace):
    with leases.held(NAME, workspace.clock, 60) as owner:
        workspace.clock.advance(hours=1)
        with write_txn():
            leases.demand(NAME, owner)
