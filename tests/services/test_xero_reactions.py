"""Each thing that can go wrong at Xero has its own error, its own sentence, and one right reaction.

Here the sandbox makes it happen, over the whole way from a service to the card. What the sandbox's
switches leave open about the real Xero is tried both ways.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from models import Setting, XeroConnection
from services import reference_data, xero_connection, xero_tokens
from services.errors import AppError, NotConnected
from services.xero import errors
from tests.xero.consent_world import ANNA, ConsentWorld

ACCOUNTS = "/api.xro/2.0/Accounts"
TOKEN = "POST /connect/token"


@dataclass(frozen=True)
class Reaction:
    """``sentence``: a part of what is told; ``state``: the card then; ``passes``: the next call works by itself."""

    error: type[AppError]
    sentence: str
    state: str = "connected"
    passes: bool = True
    writing: bool = False  # happens to writes only


def fault(name: str, path: str = ACCOUNTS, times: int = 1) -> Callable[[ConsentWorld], None]:
    return lambda world: world.fault("*", path, name, times)


def revoke_later(world: ConsentWorld) -> None:
    xero_tokens.sign_in(world.parts).revoke(xero_tokens.refresh_token(world.parts, world.link))
    world.clock.advance(minutes=31)


def lower_the_role(status: str) -> Callable[[ConsentWorld], None]:
    return lambda world: world.switch(user_role="read_only", lowered_role_status=status)


def take_a_permission(world: ConsentWorld) -> None:
    """As if the consent had left one out: the token that Xero gives next lacks it."""
    world.http().get(f"{world.base}/sandbox/")  # the sandbox is there
    with world.sandbox.parts.store.write() as db:
        for table in ("grants", "refresh_tokens"):
            db.execute(f"UPDATE {table} SET scopes = replace(scopes, 'accounting.settings.read', '')")
    world.clock.advance(minutes=26)


def forget_permission(status: str, body: str, spelling: str = "insufficient_scope") -> Callable[[ConsentWorld], None]:
    def act(world: ConsentWorld) -> None:
        world.switch(missing_scope=status, missing_scope_body=body, scope_error_spelling=spelling)
        take_a_permission(world)

    return act


ROLE = Reaction(errors.AccessRefused, "may have been given a lower role", passes=False, writing=True)
SCOPE = Reaction(NotConnected, "lacks a permission (to read accounts, tax rates", "reconnect_required", passes=False)
GONE = Reaction(NotConnected, "was disconnected from TrueBooks Demo (UK) at Xero", "reconnect_required", passes=False)
GRANT = Reaction(NotConnected, "no longer accepts TrueBooks' sign-in", "reconnect_required", passes=False)

# What happens → how often it does at once (reading is tried three times) → the reaction.
TABLE: dict[str, tuple[Callable[[ConsentWorld], None], Reaction]] = {
    "the connection is lost before Xero heard it": (
        fault("drop_before", times=3), Reaction(errors.NoAnswer, "did not answer when it was asked")),
    "the answer is lost": (fault("drop_after", times=3), Reaction(errors.NoAnswer, "Try again in a minute")),
    "an error of Xero's own": (fault("500_before"), Reaction(errors.ServerError, "an error of its own")),
    "an error of Xero's own, once all is done": (
        fault("500_after"), Reaction(errors.ServerError, "an error of its own when it was asked")),
    "a proxy's error": (fault("502"), Reaction(errors.ServerError, "an error of its own")),
    "maintenance": (fault("503", times=3), Reaction(errors.Unavailable, "offline for the moment")),
    "an answer that breaks off": (fault("truncated"), Reaction(errors.Unreadable, "cannot read")),
    "a web page instead of an answer": (fault("html"), Reaction(errors.Unreadable, "cannot read")),
    "the minute's calls are used up": (
        fault("429_minute"), Reaction(errors.RateLimited, "so many calls a minute; it takes calls again in 26 seconds",
                                      passes=False)),
    "the whole app's minute is used up": (
        fault("429_appminute"), Reaction(errors.RateLimited, "calls again in 26 seconds", passes=False)),
    "the day's calls are used up": (
        fault("429_day"), Reaction(
            errors.RateLimited, "daily limit of calls for this organisation is used up; it takes calls again in 23 "
            "hours, at 10:30 UTC on 2 June", passes=False)),
    "too many calls at once": (
        fault("429_concurrent", times=3), Reaction(errors.RateLimited, "still busy with other calls")),
    "the user's role was lowered (403)": (lower_the_role("403"), ROLE),
    "the user's role was lowered (401)": (lower_the_role("401"), ROLE),
    "the organisation was disconnected at Xero": (fault("disconnected"), GONE),
    "TrueBooks was revoked at Xero": (fault("revoked"), GONE),
    "TrueBooks was revoked at Xero, and its access token has run out": (revoke_later, GRANT),
    "sixty days without use": (lambda world: world.clock.advance(days=61), GRANT),
    "a permission is missing (401)": (forget_permission("401", "json"), SCOPE),
    "a permission is missing (401 without a body)": (forget_permission("401", "empty"), SCOPE),
    "a permission is missing (401, as Xero spells it)": (
        forget_permission("401", "empty", "insufficent_scope"), SCOPE),
    "a permission is missing (403)": (forget_permission("403", "json"), SCOPE),
}


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.connect()
    world.requests.clear()
    return world


def ask(world: ConsentWorld, writing: bool = False) -> AppError | None:
    """What a read of the accounts, or a draft written, ends in."""
    draft = {"Invoices": [{"Type": "ACCREC", "Status": "DRAFT", "Contact": {"Name": "x"}, "LineItems": [
        {"Description": "x", "Quantity": 1, "UnitAmount": 1}]}]}
    try:
        client = xero_connection.client(world.parts)
        client.create_document("invoice", draft, "key-1") if writing else client.accounts()
    except AppError as error:
        return error
    return None


def test_a_standard_user_without_reports_is_told_what_manual_journals_need(world):
    Setting.create(name="post_as", value="manual_journal", changed_at=world.clock.now(), changed_by="ann")
    world.connect()
    world.switch(user_role="standard_without_reports")
    with pytest.raises(errors.AccessRefused, match="permission for reports"):
        xero_connection.client(world.parts).write("PUT", "ManualJournals", {"ManualJournals": [{}]})
    assert xero_connection.card(world.parts).is_connected


@pytest.mark.parametrize("what", TABLE)
def test_each_has_its_error_its_sentence_and_its_reaction(world, what):
    happen, expected = TABLE[what]
    happen(world)
    first = ask(world, expected.writing)
    assert first is not None
    assert expected.sentence in first.message
    card = xero_connection.card(world.parts)
    assert card.state == expected.state
    if expected.state == "reconnect_required":
        assert expected.sentence in card.reason
        world.requests.clear()
        assert isinstance(ask(world, expected.writing), NotConnected)
        assert world.requests == [], "Xero is left alone until somebody reconnects"
    else:
        assert type(first) is expected.error
        assert card.reason == ""
        assert (ask(world, expected.writing) is None) is expected.passes


def test_no_two_of_them_share_a_sentence_where_the_user_must_do_different_things():
    actions = {
        errors.NotSent: "Check the internet connection", errors.NoAnswer: "Try again in a minute",
        errors.Unavailable: "Try again in some minutes", errors.AccessRefused: "ask for the Standard or Adviser role",
        errors.ScopeMissing: "reconnect Xero, allowing everything", errors.OrganisationGone: "reconnect Xero",
    }
    sentences = [kind.sentence for kind in actions]
    assert len(set(sentences)) == len(sentences)
    for kind, action in actions.items():
        assert action in kind.sentence


def test_an_access_token_that_xero_calls_expired_is_renewed_without_the_user_noticing(world):
    world.fault("GET", ACCOUNTS, "401_expired")
    assert ask(world) is None
    assert world.sent(TOKEN) == 1


def test_a_401_that_lasts_costs_one_renewal_and_is_told_as_what_it_is(world):
    world.fault("GET", ACCOUNTS, "401_expired", times=99)
    for _ in range(4):
        error = ask(world)
        assert type(error) is errors.RenewedTokenRefused
        assert "although it was renewed just now" in error.message
    assert world.sent(TOKEN) == 1
    assert xero_connection.card(world.parts).is_connected


def test_once_the_renewed_token_has_had_its_time_a_401_renews_again(world):
    world.fault("GET", ACCOUNTS, "401_expired", times=2)
    assert isinstance(ask(world), errors.RenewedTokenRefused)
    world.clock.advance(minutes=26)
    world.fault("GET", ACCOUNTS, "401_expired")
    assert ask(world) is None
    assert world.sent(TOKEN) == 3, "forced, in time, forced"


def test_a_renewal_by_a_clock_that_was_wrong_does_not_stand_in_the_way(world):
    world.fault("GET", ACCOUNTS, "401_expired")
    world.clock.advance(days=1)
    assert ask(world) is None
    world.clock.advance(days=-1)
    world.fault("GET", ACCOUNTS, "401_expired")
    assert ask(world) is None


def during(world: ConsentWorld, path: str, act: Callable[[], object]) -> None:
    """``act`` happens while the first call to ``path`` is under way, before its answer."""
    def intercept(environ) -> None:
        if environ["PATH_INFO"] == path:
            world.intercept = lambda environ: None
            act()

    world.intercept = intercept


def test_a_permission_that_an_old_token_lacked_does_not_turn_a_link_that_was_just_renewed(world):
    take_a_permission(world)
    xero_tokens.access_token(world.parts)
    during(world, ACCOUNTS, world.connect)
    assert isinstance(ask(world), errors.ScopeMissing)
    assert xero_connection.card(world.parts).is_connected
    assert ask(world) is None


def test_a_403_to_an_old_token_does_not_turn_a_link_that_was_just_renewed(world):
    def renew() -> None:
        with xero_tokens.alone(world.parts):
            xero_tokens.usable_token(world.parts, world.link)

    world.fault("GET", ACCOUNTS, "disconnected")
    during(world, ACCOUNTS, renew)
    assert isinstance(ask(world), errors.AccessRefused)
    assert xero_connection.card(world.parts).is_connected


@pytest.mark.parametrize("meanwhile", [
    {"tenant_id": "another"}, {"access_sealed": None}], ids=["another organisation", "disconnected"])
def test_an_answer_for_what_was_left_meanwhile_turns_nothing(world, meanwhile):
    world.fault("GET", ACCOUNTS, "disconnected")
    during(world, ACCOUNTS, lambda: XeroConnection.update(**meanwhile).execute())
    assert isinstance(ask(world), errors.AccessRefused)
    assert xero_connection.card(world.parts).state == "connected"
    assert world.link.reason == ""


def test_a_lowered_role_asks_for_no_new_tokens(world):
    world.switch(user_role="read_only", lowered_role_status="401")
    ask(world, writing=True)
    assert world.sent(TOKEN) == 0


def test_when_the_role_is_restored_work_goes_on(world):
    world.switch(user_role="read_only")
    assert isinstance(ask(world, writing=True), errors.AccessRefused)
    world.switch(user_role="standard")
    assert ask(world, writing=True) is None


@pytest.mark.parametrize("ended", ["valid", "ended"])
def test_a_refresh_that_ends_the_old_access_token_does_no_harm_to_calls_under_way(world, ended):
    world.switch(access_after_refresh=ended)
    client = xero_connection.client(world.parts)
    world.clock.advance(minutes=16)
    xero_tokens.keep_alive(world.parts)
    assert client.accounts()


@pytest.mark.parametrize("both", ["both", "first_only"])
def test_whatever_xero_makes_of_two_refreshes_at_once_we_make_one_after_the_other(world, both):
    world.switch(concurrent_refresh=both)
    world.clock.advance(minutes=40)
    world.fault("POST", "/connect/token", "drop_after")
    world.clock.advance(seconds=1)
    xero_tokens.keep_alive(world.parts)
    assert xero_connection.card(world.parts).is_connected


def test_a_limit_on_the_token_endpoint_costs_nothing(world):
    world.switch(identity_limit="minute")
    world.fault("POST", "/connect/token", "429_minute")
    world.clock.advance(minutes=20)
    with pytest.raises(errors.NoToken):
        xero_tokens.keep_alive(world.parts)
    assert ask(world) is None, "the old token serves meanwhile"
    world.clock.advance(minutes=1)
    assert xero_tokens.keep_alive(world.parts)


def test_the_minute_that_xero_counts_is_held_to_by_a_whole_sync(world):
    world.limit(minute=3)
    world.clock.advance(minutes=2)
    with pytest.raises(errors.RateLimited, match="a minute"):
        reference_data.sync(world.parts, ANNA)
    asked = len(world.requests)
    with pytest.raises(errors.RateLimited):
        reference_data.sync(world.parts, ANNA)
    assert len(world.requests) == asked, "nobody knocks until the minute is over"
    world.limit(minute=60)
    world.clock.advance(minutes=1)
    assert reference_data.sync(world.parts, ANNA).calls == 6


def test_the_day_that_xero_counts_ends_in_words_and_opens_again(world):
    left = xero_connection.card(world.parts).day_remaining
    world.limit(day=1000 - left)
    assert isinstance(ask(world), errors.RateLimited)
    until = xero_connection.card(world.parts).parked_until
    assert timedelta(0) < until - world.clock.now() <= timedelta(days=1)
    world.limit(day=1000)
    for _ in itertools.takewhile(lambda _: world.clock.now() < until, itertools.count()):
        world.clock.advance(hours=1)
    assert ask(world) is None
