"""Connecting Xero through the sandbox's consent page, and every way it may not be done."""

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from models import AuditEntry, Lease, OAuthAttempt, Setting, XeroConnection, database
from sandbox.xero import ledger
from services import (
    job_runs,
    jobs,
    reference_data,
    xero_connection,
    xero_farewell,
    xero_permissions,
    xero_tokens,
)
from services.errors import AppError, NotConnected, Refused
from services.xero import errors, scopes
from tests.xero.consent_world import ANNA, BROWSER, UK, UNREGISTERED, US, ConsentWorld

CALLBACK = "POST /connect/token"


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    return ConsentWorld(parts, tmp_path / "sandbox")


def begun(world: ConsentWorld, **choices) -> dict[str, str]:
    """The query of the callback of a sign-in started in Anna's browser."""
    return world.consent(xero_connection.begin(world.parts, ANNA, BROWSER), **choices)


def finish(world: ConsentWorld, query: dict[str, str], browser: str = BROWSER) -> str:
    return xero_connection.finish(world.parts, query, browser, ANNA)


def audited(action: str) -> list[dict]:
    return [entry.facts for entry in AuditEntry.select().where(AuditEntry.action == action)]


# --- connecting -----------------------------------------------------------------------------------


def test_before_anything_the_card_says_disconnected(world):
    card = xero_connection.card(world.parts)
    assert (card.state, card.organisation, card.is_connected) == ("disconnected", "", False)
    with pytest.raises(NotConnected, match=r"not connected yet.*Settings → Account"):
        xero_connection.client(world.parts)


def test_connecting_shows_the_organisation_when_and_by_whom(world):
    assert world.connect() == "connected"
    card = xero_connection.card(world.parts)
    assert (card.state, card.organisation, card.linked_by) == ("connected", UK, "anna@example.com")
    assert card.linked_at == card.refreshed_at == world.clock.now()
    assert card.day_remaining is not None
    assert audited("xero.connected") == [{"organisation": UK}]


def test_right_after_connecting_the_reference_data_is_there(world):
    world.connect()
    status = reference_data.status(world.parts)
    assert status.last_good.calls == 6
    assert status.last_good.started_by == "anna@example.com"


def test_a_first_sync_that_fails_leaves_the_connection_and_says_so(world):
    world.fault("GET", "/api.xro/2.0/TaxRates", "500_before")
    assert world.connect() == "connected"
    assert xero_connection.card(world.parts).is_connected
    assert "Xero had an error of its own" in reference_data.status(world.parts).last_error


def test_the_client_works_for_the_organisation_that_was_picked(world):
    world.connect(US)
    assert xero_connection.client(world.parts).organisation().base_currency == "USD"


def test_only_what_is_needed_is_asked_for():
    asked = " ".join(name for permission in xero_permissions.needed() for name in permission.names)
    assert (
        asked == "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings.read"
    )
    assert scopes.NEVER_ASKED == ("bank feeds", "payroll", "employees")


def post_journals(world) -> None:
    Setting.create(name="post_as", value="manual_journal", changed_at=world.clock.now(), changed_by="ann")


def test_manual_journals_are_asked_for_only_by_a_workspace_that_posts_them(world):
    assert "manualjournals" not in xero_connection.begin(world.parts, ANNA, BROWSER)
    post_journals(world)
    assert "accounting.manualjournals" in xero_connection.begin(world.parts, ANNA, BROWSER)
    assert "to read and write manual journals" in [each.asks for each in xero_permissions.needed()]


def test_a_permission_needed_since_is_told_on_the_card_until_somebody_reconnects(world):
    world.connect()
    assert xero_connection.card(world.parts).lacks == ""
    post_journals(world)
    card = xero_connection.card(world.parts)
    assert (card.is_connected, card.lacks) == (True, "to read and write manual journals")
    world.connect()
    assert xero_connection.card(world.parts).lacks == ""


# --- callbacks that are refused -------------------------------------------------------------------


def test_pressing_cancel_changes_nothing(world):
    query = begun(world, decision="cancel")
    with pytest.raises(xero_connection.AuthorisationCancelled, match=r"^Authorisation cancelled"):
        finish(world, query)
    assert xero_connection.card(world.parts).state == "disconnected"
    assert world.sent(CALLBACK) == 0
    with pytest.raises(xero_connection.CallbackRefused):  # nothing is left half-open
        finish(world, {"state": query["state"], "code": "guess"})


def test_cancelling_a_reconnect_leaves_the_connection_as_it_was(world):
    world.connect()
    before = world.link
    with pytest.raises(xero_connection.AuthorisationCancelled):
        finish(world, begun(world, decision="cancel"))
    assert world.link.__data__ == before.__data__


def test_a_callback_used_twice_is_refused_and_asks_xero_nothing(world):
    query = begun(world)
    finish(world, query)
    with pytest.raises(xero_connection.CallbackRefused, match="used already"):
        finish(world, query)
    assert world.sent(CALLBACK) == 1
    assert xero_connection.card(world.parts).is_connected


def test_a_callback_in_another_browser_is_refused_and_stays_open_for_the_right_one(world):
    query = begun(world)
    for other in ("mallory's browser", ""):
        with pytest.raises(xero_connection.CallbackRefused, match="started in this browser"):
            finish(world, query, other)
    assert world.sent(CALLBACK) == 0
    assert finish(world, query) == "connected"


@pytest.mark.parametrize("change", [
    {"state": "forged"}, {"state": ""}, {"code": ""}, {"error": "server_error"}, {"iss": "https://evil.example"},
])  # fmt: skip
def test_a_forged_or_broken_callback_spends_no_code(world, change):
    query = begun(world)
    with pytest.raises(AppError) as raised:
        finish(world, query | change)
    assert "press Connect Xero" in raised.value.message
    assert world.sent(CALLBACK) == 0
    assert xero_connection.card(world.parts).state == "disconnected"


def test_a_callback_without_anything_is_refused(world):
    with pytest.raises(xero_connection.CallbackRefused):
        finish(world, {})


def test_a_sign_in_left_lying_for_half_an_hour_is_refused(world):
    query = begun(world)
    world.clock.advance(minutes=31)
    with pytest.raises(xero_connection.CallbackRefused, match="more than 30 minutes ago"):
        finish(world, query)


def test_a_code_that_ran_out_at_xero_is_told(world):
    query = begun(world)
    world.clock.advance(minutes=6)
    with pytest.raises(errors.GrantInvalid, match="press Connect Xero to start again"):
        finish(world, query)
    assert xero_connection.card(world.parts).state == "disconnected"


def test_old_attempts_do_not_pile_up(world):
    xero_connection.begin(world.parts, ANNA, BROWSER)
    world.clock.advance(days=2)
    xero_connection.begin(world.parts, ANNA, BROWSER)
    assert OAuthAttempt.select().count() == 1


def test_a_lost_answer_of_the_token_endpoint_leaves_everything_as_it_was(world):
    query = begun(world)
    world.fault("POST", "/connect/token", "drop_after")
    with pytest.raises(errors.NoAnswer):
        finish(world, query)
    assert xero_connection.card(world.parts).state == "disconnected"


# --- which organisation ---------------------------------------------------------------------------


def test_a_xero_user_without_an_organisation_is_told_what_to_do(world):
    query = begun(world, organisation="No organisation")
    with pytest.raises(xero_connection.NoOrganisation, match=r"^No Xero organisation found.*Demo Company"):
        finish(world, query)
    assert xero_connection.card(world.parts).state == "disconnected"
    assert world.sent("POST /connect/revocation") == 1


def test_reconnecting_with_the_same_organisation_renews_the_link(world):
    world.connect()
    world.clock.advance(days=1)
    world.connect()
    assert world.link.linked_at == world.clock.now()


def test_reconnecting_with_another_organisation_is_refused_naming_both(world):
    world.connect(UK)
    before = world.link
    with pytest.raises(xero_connection.OtherOrganisation) as raised:
        world.connect(US)
    assert UK in raised.value.message
    assert US in raised.value.message
    assert world.link.refresh_sealed == before.refresh_sealed
    assert xero_connection.client(world.parts).organisation().name == UK


def test_a_demo_company_that_was_reset_is_known_as_another_of_the_same_name(world):
    world.connect(UK)
    XeroConnection.update(tenant_id="before-the-reset").execute()
    with pytest.raises(xero_connection.OtherOrganisation, match="another organisation that is called TrueBooks Demo"):
        world.connect(UK)


def test_the_other_organisation_is_let_go_of_again(world):
    world.connect(UK)
    with pytest.raises(xero_connection.OtherOrganisation):
        world.connect(US)
    assert len([line for line in world.requests if line.startswith("DELETE /connections/")]) == 1
    xero_connection.disconnect(world.parts, ANNA)
    assert world.sent("POST /connect/revocation") == 1, "no organisation was left connected"


def test_after_disconnecting_another_organisation_may_be_connected(world):
    world.connect(UK)
    xero_connection.disconnect(world.parts, ANNA)
    world.connect(US)
    assert xero_connection.card(world.parts).organisation == US


def another_truebooks_connected(world: ConsentWorld, organisation: str) -> None:
    """With the same app and its user, some time ago."""
    world.connect(organisation)
    XeroConnection.delete().execute()
    world.clock.advance(hours=2)


def test_reconnecting_with_one_that_another_truebooks_brought_is_refused_naming_both(world):
    another_truebooks_connected(world, US)
    world.connect(UK)
    before = world.link
    with pytest.raises(xero_connection.OtherOrganisation, match=rf"belongs to {re.escape(UK)}.*picked {re.escape(US)}"):
        world.connect(US)
    assert world.link.__data__ == before.__data__
    assert world.at_xero() == {UK, US}


def without_times(path: str, answer: bytes) -> bytes:
    """Xero does not say when a connection was last touched."""
    if path != "/connections" or not answer.startswith(b"["):
        return answer
    return json.dumps([each | {"updatedDateUtc": None} for each in json.loads(answer)]).encode()


def test_where_xeros_times_do_not_tell_which_was_picked_the_workspace_stays_with_its_own(world):
    another_truebooks_connected(world, US)
    world.connect(UK)
    world.rewrite = without_times
    assert world.connect(US) == "connected"
    assert xero_connection.card(world.parts).organisation == UK


def test_a_time_long_past_says_nothing_about_this_consent(world):
    """Should Xero not touch a connection when it is consented to again, the right one is still taken."""
    world.connect(UK)
    with world.sandbox.parts.store.read() as db:
        first = db.execute("SELECT updated_ms FROM connections").fetchone()[0]
    world.clock.advance(hours=2)
    query = begun(world, organisation=UK)
    with world.sandbox.parts.store.write() as db:
        db.execute("UPDATE connections SET updated_ms = ?", (first,))
        db.execute("INSERT INTO connections SELECT 'other', client_id, ?, 'other-event', ?, ? FROM connections",
                   (tenant_named(world, US), first + 60_000, first + 60_000))
    assert finish(world, query) == "connected"


def tenant_named(world: ConsentWorld, name: str) -> str:
    with world.sandbox.parts.store.read() as db:
        return next(each["OrganisationID"] for each in ledger.organisations(db) if each["Name"] == name)


def test_of_several_ticked_an_organisation_that_xero_knew_before_is_offered_too(world):
    another_truebooks_connected(world, UK)
    world.switch(consent_organisations="several")
    assert world.connect((UK, US)) == "choosing"
    assert sorted(choice.name for choice in xero_connection.card(world.parts).choices) == [UK, US]
    choose(world, US)
    assert world.at_xero() == {UK, US}, "the other TrueBooks keeps its own"


def test_a_reconnect_that_ticks_its_own_organisation_and_another_keeps_its_own(world):
    world.connect(UK)
    world.switch(consent_organisations="several")
    assert world.connect((UK, US)) == "connected"
    assert xero_connection.card(world.parts).organisation == UK
    assert world.at_xero() == {UK}
    assert xero_connection.client(world.parts).organisation().name == UK


def test_a_list_without_organisations_on_reconnecting_costs_no_working_connection(world):
    world.connect(UK)
    before = world.link
    world.rewrite = lambda path, answer: b"[]" if path == "/connections" else answer
    with pytest.raises(xero_connection.NoOrganisation, match=rf"stays tied to {re.escape(UK)}"):
        world.connect(UK)
    world.rewrite = lambda path, answer: answer
    assert world.sent("POST /connect/revocation") == 0
    assert world.link.__data__ == before.__data__
    assert xero_connection.client(world.parts).organisation().name == UK


def test_a_list_without_organisations_while_choosing_leaves_the_choice(world):
    world.switch(consent_organisations="several")
    world.connect((UK, US))
    world.rewrite = lambda path, answer: b"[]" if path == "/connections" else answer
    with pytest.raises(xero_connection.NoOrganisation):
        world.connect(UK)
    world.rewrite = lambda path, answer: answer
    choose(world, UK)
    assert world.at_xero() == {UK}


def test_choosing_once_the_sign_in_has_died_is_told_as_that(world):
    world.switch(consent_organisations="several")
    world.connect((UK, US))
    world.clock.advance(days=61)
    with pytest.raises(NotConnected, match="no longer accepts TrueBooks' sign-in"):
        choose(world, UK)
    assert xero_connection.card(world.parts).state == "reconnect_required"


def several_at_once(world: ConsentWorld) -> None:
    """Xero names several organisations and cannot tell which this consent was for."""
    world.connect(UK)
    XeroConnection.delete().execute()  # as when a second TrueBooks shares the app and its user
    world.connect(US)
    XeroConnection.delete().execute()


def test_several_organisations_in_one_consent_are_offered_and_one_is_picked(world):
    several_at_once(world)
    assert world.connect(UK) == "choosing"
    card = xero_connection.card(world.parts)
    assert card.state == "choosing"
    assert sorted(choice.name for choice in card.choices) == [UK, US]
    with pytest.raises(NotConnected):
        xero_connection.client(world.parts)
    picked = next(choice for choice in card.choices if choice.name == US)
    assert xero_connection.choose(world.parts, picked.tenant_id, ANNA) == "connected"
    assert xero_connection.card(world.parts).choices == []
    assert xero_connection.client(world.parts).organisation().name == US


def test_an_organisation_that_was_not_offered_cannot_be_chosen(world):
    several_at_once(world)
    world.connect(UK)
    with pytest.raises(Refused, match="not there to be chosen"):
        xero_connection.choose(world.parts, "another-tenant", ANNA)
    with pytest.raises(Refused):
        xero_connection.choose(world.parts, "", ANNA)


def test_choosing_needs_a_consent_first(world):
    world.connect()
    with pytest.raises(Refused):
        xero_connection.choose(world.parts, world.link.tenant_id, ANNA)


# --- what a sign-in that came to nothing leaves at Xero ------------------------------------------


def without(scope: str):
    """The token endpoint's answer leaves a permission out."""
    def rewrite(path: str, answer: bytes) -> bytes:
        return answer.replace(f" {scope}".encode(), b"") if path == "/connect/token" else answer

    return rewrite


def test_after_a_permission_was_left_out_nothing_new_stays_connected_at_xero(world):
    world.rewrite = without("accounting.contacts")
    with pytest.raises(xero_connection.CallbackRefused, match="Missing: to read and write contacts"):
        world.connect()
    assert world.at_xero() == set()


def test_nor_after_a_refused_reconnect_but_the_workspaces_own_organisation_stays(world):
    world.connect(UK)
    world.rewrite = without("accounting.contacts")
    for organisation in (UK, US):
        with pytest.raises(xero_connection.CallbackRefused):
            world.connect(organisation)
    assert world.at_xero() == {UK}
    world.rewrite = lambda path, answer: answer
    assert xero_connection.client(world.parts).organisation().name == UK


def test_an_organisation_that_came_back_at_xero_is_kept_for_the_workspace_that_is_tied_to_it(world):
    world.connect(UK)
    world.http().delete(f"{world.base}/connections/{world.link.connection_id}", headers={
        "Authorization": f"Bearer {xero_tokens.access_token(world.parts)}"})
    world.rewrite = without("accounting.contacts")
    with pytest.raises(xero_connection.CallbackRefused):
        world.connect(UK)
    assert world.at_xero() == {UK}


def test_one_that_another_use_of_the_app_had_connected_before_is_never_taken_away(world):
    world.connect(US)
    XeroConnection.delete().execute()  # another TrueBooks with the same app and its user
    world.connect(UK)
    with pytest.raises(xero_connection.OtherOrganisation):
        world.connect(US)
    world.rewrite = without("accounting.contacts")
    with pytest.raises(xero_connection.CallbackRefused):
        world.connect(US)
    assert world.at_xero() == {UK, US}


def test_when_another_tab_was_faster_what_this_one_brought_is_taken_away(world):
    query = begun(world, organisation=US)

    def faster(environ):
        if environ["PATH_INFO"] == "/connections":
            world.intercept = lambda environ: None
            XeroConnection.insert(id=1, state="connected", tenant_id="t-1", tenant_name="First").execute()

    world.intercept = faster
    with pytest.raises(xero_connection.OtherOrganisation, match="First"):
        finish(world, query)
    assert world.at_xero() == set()


def test_of_several_let_in_at_once_those_not_chosen_are_taken_away(world):
    world.switch(consent_organisations="several")
    assert world.connect((UK, US)) == "choosing"
    choose(world, US)
    assert world.at_xero() == {US}


def choose(world: ConsentWorld, name: str) -> None:
    picked = next(choice for choice in xero_connection.card(world.parts).choices if choice.name == name)
    xero_connection.choose(world.parts, picked.tenant_id, ANNA)


def test_a_second_connect_while_choosing_forgets_nothing_of_what_the_first_let_in(world):
    world.switch(consent_organisations="several")
    world.connect((UK, US))
    assert world.connect((UK, US)) == "choosing", "Xero cannot tell which this one was for"
    choose(world, UK)
    assert world.at_xero() == {UK}


def test_a_second_connect_that_picks_another_one_takes_away_what_the_first_offered(world):
    world.switch(consent_organisations="several")
    world.connect((UK, US))
    assert world.connect(UNREGISTERED) == "connected"
    assert world.at_xero() == {UNREGISTERED}


def test_a_second_connect_that_comes_to_nothing_leaves_the_choice_of_the_first(world):
    world.switch(consent_organisations="several")
    world.connect((UK, US))
    world.rewrite = without("accounting.contacts")
    with pytest.raises(xero_connection.CallbackRefused):
        world.connect(UNREGISTERED)
    assert world.at_xero() == {UK, US}
    world.rewrite = lambda path, answer: answer
    choose(world, US)
    assert world.at_xero() == {US}


# --- a Disconnect that is interrupted -------------------------------------------------------------


class Killed(BaseException):
    """kill -9: nobody tidies up."""


def killed_while_disconnecting(world: ConsentWorld, monkeypatch, at: str) -> None:
    """The process ends when it asks Xero for ``at``; before Xero hears it, or once Xero has done it."""
    def die(environ):
        if f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}".startswith(at):
            world.intercept = lambda environ: None
            raise Killed

    world.intercept = die
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(xero_tokens, "release", lambda *_: None)
        xero_connection.disconnect(world.parts, ANNA)
    Lease.delete().execute()  # its process is gone


POINTS = ["DELETE /connections/", "GET /connections", "POST /connect/revocation"]


@pytest.mark.parametrize("at", POINTS)
def test_a_disconnect_cut_short_is_never_a_reconnect_required_and_says_what_is_left(world, monkeypatch, at):
    world.connect()
    killed_while_disconnecting(world, monkeypatch, at)
    card = xero_connection.card(world.parts)
    assert card.state == "disconnected"
    assert "was interrupted before Xero was told of it. TrueBooks does that by itself" in card.reason
    with pytest.raises(NotConnected, match="not connected yet"):
        xero_connection.client(world.parts)


@pytest.mark.parametrize("at", POINTS)
def test_the_next_look_of_the_jobs_ends_it(world, monkeypatch, at):
    world.connect()
    job_runs.run_if_due(world.parts, jobs.named("Xero token refresh"))
    killed_while_disconnecting(world, monkeypatch, at)
    assert job_runs.run_if_due(world.parts, jobs.named("Xero token refresh")), "at once, not in ten minutes"
    assert (world.at_xero(), world.link.refresh_sealed, xero_connection.card(world.parts).reason) == (set(), None, "")
    assert audited("xero.disconnected") == [{"organisation": UK}]
    assert not xero_farewell.finish(world.parts)


@pytest.mark.parametrize("at", POINTS)
def test_connecting_again_ends_it_first_and_is_whole(world, monkeypatch, at):
    world.connect()
    killed_while_disconnecting(world, monkeypatch, at)
    assert world.connect(US) == "connected"
    assert world.at_xero() == {US}
    assert xero_connection.card(world.parts).reason == ""
    assert xero_connection.client(world.parts).organisation().name == US


def test_pressing_disconnect_once_more_ends_it_too(world, monkeypatch):
    world.connect()
    killed_while_disconnecting(world, monkeypatch, POINTS[0])
    assert xero_connection.disconnect(world.parts, ANNA).startswith("Disconnected. Documents")
    assert world.at_xero() == set()


def test_a_disconnect_under_way_is_left_to_whoever_is_at_it(world):
    world.connect()
    seen = []

    def look(environ):
        if environ["PATH_INFO"] == "/connections":
            with ThreadPoolExecutor(1) as pool:
                seen.append(pool.submit(finish_in_a_thread, world.parts).result())

    world.intercept = look
    xero_connection.disconnect(world.parts, ANNA)
    assert seen == [False]


def finish_in_a_thread(parts) -> bool:
    with database.connection_context():
        return xero_farewell.finish(parts)


# --- letting go -----------------------------------------------------------------------------------


def test_disconnecting_tells_xero_and_forgets_the_tokens(world):
    world.connect()
    connection_id = world.link.connection_id
    words = xero_connection.disconnect(world.parts, ANNA)
    assert words.startswith("Disconnected. Documents stay in Xero")
    assert world.sent(f"DELETE /connections/{connection_id}") == 1
    assert world.sent("POST /connect/revocation") == 1
    assert (world.link.access_sealed, world.link.refresh_sealed, world.link.previous_refresh_sealed) == (
        None,
        None,
        None,
    )
    assert xero_connection.card(world.parts).state == "disconnected"
    assert audited("xero.disconnected") == [{"organisation": UK}]


def test_disconnecting_one_workspace_does_not_cut_off_another_of_the_same_xero_user(world):
    world.connect(UNREGISTERED)
    XeroConnection.delete().execute()  # the other workspace's connection lives on at Xero
    world.connect(UK)
    xero_connection.disconnect(world.parts, ANNA)
    assert world.sent("POST /connect/revocation") == 0
    assert world.connect(UK) == "connected"


def test_when_xero_cannot_be_reached_the_user_is_told_what_is_left_to_do(world):
    world.connect()
    world.fault("*", "/connect*", "drop_before", times=20)
    words = xero_connection.disconnect(world.parts, ANNA)
    assert "Settings → Connected apps" in words
    assert xero_connection.card(world.parts).state == "disconnected"
    assert world.link.refresh_sealed is None


def test_an_old_token_is_renewed_to_take_leave(world):
    world.connect()
    world.clock.advance(hours=5)
    assert xero_connection.disconnect(world.parts, ANNA).startswith("Disconnected. Documents")
    assert world.sent("POST /connect/revocation") == 1


def test_disconnecting_twice_is_told(world):
    world.connect()
    xero_connection.disconnect(world.parts, ANNA)
    with pytest.raises(NotConnected, match="nothing to disconnect"):
        xero_connection.disconnect(world.parts, ANNA)


# --- secrets --------------------------------------------------------------------------------------


def test_no_token_verifier_or_code_reaches_the_database_in_clear_or_any_log(world, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    secrets = []

    def overhear(environ):
        secrets.append(environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer "))
        if environ["PATH_INFO"] == "/connect/token":
            body = environ["wsgi.input"].read()
            environ["wsgi.input"].seek(0)
            fields = dict(pair.split("=", 1) for pair in body.decode().split("&"))
            secrets.extend(fields.get(name, "") for name in ("code", "code_verifier", "refresh_token"))

    world.intercept = overhear
    world.connect()
    world.clock.advance(minutes=29)
    xero_connection.client(world.parts).accounts()
    heard = {secret for secret in secrets if len(secret) > 20}
    assert len(heard) >= 5
    database.close()
    stored = world.parts.config.database_path.read_bytes()
    wal = world.parts.config.database_path.with_name("truebooks.db-wal")
    stored += wal.read_bytes() if wal.exists() else b""
    assert b"anna@example.com" in stored, "this is where the secrets would be"
    said = caplog.text + "".join(capfd.readouterr())
    for secret in heard:
        assert secret.encode() not in stored
        assert secret not in said
