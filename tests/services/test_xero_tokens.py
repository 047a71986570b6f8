"""The Xero tokens are renewed by one refresher at a time, and only three causes ever cost the connection."""

import json
import multiprocessing
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests

from app import assemble
from models import AuditEntry, XeroConnection, database
from services import leases, token_vault, xero_connection, xero_tokens
from services.clock import FixedClock
from services.errors import NotConnected
from services.token_vault import CannotOpen
from services.xero import errors
from tests.conftest import make_config
from tests.xero.consent_world import ANNA, UK, ConsentWorld

TOKEN = "POST /connect/token"


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.connect()
    world.requests.clear()
    return world


def reason(world: ConsentWorld) -> str:
    card = xero_connection.card(world.parts)
    assert card.state == "reconnect_required"
    assert [entry.facts for entry in AuditEntry.select().where(AuditEntry.action == "xero.reconnect_required")] == [
        {"reason": card.reason}
    ]
    return card.reason


def stored(world: ConsentWorld, column: str) -> str:
    return xero_tokens._open(world.parts, world.link, column)


# --- in time --------------------------------------------------------------------------------------


def test_a_token_with_more_than_five_minutes_left_is_used_as_it_is(world):
    world.clock.advance(minutes=24, seconds=59)
    xero_connection.client(world.parts).accounts()
    assert world.sent(TOKEN) == 0


def test_a_token_with_less_is_renewed_before_the_call(world):
    world.clock.advance(minutes=25)
    xero_connection.client(world.parts).accounts()
    assert world.requests == [TOKEN, "GET /api.xro/2.0/Accounts"]
    assert xero_connection.card(world.parts).refreshed_at == world.clock.now()


def test_an_idle_connection_lives_on_for_months(world):
    for _ in range(4):
        world.clock.advance(days=50)
        assert xero_tokens.keep_alive(world.parts)
    xero_connection.client(world.parts).accounts()


def test_the_job_renews_early_enough_that_work_never_waits(world):
    renewed = []
    for _ in range(12):  # two hours of runs, every ten minutes
        world.clock.advance(minutes=10)
        renewed.append(xero_tokens.keep_alive(world.parts))
        assert world.link.access_expires_at - world.clock.now() > timedelta(minutes=10)
    assert renewed.count(True) == 6


def test_a_disconnected_workspace_asks_for_nothing(world):
    xero_connection.disconnect(world.parts, ANNA)
    world.requests.clear()
    world.clock.advance(hours=1)
    assert not xero_tokens.keep_alive(world.parts)
    assert world.requests == []


def test_a_token_that_xero_calls_expired_is_renewed_once_and_the_call_made_again(world):
    client = xero_connection.client(world.parts)
    world.http().post(f"{world.base}/sandbox/clock", json={"advance_seconds": 3600})  # Xero's clock, not ours
    assert client.accounts()
    assert world.requests == ["GET /api.xro/2.0/Accounts", TOKEN, "GET /api.xro/2.0/Accounts"]


# --- stored before used, one at a time ------------------------------------------------------------


def test_the_new_pair_is_in_the_database_before_any_call_uses_it(world):
    world.clock.advance(minutes=26)
    seen = []

    def look(environ):
        if environ["PATH_INFO"].startswith("/api.xro/"):
            seen.append((environ["HTTP_AUTHORIZATION"], f"Bearer {stored(world, 'access')}"))

    world.intercept = look
    xero_connection.client(world.parts).accounts()
    assert seen[0][0] == seen[0][1]


def race(world: ConsentWorld, threads: int = 8) -> list[str]:
    """Tokens that as many threads got at the same moment."""
    start = threading.Barrier(threads)

    def ask(_: int) -> str:
        with database.connection_context():
            start.wait()
            return xero_tokens.access_token(world.parts)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(ask, range(threads)))


def test_eight_threads_with_an_expired_token_refresh_once_and_share_the_result(world):
    world.clock.advance(minutes=40)
    assert len(set(race(world))) == 1
    assert world.sent(TOKEN) == 1


def test_processes_are_kept_apart_by_the_lease_alone(world, monkeypatch):
    class NoLock:  # what another process knows of our lock
        def acquire(self, blocking=True):
            return True

        def release(self):
            pass

    monkeypatch.setattr(xero_tokens, "_refreshing", NoLock())
    world.clock.advance(minutes=40)
    assert len(set(race(world, 4))) == 1
    assert world.sent(TOKEN) == 1


def token_in_another_process(folder: Path, moment: datetime, start, answers) -> None:
    joined = assemble(make_config(folder / "data"), FixedClock(moment))
    world = ConsentWorld(joined, folder / "sandbox")
    start.wait(30)
    token = xero_tokens.access_token(world.parts)
    answers.put((token, world.sent(TOKEN)))


def test_three_real_processes_refresh_once_and_share_the_result(world, tmp_path):
    world.clock.advance(minutes=40)
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(3), spawn.Queue()
    task = (tmp_path, world.clock.now(), start, answers)
    processes = [spawn.Process(target=token_in_another_process, args=task) for _ in range(3)]
    for process in processes:
        process.start()
    got = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
    assert len({token for token, _ in got}) == 1
    assert sum(refreshes for _, refreshes in got) == 1


def tokens_in_another_process(folder: Path, moment: datetime, threads: int, start, answers) -> None:
    joined = assemble(make_config(folder / "data"), FixedClock(moment))
    world = ConsentWorld(joined, folder / "sandbox")
    start.wait(60)
    got = race(world, threads)
    answers.put((got, world.sent(TOKEN)))


def test_fifty_threads_in_two_processes_refresh_once_and_share_the_result(world, tmp_path):
    world.clock.advance(minutes=40)
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(2), spawn.Queue()
    task = (tmp_path, world.clock.now(), 25, start, answers)
    processes = [spawn.Process(target=tokens_in_another_process, args=task) for _ in range(2)]
    for process in processes:
        process.start()
    outcomes = [answers.get(timeout=90) for _ in processes]
    for process in processes:
        process.join(30)
    tokens = [token for got, _ in outcomes for token in got]
    assert (len(tokens), len(set(tokens))) == (50, 1)
    assert sum(refreshes for _, refreshes in outcomes) == 1


def test_while_another_process_refreshes_the_old_token_serves_without_waiting(world):
    old = stored(world, "access")
    world.clock.advance(minutes=27)
    leases.claim(xero_tokens.LEASE, world.clock.now(), 300)
    assert xero_tokens.access_token(world.parts) == old
    assert world.sent(TOKEN) == 0


def test_a_refresher_that_died_holds_nobody_up_for_ever(world):
    leases.claim(xero_tokens.LEASE, world.clock.now(), xero_tokens.LEASE_SECONDS)
    world.clock.advance(minutes=40)
    assert xero_tokens.access_token(world.parts)


def test_waiting_for_another_refresher_ends_with_a_sentence(world, monkeypatch):
    monkeypatch.setattr(xero_tokens, "WAIT_SECONDS", 0.2)
    world.clock.advance(minutes=40)
    leases.claim(xero_tokens.LEASE, world.clock.now(), 300)
    with pytest.raises(errors.NoToken, match="Try again in a minute"):
        xero_tokens.access_token(world.parts)


def test_a_disconnect_in_the_middle_of_a_refresh_is_not_undone_by_it(world):
    world.clock.advance(minutes=40)

    def disconnect_meanwhile(environ):
        if environ["PATH_INFO"] == "/connect/token":
            XeroConnection.update(state="disconnected", refresh_sealed=None, access_sealed=None).execute()

    world.intercept = disconnect_meanwhile
    with pytest.raises(NotConnected, match="changed meanwhile"):
        xero_tokens.access_token(world.parts)
    assert (world.link.state, world.link.refresh_sealed) == ("disconnected", None)


def test_a_client_does_not_follow_the_workspace_to_another_organisation(world):
    client = xero_connection.client(world.parts)
    XeroConnection.update(tenant_id="another").execute()
    with pytest.raises(NotConnected, match="another organisation"):
        client.accounts()
    assert world.requests == []


# --- grace ----------------------------------------------------------------------------------------


def test_a_lost_answer_is_asked_for_again_with_the_same_token(world):
    world.clock.advance(minutes=40)
    world.fault("POST", "/connect/token", "drop_after")
    xero_connection.client(world.parts).accounts()
    assert world.sent(TOKEN) == 2


def test_answers_lost_twice_cost_nothing_when_xero_is_back_within_the_half_hour(world):
    world.clock.advance(minutes=40)
    world.fault("POST", "/connect/token", "drop_after", times=2)
    with pytest.raises(errors.NoAnswer):
        xero_tokens.access_token(world.parts)
    world.clock.advance(minutes=20)
    xero_connection.client(world.parts).accounts()
    assert xero_connection.card(world.parts).is_connected


def spoil_the_current_token(world: ConsentWorld) -> None:
    sealed = token_vault.of(world.parts.config).seal("spent", xero_tokens.place("refresh"))
    XeroConnection.update(refresh_sealed=sealed).execute()


def test_the_token_before_is_tried_once_when_the_current_one_is_called_spent(world):
    world.clock.advance(minutes=26)
    xero_tokens.keep_alive(world.parts)
    spoil_the_current_token(world)
    world.clock.advance(minutes=26)
    world.requests.clear()
    xero_connection.client(world.parts).accounts()
    assert world.sent(TOKEN) == 2
    assert xero_connection.card(world.parts).is_connected


def test_after_half_an_hour_the_token_before_is_not_tried_any_more(world):
    world.clock.advance(minutes=26)
    xero_tokens.keep_alive(world.parts)
    spoil_the_current_token(world)
    world.clock.advance(minutes=31)
    world.requests.clear()
    with pytest.raises(NotConnected):
        xero_connection.client(world.parts)
    assert world.sent(TOKEN) == 1
    assert "Reconnect Xero" in reason(world)


# --- the three causes, and what is none -----------------------------------------------------------


def test_sixty_idle_days_end_the_connection_with_a_sentence(world):
    world.clock.advance(days=61)
    with pytest.raises(NotConnected) as raised:
        xero_connection.client(world.parts)
    assert raised.value.message == reason(world)
    assert "60 days" in reason(world)
    world.requests.clear()
    with pytest.raises(NotConnected, match="60 days"):
        xero_connection.client(world.parts)
    assert world.requests == [], "Xero is not asked again until somebody reconnects"


def test_reconnecting_makes_it_whole_again(world):
    world.clock.advance(days=61)
    with pytest.raises(NotConnected):
        xero_connection.client(world.parts)
    assert world.connect() == "connected"
    assert xero_connection.card(world.parts).reason == ""
    xero_connection.client(world.parts).accounts()


def test_an_organisation_taken_away_at_xero_is_told_as_that(world):
    client = xero_connection.client(world.parts)
    token = xero_tokens.access_token(world.parts)
    link = f"{world.base}/connections/{world.link.connection_id}"
    assert world.http().delete(link, headers={"Authorization": f"Bearer {token}"}).status_code == 204
    with pytest.raises(errors.OrganisationGone):
        client.accounts()
    assert f"disconnected from {UK} at Xero" in reason(world)


def test_a_lowered_role_is_told_and_keeps_the_connection(world, requests_mock):
    requests_mock.get(f"{world.base}/api.xro/2.0/Accounts", status_code=403, text="")
    requests_mock.get(
        f"{world.base}/connections",
        json=[{"id": "c", "tenantId": world.link.tenant_id, "tenantName": UK, "tenantType": "ORGANISATION"}],
    )
    with pytest.raises(errors.AccessRefused, match="lower role"):
        xero_connection.client(world.parts).accounts()
    assert xero_connection.card(world.parts).is_connected


def test_a_403_while_xero_cannot_be_asked_why_keeps_the_connection(world, requests_mock):
    requests_mock.get(f"{world.base}/api.xro/2.0/Accounts", status_code=403, text="")
    requests_mock.get(f"{world.base}/connections", status_code=503, text="")
    with pytest.raises(errors.AccessRefused, match="could not be asked why") as raised:
        xero_connection.client(world.parts).accounts()
    assert "lower role" not in raised.value.message
    assert xero_connection.card(world.parts).is_connected


@pytest.mark.parametrize("answer", [
    {"status_code": 403, "text": "<html>no</html>", "headers": {"Content-Type": "text/html"}},
    {"status_code": 404, "text": ""}, {"status_code": 400, "json": {"error": "invalid_request"}},
])  # fmt: skip
def test_a_sign_in_that_turns_us_away_while_renewing_is_told_as_that(world, requests_mock, answer):
    requests_mock.post(f"{world.base}/connect/token", **answer)
    world.clock.advance(minutes=40)
    for call in (lambda: xero_connection.client(world.parts), lambda: writing(world)):
        with pytest.raises(errors.XeroError, match="Xero's sign-in turned TrueBooks away") as raised:
            call()
        assert not raised.value.outcome_unknown
    assert xero_connection.card(world.parts).is_connected


def writing(world) -> None:
    """A write whose token ran out once the client was there: its own error must not be taken for the document's."""
    world.clock.advance(minutes=-40)
    client = xero_connection.client(world.parts)
    world.clock.advance(minutes=40)
    client.void("invoice", "document-1")


UNSENDABLE = {"access_token": ["a\u20acb", "a\r\nX: y", "\ud800", " ", "a b"], "refresh_token": ["\ud800", "\u20ac"],
              "scope": ["\ud800"]}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in UNSENDABLE for value in UNSENDABLE[name]])
def test_a_token_that_http_cannot_carry_is_never_stored_and_the_old_one_works_again(world, name, value):
    before = world.link
    world.rewrite = lambda path, answer: (
        json.dumps(json.loads(answer) | {name: value}).encode() if path == "/connect/token" else answer)
    world.clock.advance(minutes=40)
    with pytest.raises(errors.Unreadable):
        xero_connection.client(world.parts)
    assert world.link.__data__ == before.__data__
    world.rewrite = lambda path, answer: answer
    assert xero_connection.client(world.parts).accounts()


def test_a_good_answer_that_says_invalid_grant_ends_no_connection(world, requests_mock):
    requests_mock.post(f"{world.base}/connect/token", json={"error": "invalid_grant"})
    world.clock.advance(minutes=40)
    with pytest.raises(errors.Unreadable):
        xero_connection.client(world.parts)
    assert xero_connection.card(world.parts).is_connected


@pytest.mark.parametrize("read", [
    lambda client: client.organisation(), lambda client: client.accounts(), lambda client: client.contacts(),
    lambda client: client.get_document("invoice", "document-1"), lambda client: client.find_documents("invoice", "K"),
])  # fmt: skip
def test_a_question_whose_answer_cannot_be_typed_never_speaks_of_what_xero_did(world, requests_mock, read):
    requests_mock.get(re.compile("/api.xro/"), json={"Something": "else"})
    with pytest.raises(errors.Unreadable) as raised:
        read(xero_connection.client(world.parts))
    assert raised.value.message == errors.Unreadable.when_asked


def test_a_missing_permission_asks_for_a_reconnect_naming_it(world, requests_mock):
    XeroConnection.update(
        scopes="openid profile email offline_access accounting.invoices accounting.contacts"
    ).execute()
    requests_mock.get(
        f"{world.base}/api.xro/2.0/Accounts",
        status_code=401,
        text="",
        headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    )
    with pytest.raises(errors.ScopeMissing, match="to read accounts, tax rates"):
        xero_connection.client(world.parts).accounts()
    assert "lacks a permission" in reason(world)


@pytest.mark.parametrize("answer", [
    {"status_code": 429, "text": "", "headers": {"Retry-After": "60"}}, {"status_code": 500, "text": ""},
    {"status_code": 503, "text": ""}, {"status_code": 400, "json": {"error": "invalid_client"}},
    {"status_code": 400, "json": {"error": "invalid_request"}}, {"status_code": 200, "text": "<html>"},
    {"exc": requests.ReadTimeout},
])  # fmt: skip
def test_limits_outages_and_nonsense_never_cost_the_connection(world, requests_mock, answer):
    before = world.link
    requests_mock.post(f"{world.base}/connect/token", **answer)
    world.clock.advance(minutes=40)
    with pytest.raises(errors.XeroError):
        xero_connection.client(world.parts)
    assert world.link.__data__ == before.__data__


def test_while_the_old_token_still_lives_an_outage_of_the_identity_host_is_not_even_noticed(world, requests_mock):
    requests_mock.post(f"{world.base}/connect/token", status_code=503, text="")
    requests_mock.get(f"{world.base}/api.xro/2.0/Accounts", json={"Accounts": []})
    world.clock.advance(minutes=28)
    assert xero_connection.client(world.parts).accounts() == []


def test_a_lost_key_is_told_and_costs_nothing(world, tmp_path):
    other = replace(world.parts, config=make_config(tmp_path / "data", token_keys="2:" + "ef" * 32))
    with pytest.raises(CannotOpen, match="TOKEN_KEYS"):
        xero_connection.client(other)
    xero_connection.client(world.parts).accounts()


def test_changing_the_keys_needs_no_reconnect(world, tmp_path):
    ring = f"2:{'ef' * 32},{world.parts.config.token_keys}"
    rotated = replace(world.parts, config=make_config(tmp_path / "data", token_keys=ring))
    xero_connection.client(rotated).accounts()
    world.clock.advance(minutes=26)
    xero_tokens.keep_alive(rotated)
    assert world.link.refresh_sealed[0] == 2
