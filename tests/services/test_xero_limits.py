"""Xero's call limits: held to by everybody at once, told with the hour they end, and never slept out for hours."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from peewee import OperationalError

from models import XeroConnection, database
from services import reference_data, xero_connection, xero_limits, xero_slots, xero_tokens
from services.clock import FixedClock
from services.xero.errors import RateLimited
from tests.xero.consent_world import ANNA, ConsentWorld

ACCOUNTS = "/api.xro/2.0/Accounts"


class Patient(FixedClock):
    """A clock whose sleeping passes the time."""

    def sleep(self, seconds: float) -> None:
        self.advance(seconds=seconds)


@pytest.fixture
def clock(clock) -> Patient:
    return Patient(clock.moment)


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.connect()
    world.requests.clear()
    return world


@pytest.fixture
def limit(world, requests_mock):
    """``limit("day", 7200)``: Accounts answers 429 from now on; ``limit()`` ends it."""

    def answer(kind: str = "", retry_after: int | None = None, then_well: bool = False):
        headers = {"X-Rate-Limit-Problem": kind} | ({"Retry-After": str(retry_after)} if retry_after else {})
        refused = {"status_code": 429, "text": "", "headers": headers}
        well = {"json": {"Accounts": []}}
        renewed = {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "token_type": "Bearer"}
        requests_mock.post(f"{world.base}/connect/token", json=renewed)
        requests_mock.get(f"{world.base}/api.xro/2.0/Organisation", **refused)
        requests_mock.get(f"{world.base}{ACCOUNTS}", [*([refused] if kind else []), *([well] if then_well or not kind
                                                                                      else [])])
        return requests_mock

    return answer


def in_job(world: ConsentWorld):
    return replace(world.parts, patience_seconds=75)


def accounts(parts) -> list:
    return xero_connection.client(parts).accounts()


# --- a day ----------------------------------------------------------------------------------------


def test_a_used_up_day_is_told_with_its_hour_on_the_card_too(world, limit):
    limit("day", 81000)
    with pytest.raises(RateLimited, match=r"daily limit .* in 23 hours, at 10:30 UTC on 2 June\. Nothing is lost"):
        accounts(world.parts)
    card = xero_connection.card(world.parts)
    assert card.is_connected
    assert card.parked_until == world.clock.now() + timedelta(seconds=81000)
    assert "daily limit" in card.parked_words


def test_until_then_nothing_is_asked_of_xero_by_anybody(world, limit):
    asked = limit("day", 7200)
    with pytest.raises(RateLimited):
        accounts(world.parts)
    world.clock.advance(hours=1, minutes=59)
    before = asked.call_count
    for parts in (world.parts, in_job(world)):
        with pytest.raises(RateLimited, match="in 60 seconds"):
            xero_connection.client(replace(parts, patience_seconds=10))
    assert asked.call_count == before


def test_when_the_hour_has_come_work_goes_on_by_itself(world, limit):
    limit("day", 7200)
    with pytest.raises(RateLimited):
        accounts(world.parts)
    world.clock.advance(hours=2)
    limit()
    assert accounts(world.parts) == []
    assert xero_connection.card(world.parts).parked_until is None


def test_not_even_a_job_sleeps_a_day_out(world, limit):
    limit("day", 7200)
    before = world.clock.now()
    with pytest.raises(RateLimited):
        accounts(in_job(world))
    assert world.clock.now() - before < timedelta(seconds=2)


def test_the_sign_in_is_kept_alive_meanwhile(world, limit):
    limit("day", 81000)
    with pytest.raises(RateLimited):
        accounts(world.parts)
    world.clock.advance(minutes=20)
    assert xero_tokens.keep_alive(world.parts)


@pytest.mark.parametrize(("kind", "retry_after", "pause"), [
    ("day", None, timedelta(hours=1)), ("minute", None, timedelta(minutes=1)), ("appminute", 30, timedelta(seconds=30)),
    ("", None, timedelta(minutes=1)), ("day", 10**9, timedelta(hours=25)),
])  # fmt: skip
def test_a_limit_without_a_sensible_hour_gets_one(world, kind, retry_after, pause):
    told = xero_limits.park(world.parts, world.link.tenant_id, RateLimited(kind, retry_after))
    assert told.until - world.clock.now() == pause


def test_a_shorter_limit_does_not_end_a_longer_one(world):
    xero_limits.park(world.parts, world.link.tenant_id, RateLimited("day", 7200))
    xero_limits.park(world.parts, world.link.tenant_id, RateLimited("minute", 30))
    assert XeroConnection.get_by_id(1).parked_by == "day"


def test_reconnecting_starts_afresh(world):
    xero_limits.park(world.parts, world.link.tenant_id, RateLimited("day", 7200))
    world.connect()
    assert xero_connection.card(world.parts).parked_until is None


# --- a minute -------------------------------------------------------------------------------------


def test_a_job_waits_the_minute_out_and_goes_on(world, limit):
    limit("minute", 26, then_well=True)
    before = world.clock.now()
    assert accounts(in_job(world)) == []
    assert timedelta(seconds=26) <= world.clock.now() - before < timedelta(seconds=28)


def test_a_page_does_not_wait_but_says_so(world, limit):
    limit("minute", 26)
    before = world.clock.now()
    with pytest.raises(RateLimited, match="calls a minute; it takes calls again in 26 seconds"):
        accounts(world.parts)
    assert world.clock.now() - before < timedelta(seconds=2)


def test_a_page_waits_a_second(world, limit):
    limit("minute", 1, then_well=True)
    assert accounts(world.parts) == []


def test_other_threads_and_processes_hold_back_meanwhile_without_asking(world, limit):
    asked = limit("minute", 26)
    with pytest.raises(RateLimited):
        accounts(world.parts)
    before = asked.call_count
    with pytest.raises(RateLimited):
        accounts(world.parts)
    assert asked.call_count == before


def test_too_many_at_the_same_time_is_tried_again_in_a_moment(world, limit):
    limit("concurrent", then_well=True)
    assert accounts(world.parts) == []
    assert xero_connection.card(world.parts).parked_until is None


def test_a_write_that_was_limited_is_never_sent_again_by_itself(world, requests_mock):
    limited = {"status_code": 429, "text": "", "headers": {"X-Rate-Limit-Problem": "minute", "Retry-After": "1"}}
    requests_mock.put(f"{world.base}/api.xro/2.0/Invoices", **limited)
    with pytest.raises(RateLimited):
        xero_connection.client(in_job(world)).create_document("invoice", {"Invoices": []}, "key-1")
    assert [each.method for each in requests_mock.request_history] == ["PUT"]


def test_a_minute_is_told_with_its_moment_since_the_sentence_stays_in_the_history(world, limit):
    limit("minute", 26)
    with pytest.raises(RateLimited):
        reference_data.sync(world.parts, ANNA)
    when = world.clock.now() + timedelta(seconds=26)
    assert f"in 26 seconds, at {when:%H:%M:%S} UTC" in reference_data.status(world.parts).last_error


def test_a_pause_kept_while_the_clock_was_wrong_holds_nobody_back(world, limit):
    world.clock.advance(days=36)
    limit("minute", 60)
    with pytest.raises(RateLimited):
        accounts(world.parts)
    world.clock.advance(days=-36)
    limit()
    assert xero_connection.card(world.parts).parked_until is None
    assert accounts(world.parts) == []
    limit("day", 3600)
    with pytest.raises(RateLimited):
        accounts(world.parts)
    assert xero_connection.card(world.parts).parked_until == world.clock.now() + timedelta(hours=1)


def test_a_sync_that_was_limited_says_until_when(world, limit):
    limit("day", 3600)
    with pytest.raises(RateLimited):
        reference_data.sync(world.parts, ANNA)
    assert "at 13:00 UTC on 1 June" in reference_data.status(world.parts).last_error


# --- what is left ---------------------------------------------------------------------------------


def test_what_is_left_of_the_day_and_the_minute_is_on_the_card(world, requests_mock):
    left = {"X-DayLimit-Remaining": "344", "X-MinLimit-Remaining": "51"}
    requests_mock.get(f"{world.base}{ACCOUNTS}", json={"Accounts": []}, headers=left)
    world.clock.advance(minutes=3)
    accounts(world.parts)
    card = xero_connection.card(world.parts)
    assert (card.day_remaining, card.minute_remaining, card.limits_at) == (344, 51, world.clock.now())


def test_what_another_organisation_used_up_says_nothing_about_this_one(world):
    XeroConnection.update(day_remaining=4000, limits_at=None).execute()
    xero_limits.park(world.parts, "the organisation before", RateLimited("day", 7200))
    xero_limits.keep_left(world.parts, "the organisation before", 7, 3)
    card = xero_connection.card(world.parts)
    assert (card.parked_until, card.day_remaining, card.limits_at) == (None, 4000, None)


def test_that_a_busy_database_could_not_take_it_down_costs_nothing_and_is_no_warning(world, monkeypatch, caplog):
    @contextmanager
    def locked():
        raise OperationalError("database is locked")
        yield

    client = xero_connection.client(world.parts)
    monkeypatch.setattr(xero_limits, "write_txn", locked)
    with caplog.at_level("INFO"):
        assert client.accounts()
    assert "locked" not in caplog.text


# --- four at a time -------------------------------------------------------------------------------


class Busy(FixedClock):
    """Counts how many are inside at once; nobody leaves before four are inside and the other eight found no place."""

    def __init__(self, moment):
        super().__init__(moment)
        self.inside, self.most, self._waiting = 0, 0, set()
        self._lock, self._all_seen = threading.Lock(), threading.Event()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._waiting.add(threading.get_ident())
            self._look()
        super().sleep(seconds)

    def __call__(self, environ) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self._look()
        assert self._all_seen.wait(50)
        with self._lock:
            self.inside -= 1

    def _look(self) -> None:
        if self.inside > 4 or (self.inside == 4 and len(self._waiting) == 8):
            self._all_seen.set()


def test_of_twelve_threads_four_call_at_a_time(world):
    world.intercept = busy = Busy(world.clock.now())
    client = xero_connection.client(replace(world.parts, clock=busy))

    def ask(_) -> bool:
        with database.connection_context():
            return bool(client.accounts())

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(ask, range(12)))
    assert busy.most == 4


def hold_two_places(folder: Path, ready, let_go) -> None:
    with xero_slots.one_of_four(folder, lambda _: None), xero_slots.one_of_four(folder, lambda _: None):
        ready.set()
        let_go.wait(30)


def test_places_are_shared_between_processes_and_freed_by_those_that_die(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    others = []
    for _ in range(2):
        ready, let_go = spawn.Event(), spawn.Event()
        other = spawn.Process(target=hold_two_places, args=(tmp_path, ready, let_go))
        other.start()
        assert ready.wait(30)
        others.append((other, let_go))
    waited = []
    with pytest.raises(RateLimited, match="busy with other calls"), xero_slots.one_of_four(tmp_path, waited.append):
        raise AssertionError("a fifth place")
    assert sum(waited) == pytest.approx(60)
    others[0][0].kill()
    others[0][0].join()
    with xero_slots.one_of_four(tmp_path, waited.append):
        pass
    others[1][1].set()
    others[1][0].join()


def test_a_place_is_given_back_when_the_call_fails(tmp_path):
    for _ in range(9):
        with pytest.raises(RuntimeError), xero_slots.one_of_four(tmp_path, lambda _: None):
            raise RuntimeError
