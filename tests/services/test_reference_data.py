"""Sync from Xero brings the reference data into line, loses nothing, and says what it found."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from models import (
    Account,
    AuditEntry,
    Contact,
    Currency,
    Lease,
    ListRead,
    Mapping,
    Organisation,
    SyncRun,
    TaxRate,
    TrackingCategory,
    XeroConnection,
)
from services import leases, reference_data, xero_connection
from services.audit import Actor
from services.errors import AppError, NotConnected, Refused
from services.sync_words import sentence
from services.xero import errors
from services.xero.client import XeroClient
from tests.xero.consent_world import ANNA, UNREGISTERED, ConsentWorld

ROOT = Path(__file__).parents[2]
API = "/api.xro/2.0"
BERT = Actor("job: daily sync")


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.connect()
    world.requests.clear()
    return world


@pytest.fixture
def xero(world, requests_mock):
    """Xero's lists, to be changed by a test; small, and the sandbox's own out of the way."""
    return Lists(world, requests_mock)


class Lists:
    """What Xero answers to the six calls."""

    def __init__(self, world: ConsentWorld, requests_mock):
        self.world = world
        self.lists = {
            "Organisations": [
                {
                    "OrganisationID": world.link.tenant_id,
                    "Name": "Demo",
                    "CountryCode": "GB",
                    "BaseCurrency": "GBP",
                    "PaysTax": True,
                    "ShortCode": "!abc",
                    "PeriodLockDate": "/Date(1774915200000+0000)/",
                }
            ],
            "Accounts": [account("200", "Amazon Sales"), account("401", "Amazon Selling Fees", "EXPENSE")],
            "TaxRates": [rate("OUTPUT2", "20.0000", "Revenue"), rate("INPUT2", "20.0000", "Expenses")],
            "TrackingCategories": [
                {
                    "TrackingCategoryID": "t-1",
                    "Name": "Region",
                    "Status": "ACTIVE",
                    "Options": [{"TrackingOptionID": "o-uk", "Name": "UK", "Status": "ACTIVE"}],
                }
            ],
            "Currencies": [{"Code": "GBP", "Description": "British Pound"}],
            "Contacts": [{"ContactID": "c-1", "Name": "Amazon.co.uk", "ContactStatus": "ACTIVE"}],
        }
        renewed = {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "token_type": "Bearer"}
        requests_mock.post(f"{world.base}/connect/token", json=renewed)
        for name, elements in self.lists.items():
            path = "Organisation" if name == "Organisations" else name
            requests_mock.get(
                f"{world.base}{API}/{path}", json=lambda *_, name=name, elements=elements: {name: elements}
            )

    def sync(self, actor: Actor = ANNA) -> reference_data.SyncResult:
        return reference_data.sync(self.world.parts, actor)


def account(code: str, name: str, class_: str = "REVENUE", **more) -> dict:
    return {
        "AccountID": f"a-{code}",
        "Code": code,
        "Name": name,
        "Type": class_,
        "Class": class_,
        "TaxType": "NONE",
        "Status": "ACTIVE",
        **more,
    }


def rate(tax_type: str, per_cent: str, applies_to: str, **more) -> dict:
    return {
        "TaxType": tax_type,
        "Name": tax_type,
        "EffectiveRate": float(per_cent),
        "Status": "ACTIVE",
        f"CanApplyTo{applies_to}": True,
        **more,
    }


def mapping(account_code: str = "200", tax_type: str = "OUTPUT2", **more) -> Mapping:
    category = more.pop("category", f"CATEGORY_{Mapping.select().count()}")
    return Mapping.create(
        category=category,
        account_code=account_code,
        tax_type=tax_type,
        changed_at=reference_data.SyncRun.get().started_at,
        changed_by="test",
        **more,
    )


# --- against the sandbox --------------------------------------------------------------------------


def test_a_sync_makes_six_calls_and_keeps_what_xero_says(world):
    result = reference_data.sync(world.parts, ANNA)
    assert result.calls == 6
    assert sorted(world.requests) == [
        f"GET {API}/{name}"
        for name in ("Accounts", "Contacts", "Currencies", "Organisation", "TaxRates", "TrackingCategories")
    ]
    organisation = Organisation.get_by_id(1)
    assert (organisation.name, organisation.country, organisation.pays_tax) == ("TrueBooks Demo (UK)", "GB", True)
    sales = Account.get(Account.code == "200")
    assert (sales.name, sales.class_, sales.status, sales.gone_at) == ("Amazon Sales", "REVENUE", "ACTIVE", None)
    assert TaxRate.get_by_id("OUTPUT2").rate == "20"
    assert {"GBP", "EUR", "USD", "CAD", "AUD"} == {row.code for row in Currency.select()}
    assert TrackingCategory.select().count() == 2
    assert Account.select().where(Account.status == "ARCHIVED").exists()


def test_repeating_it_changes_nothing_and_says_so(world):
    before = [row.__data__ for row in Account.select()]
    result = reference_data.sync(world.parts, ANNA)
    assert result.sentence == "Nothing changed in Xero since the last sync"
    assert {count for counts in result.counts.values() for count in counts.values()} == {0}
    assert [row.__data__ for row in Account.select()] == before


def test_an_organisation_not_registered_for_tax_is_known_as_that(world):
    xero_connection.disconnect(world.parts, ANNA)
    world.connect(UNREGISTERED)
    assert Organisation.get_by_id(1).pays_tax is False


# --- what changed ---------------------------------------------------------------------------------


def test_what_is_new_changed_and_archived_is_counted_and_told(xero):
    xero.sync()
    xero.lists["Accounts"][0]["Name"] = "Amazon Sales UK"
    xero.lists["Accounts"][1]["Status"] = "ARCHIVED"
    xero.lists["Accounts"] += [account(code, "New") for code in ("601", "602", "603")]
    xero.lists["TaxRates"][0]["EffectiveRate"] = 17.5
    result = xero.sync()
    assert result.counts["accounts"] == {"added": 3, "changed": 1, "archived": 1}
    assert result.sentence == "3 new accounts, 1 changed, 1 archived, 1 tax rate changed"
    assert TaxRate.get_by_id("OUTPUT2").rate == "17.5"


def test_what_vanished_stays_visible_and_marked_and_may_come_back(xero):
    xero.sync()
    gone = xero.lists["Accounts"].pop(0)
    assert xero.sync().counts["accounts"] == {"added": 0, "changed": 0, "archived": 1}
    assert Account.get_by_id("a-200").gone_at == xero.world.clock.now()
    assert xero.sync().counts["accounts"]["archived"] == 0, "it is told once"
    xero.lists["Accounts"].append(gone)
    assert xero.sync().counts["accounts"]["changed"] == 1
    assert Account.get_by_id("a-200").gone_at is None


def test_lock_dates_come_and_go(xero):
    xero.sync()
    assert Organisation.get_by_id(1).period_lock_date == "2026-03-31"
    del xero.lists["Organisations"][0]["PeriodLockDate"]
    xero.sync()
    assert Organisation.get_by_id(1).period_lock_date == ""


@pytest.mark.parametrize("change", [
    {"PeriodLockDate": "/Date(1777507200000+0000)/"}, {"PaysTax": False}, {"Name": "Renamed Ltd"}])
def test_what_changed_about_the_organisation_is_told(xero, change):
    xero.sync()
    xero.lists["Organisations"][0].update(change)
    assert xero.sync().sentence == "1 detail of the organisation changed"
    assert reference_data.status(xero.world.parts).runs[0].summary == "1 detail of the organisation changed"
    assert xero.sync().sentence == "Nothing changed in Xero since the last sync"


def test_a_renamed_organisation_has_its_new_name_on_the_card(xero):
    xero.lists["Organisations"][0]["Name"] = "Renamed Ltd"
    xero.sync()
    assert xero_connection.card(xero.world.parts).organisation == "Renamed Ltd"


def test_a_list_without_any_account_archives_nothing(xero):
    xero.sync()
    xero.lists["Accounts"].clear()
    with pytest.raises(errors.Unreadable):
        xero.sync()
    assert {row.gone_at for row in Account.select().where(Account.account_id.startswith("a-"))} == {None}


def test_another_organisations_answer_is_not_kept(xero):
    xero.sync()
    xero.lists["Organisations"][0]["OrganisationID"] = "another"
    with pytest.raises(errors.Unreadable):
        xero.sync()
    assert Organisation.get_by_id(1).organisation_id == xero.world.link.tenant_id


def test_a_disconnect_in_the_middle_is_told_as_that(world):
    def disconnect(environ):
        if environ["PATH_INFO"].endswith("/Contacts"):
            world.intercept = lambda environ: None
            XeroConnection.update(state="disconnected", tenant_id="").execute()

    world.intercept = disconnect
    with pytest.raises(AppError) as raised:
        reference_data.sync(world.parts, ANNA)
    assert "Another organisation" not in raised.value.message


def test_a_disconnect_after_the_last_answer_is_told_as_that(world, monkeypatch):
    real = XeroClient.contacts

    def contacts_then_disconnect(client, since):
        found = real(client, since)
        XeroConnection.update(state="disconnected", tenant_id="").execute()
        return found

    monkeypatch.setattr(XeroClient, "contacts", contacts_then_disconnect)
    with pytest.raises(Refused, match="Xero was disconnected while this sync ran"):
        reference_data.sync(world.parts, ANNA)


# --- contacts -------------------------------------------------------------------------------------


def asked_of_contacts(requests_mock) -> list:
    return [each for each in requests_mock.request_history if each.path.endswith("/contacts")]


def test_most_days_only_the_contacts_that_changed_are_asked_for_and_once_a_week_all(xero, requests_mock):
    xero.world.clock.advance(days=7)  # since the sync that followed connecting
    for _ in range(9):
        xero.sync()
        xero.world.clock.advance(days=1)
    asked = [each.headers.get("If-Modified-Since") for each in asked_of_contacts(requests_mock)]
    assert [bool(since) for since in asked] == [False, *[True] * 6, False, True]
    assert asked[1] == "2026-06-08T11:00:00", "an hour earlier than the last time: clocks differ"
    assert "includearchived=true" in asked_of_contacts(requests_mock)[1].query.lower()
    assert "includearchived" not in asked_of_contacts(requests_mock)[0].query.lower()


@pytest.mark.parametrize("nothing_new", [{"status_code": 304, "text": ""}, {"json": {"Contacts": []}}], ids=str)
def test_contacts_that_did_not_change_stay(xero, requests_mock, nothing_new):
    xero.sync()
    xero.world.clock.advance(days=1)
    requests_mock.get(f"{xero.world.base}{API}/Contacts", **nothing_new)
    assert xero.sync().sentence == "Nothing changed in Xero since the last sync"
    assert Contact.get_by_id("c-1").gone_at is None


def test_a_contact_archived_in_xero_is_known_as_that_the_next_day(xero):
    xero.sync()
    xero.world.clock.advance(days=1)
    xero.lists["Contacts"][0]["ContactStatus"] = "ARCHIVED"
    xero.lists["Contacts"].append({"ContactID": "c-9", "Name": "Old hat", "ContactStatus": "ARCHIVED"})
    assert xero.sync().counts["contacts"] == {"added": 0, "changed": 0, "archived": 1}
    assert Contact.get_by_id("c-1").status == "ARCHIVED"
    assert Contact.get_or_none(Contact.contact_id == "c-9") is None, "what was archived before we came is no news"


def test_a_contact_that_is_no_longer_among_all_is_marked_within_the_week(xero):
    xero.sync()
    xero.lists["Contacts"].clear()
    xero.world.clock.advance(days=1)
    xero.sync()
    assert Contact.get_by_id("c-1").gone_at is None
    xero.world.clock.advance(days=7)
    xero.sync()
    assert Contact.get_by_id("c-1").gone_at == xero.world.clock.now()


def contact_pages(xero, requests_mock, *pages: list[int], told: int | None = None):
    """Contacts come in these pages (of numbers); beyond the last one Xero gives the last one again."""
    def page(request, _):
        given = pages[min(int(request.qs["page"][0]), len(pages)) - 1]
        contacts = [{"ContactID": f"many-{n}", "Name": f"n {n}", "ContactStatus": "ACTIVE"} for n in given]
        return {"Contacts": contacts, "pagination": {"pageCount": told or len(pages)}}

    requests_mock.get(f"{xero.world.base}{API}/Contacts", json=page)


def a_thousand(page: int) -> list[int]:
    return list(range(1000 * page, 1000 * (page + 1)))


def test_beyond_ten_thousand_contacts_all_are_read_and_one_that_is_gone_is_marked(xero, requests_mock):
    xero.sync()
    xero.world.clock.advance(days=8)
    contact_pages(xero, requests_mock, *(a_thousand(n) for n in range(11)), [11_000])
    assert xero.sync().calls == 5 + 12
    assert Contact.get_by_id("many-11000").gone_at is None
    assert Contact.get_by_id("c-1").gone_at == xero.world.clock.now()
    assert ListRead.get_by_id("contacts").whole_at == xero.world.clock.now()


@pytest.mark.parametrize("days", [1, 8], ids=["those that changed", "all"])
def test_while_not_all_pages_can_be_read_nothing_counts_as_gone_and_the_same_is_asked_again(
    xero, requests_mock, days
):
    xero.sync()
    before = ListRead.get_by_id("contacts")
    xero.world.clock.advance(days=days)
    contact_pages(xero, requests_mock, a_thousand(0), told=99)  # Xero's second page is the first one again
    assert xero.sync().calls == 5 + 2
    assert Contact.get_by_id("c-1").gone_at is None
    assert Contact.get_by_id("many-999").gone_at is None
    after = ListRead.get_by_id("contacts")
    assert (after.whole_at, after.changes_since) == (before.whole_at, before.changes_since)


def contact_calls(world: ConsentWorld) -> list:
    return [each for each in world.exchanges if each.path.startswith(f"{API}/Contacts")]


def test_the_sandbox_honours_it_too(world):
    for _ in range(2):
        world.clock.advance(days=1)
        reference_data.sync(world.parts, ANNA)
    asked = contact_calls(world)[-1]
    assert "HTTP_IF_MODIFIED_SINCE" in asked.environ
    assert json.loads(asked.answered)["Contacts"] == []


def test_another_organisations_contacts_are_read_whole(world):
    xero_connection.disconnect(world.parts, ANNA)
    world.connect(UNREGISTERED)
    assert "HTTP_IF_MODIFIED_SINCE" not in contact_calls(world)[-1].environ


# --- mappings -------------------------------------------------------------------------------------


def test_mappings_are_never_touched_and_those_that_lost_their_ground_are_counted(xero):
    xero.sync()
    kept = [mapping(), mapping("401", "INPUT2"), mapping(tracking=[{"category_id": "t-1", "option_id": "o-uk"}])]
    before = [row.__data__ for row in Mapping.select()]
    assert xero.sync().attention == 0
    xero.lists["Accounts"][1]["Status"] = "ARCHIVED"
    xero.lists["TrackingCategories"][0]["Options"][0]["Status"] = "ARCHIVED"
    result = xero.sync()
    assert result.attention == 2
    assert result.sentence.startswith("1 account archived, 1 tracking category changed, 2 mappings")
    assert [row.id for row in reference_data.needing_attention()] == [kept[1].id, kept[2].id]
    assert [row.__data__ for row in Mapping.select()] == before


@pytest.mark.parametrize("spoil", [
    lambda lists: lists["Accounts"].pop(0),
    lambda lists: lists["TaxRates"].pop(0),
    lambda lists: lists["TaxRates"][0].update(Status="DELETED"),
    lambda lists: lists["TaxRates"][0].update(CanApplyToRevenue=False),
], ids=["account gone", "rate gone", "rate deleted", "rate no longer for that class"])  # fmt: skip
def test_every_loss_of_ground_counts(xero, spoil):
    xero.sync()
    mapping()
    spoil(xero.lists)
    assert xero.sync().attention == 1


def test_what_lost_its_ground_is_told_by_name(xero):
    xero.sync()
    mapping("401", "INPUT2", category="FBA_FEES", marketplace="Amazon.de")
    xero.lists["Accounts"][1]["Status"] = "ARCHIVED"
    needs = xero.sync().needs
    assert len(needs) == 1
    assert needs[0].startswith("FBA fees (Amazon.de): ")
    assert "401" in needs[0]
    assert reference_data.status(xero.world.parts).attention == needs
    assert reference_data.status(xero.world.parts).runs[0].summary == "1 account archived, 1 mapping needs attention"


# --- history, failures, one at a time -------------------------------------------------------------


def test_the_history_says_who_when_how_long_and_what(xero):
    xero.sync()
    xero.world.clock.advance(seconds=1.25)
    xero.lists["Accounts"].append(account("601", "New"))
    xero.sync(BERT)
    latest = reference_data.status(xero.world.parts).runs[0]
    assert (latest.started_by, latest.outcome, latest.calls) == ("job: daily sync", "done", 6)
    assert latest.summary == "1 new account"
    assert latest.started_at == xero.world.clock.now()
    entry = (
        AuditEntry.select().where(AuditEntry.action == "reference_data.synced").order_by(AuditEntry.id.desc()).first()
    )
    assert (entry.actor, entry.facts["counts"]["accounts"]["added"]) == ("job: daily sync", 1)


def test_a_failure_changes_nothing_is_told_in_words_and_forgotten_after_the_next_good_one(xero, requests_mock):
    xero.sync()
    good = reference_data.status(xero.world.parts).last_good
    xero.lists["Accounts"][0]["Name"] = "Renamed"
    requests_mock.get(f"{xero.world.base}{API}/Currencies", exc=requests.ReadTimeout)
    with pytest.raises(errors.NoAnswer):
        xero.sync()
    status = reference_data.status(xero.world.parts)
    assert "Xero did not answer" in status.last_error
    assert status.last_good == good
    assert status.runs[0].calls > 5
    assert Account.get_by_id("a-200").name == "Amazon Sales"
    requests_mock.get(f"{xero.world.base}{API}/Currencies", json={"Currencies": []})
    xero.sync()
    assert reference_data.status(xero.world.parts).last_error == ""


def test_nonsense_from_xero_does_not_wipe_what_is_known(xero, requests_mock):
    xero.sync()
    requests_mock.get(f"{xero.world.base}{API}/Accounts", json={"Accounts": None})
    with pytest.raises(errors.Unreadable):
        xero.sync()
    assert Account.get_by_id("a-200").gone_at is None


def test_without_a_connection_it_says_what_to_do(parts):
    with pytest.raises(NotConnected, match="press Connect Xero"):
        reference_data.sync(parts, ANNA)
    assert "press Connect Xero" in reference_data.status(parts).last_error


def test_while_it_runs_it_says_what_it_is_reading(world):
    told, running = [], []

    def look(environ):
        told.append(reference_data.status(world.parts).progress)
        running.append(reference_data.status(world.parts).is_running)

    world.intercept = look
    reference_data.sync(world.parts, ANNA)
    assert running == [True] * 6
    assert told == ["organisation (1 of 6)", "accounts (2 of 6)", "tax rates (3 of 6)",
                    "tracking categories (4 of 6)", "currencies (5 of 6)", "contacts (6 of 6)"]
    assert reference_data.status(world.parts).progress == ""


def test_a_second_sync_at_the_same_time_is_refused(world):
    leases.claim("reference data", world.clock.now(), 60)
    with pytest.raises(Refused, match="running already"):
        reference_data.sync(world.parts, ANNA)


def test_a_sync_that_died_is_told_as_interrupted_and_the_next_one_begins_at_once(world):
    script = "from services.this_process import mark; print(mark())"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    Lease.create(name="reference data", owner=f"{ended.stdout.strip()}/0", until=world.clock.now() + timedelta(hours=1))
    SyncRun.create(started_at=world.clock.now(), started_by="somebody", progress="tax rates (3 of 6)")
    status = reference_data.status(world.parts)
    assert (status.is_running, status.progress, status.runs[0].outcome) == (False, "", "interrupted")
    assert status.last_error == status.runs[0].summary == (
        "It was interrupted before it ended. Press Sync from Xero again.")
    reference_data.sync(world.parts, ANNA)
    status = reference_data.status(world.parts)
    assert (status.is_running, status.last_error) == (False, "")
    assert "interrupted" in status.runs[1].summary


def test_of_runs_that_say_they_are_running_only_the_newest_can_be(world):
    for _ in range(2):
        SyncRun.create(started_at=world.clock.now(), started_by="somebody")
    leases.claim("reference data", world.clock.now(), 60)
    assert [run.outcome for run in reference_data.status(world.parts).runs[:2]] == ["running", "interrupted"]


@pytest.mark.parametrize("at", ["TaxRates", "Contacts"])
def test_a_sync_that_was_overtaken_keeps_nothing_and_says_why(world, at):
    """It stood still for so long that its lease ran out, and another one began."""
    before = [run.outcome for run in reference_data.status(world.parts).runs]

    def overtake(environ):
        if environ["PATH_INFO"] == f"{API}/{at}":
            Lease.update(owner="another worker").execute()
            SyncRun.update(outcome="failed", error="Overtaken.").where(SyncRun.outcome == "running").execute()

    world.intercept = overtake
    Account.update(name="As it was").execute()
    with pytest.raises(leases.LeaseLost, match="Another run of this began meanwhile"):
        reference_data.sync(world.parts, ANNA)
    assert {row.name for row in Account.select()} == {"As it was"}
    told = reference_data.status(world.parts).runs
    assert (told[0].summary, [run.outcome for run in told[1:]]) == ("Overtaken.", before)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("counts", "attention", "words"), [
    ({"accounts": {"added": 3, "archived": 1}}, 2, "3 new accounts, 1 archived, 2 mappings need attention"),
    ({"accounts": {"added": 1}}, 1, "1 new account, 1 mapping needs attention"),
    ({"accounts": {"archived": 2}, "contacts": {"changed": 1}}, 0, "2 accounts archived, 1 contact changed"),
    ({"currencies": {"added": 2}, "tax_rates": {"added": 1, "changed": 2}}, 0,
     "1 new tax rate, 2 changed, 2 new currencies"),
    ({}, 0, "Nothing changed in Xero since the last sync"),
])  # fmt: skip
def test_what_was_found_is_one_sentence(counts, attention, words):
    assert sentence(counts, attention) == words


def test_a_body_nobody_expected_ends_the_run_in_words(world, xero, monkeypatch):
    monkeypatch.setattr("services.xero.client.XeroClient.currencies", lambda _: {}["a shape of its own"])
    with pytest.raises(KeyError):
        reference_data.sync(world.parts, ANNA)
    assert "cannot read" in reference_data.status(world.parts).last_error
