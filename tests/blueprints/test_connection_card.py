"""What the connection card, the sync panel and the contacts show, state by state."""

import re
from datetime import timedelta

from models import Account, Contact, Mapping, MarketplaceContact, Setting, SyncRun, XeroConnection
from services import leases
from tests.conftest import NOON, in_words


def account(browser) -> str:
    return in_words(browser.get("/settings/account"))


def test_the_card_says_what_is_left_of_xeros_limits_and_since_when(connected):
    XeroConnection.update(day_remaining=1234, minute_remaining=56, limits_at=NOON).execute()
    assert re.search(r"API calls left today 1,234 … and this minute 56 As Xero said 1 Jun", account(connected))


def test_a_used_up_day_is_on_the_card_with_its_hour_and_the_connection_stays(connected):
    XeroConnection.update(parked_until=NOON + timedelta(hours=2), parked_by="day").execute()
    page = account(connected)
    assert "Connected, waiting for Xero" in page
    assert "it takes calls again in 2 hours, at 14:00 UTC on 1 June" in page
    assert "Reconnect required" not in page
    answer = connected.post("/reference-data/sync")
    assert (answer.status_code, "at 14:00 UTC" in in_words(answer)) == (503, True)


def reconnect_button(browser) -> str:
    """How the button looks: its classes, and what it says."""
    found = re.search(r'<button class="([^"]+)">(Reconnect Xero)</button>', browser.get("/settings/account").text)
    return " ".join(found.groups())


def test_while_connected_reconnecting_is_offered_quietly_for_a_role_that_was_lowered(connected):
    assert reconnect_button(connected) == "button Reconnect Xero"
    page = account(connected)
    assert "Reconnect signs in at Xero anew for the same organisation" in page
    assert "Reconnect required" not in page
    connected.connect()
    assert "Connected" in account(connected)


def test_a_permission_needed_since_is_told_with_the_button_to_allow_it(connected):
    Setting.create(name="post_as", value="manual_journal", changed_at=NOON, changed_by="ada")
    page = account(connected)
    assert "needs a permission by now that Xero was not asked for" in page
    assert "(to read and write manual journals)" in page
    assert reconnect_button(connected) == "button main Reconnect Xero"


def test_what_lost_its_ground_is_listed_by_name_with_the_way_there(connected):
    Mapping.create(category="FBA_FEES", account_code="401", tax_type="INPUT2", changed_at=NOON, changed_by="ada")
    Account.update(status="ARCHIVED").where(Account.code == "401").execute()
    page = account(connected)
    assert re.search(r"Needs attention.* FBA fees: .*401", page)


def test_a_sync_under_way_shows_how_far_it_is_and_asks_again_by_itself(connected):
    leases.claim("reference data", NOON, 60)
    SyncRun.create(started_at=NOON, started_by="job: daily Sync from Xero", progress="tax rates (3 of 6)")
    page = connected.get("/settings/account")
    assert "A sync is running now. Reading tax rates (3 of 6) …" in in_words(page)
    assert 'hx-get="/reference-data/progress?panel=1" hx-trigger="load delay:800ms"' in page.text
    assert "Reading tax rates (3 of 6)" in connected.htmx("GET", "/reference-data/progress?panel=1").text


def test_a_sync_that_died_is_told_with_the_button_to_begin_a_new_one(connected):
    SyncRun.create(started_at=NOON, started_by="ada", progress="tax rates (3 of 6)")
    page = account(connected)
    assert "is running now" not in page
    assert "did not end well. It was interrupted before it ended. Press Sync from Xero again." in page
    assert re.search(r"ada Interrupted It was interrupted", page)
    assert connected.post("/reference-data/sync").status_code == 303


def test_once_it_is_over_whoever_came_upon_it_gets_the_whole_panel(connected):
    answer = connected.htmx("GET", "/reference-data/progress?panel=1")
    assert answer.headers["HX-Retarget"] == "#sync"
    assert '<section id="sync"' in answer.text
    assert '<section id="sync"' not in connected.htmx("GET", "/reference-data/progress").text


def test_a_contact_is_picked_and_given_up_again(connected):
    Contact.create(contact_id="c-1", name="Amazon <EU>", status="ACTIVE")
    answer = connected.post("/settings/contacts", {"marketplace": "Amazon.de", "contact": "amazon <eu>"})
    assert answer.location == "/settings/account#contacts"
    page = account(connected)
    assert "Amazon.de → Amazon <EU>" in page
    assert "documents go to “Amazon <EU>” from now on" in page
    answer = connected.htmx("POST", "/settings/contacts/forget", {"marketplace": "Amazon.de"})
    assert '<section id="contacts"' in answer.text
    assert MarketplaceContact.select().count() == 0


def test_a_contact_that_is_not_there_is_told_in_words(connected):
    answer = connected.post("/settings/contacts", {"marketplace": "Amazon.de", "contact": "Nobody"})
    assert answer.status_code == 404
    assert "There is no active contact “Nobody”" in in_words(answer)


def test_the_field_offers_the_names_that_hold_what_was_typed(connected):
    Contact.create(contact_id="c-1", name='Amazon "EU"', status="ACTIVE")
    Contact.create(contact_id="c-2", name="Amazon Archived", status="ARCHIVED")
    offered = connected.htmx("GET", "/settings/contacts/offered?contact=amazon").text
    assert "Amazon &#34;EU&#34;" in offered
    assert "Archived" not in offered


def test_going_live_says_how_to_take_the_set_up_along_and_how_to_try_it_first(ada):
    page = in_words(ada.get("/help/going-live"))
    assert "bin/truebooks go-live --from var" in page
    assert "settlements and documents are never copied" in page
    assert "bin/truebooks live-check" in page
