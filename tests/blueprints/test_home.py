"""Home: what needs a person, what is ready, what was posted, and pictures, in words on the page."""

import re

import pytest

from models import Batch, BatchRow, Settlement, SyncRun
from services import corrections, postings
from tests.conftest import in_words
from tests.xero_world import ANN, FEE, SALE, settlement_text

ID = "26881161592"
ODD = ("ServiceFee", "", "Brand new", "Odd levy")


@pytest.fixture
def home(world, ada):
    """Home in a workspace where the first steps are put away."""
    ada.post("/first-steps/leaving")
    return lambda query="": ada.get(f"/{query}")


def needs(page) -> str:
    """The part of the page that says what needs a person."""
    return in_words(page).partition("What needs you now")[2].partition("Ready to post")[0].strip()


def test_signing_in_leads_home_and_home_stands_first_in_the_menu(ada):
    assert ada.get("/sign-in").location == "/"
    page = ada.get("/")
    assert 'href="/" aria-current="page"' in page.text.replace("  ", " ")


def test_nothing_needs_you_when_all_is_posted(world, home):
    world.settlement(settlement_id=ID)
    assert postings.post(world.parts, ID, ANN).outcome == "posted"
    assert needs(home()) == "Nothing needs you."


def test_a_workspace_without_settlements_says_where_to_begin(home):
    page = home()
    assert "Your first settlement file is the beginning" in needs(page)
    assert "No settlement is here yet, so there is nothing to draw." in in_words(page)


def test_until_xero_is_connected_home_says_so_and_leads_there(ada):
    page = ada.get("/")
    assert "Xero is not connected yet" in in_words(page)
    assert 'href="/settings/account"' in page.text


def test_each_status_that_needs_a_person_is_one_line_with_its_count_and_a_way_there(world, home):
    world.settlement((SALE, "120.00"), (ODD, "-5.00"))
    world.settlement((SALE, "110.00"), (ODD, "-5.00"))
    world.settlement((SALE, "120.00"), total="100.00")
    page = home()
    told = needs(page)
    assert "Needs a category 2 settlements hold amounts of kinds not met before." in told
    assert "Does not add up 1 settlement misses the total that Amazon states." in told
    assert 'href="/mappings#needs-a-category"' in page.text
    assert 'href="/settlements?status=does_not_add_up"' in page.text


def test_a_rolled_back_settlement_and_one_changed_in_xero_are_told(world, home):
    world.settlement(settlement_id=ID)
    postings.post(world.parts, ID, ANN)
    postings.roll_back(world.parts, ID, ANN)
    assert "Draft 1 settlement was rolled back and not posted again." in needs(home())


def test_a_file_that_says_something_else_waits_until_it_is_used(world, home):
    world.settlement(settlement_id=ID)
    world.parts.clock.advance(minutes=1)
    world.take(settlement_text((SALE, "120.00"), (FEE, "-20.00"), settlement_id=ID))
    assert "Another file came 1 settlement has a newer file that says something else." in needs(home())
    (other,) = corrections.of(world.stored(ID))
    corrections.use(world.parts, ID, other.version, ANN)
    assert "Another file came" not in needs(home())


def test_a_gap_a_failed_sync_and_a_batch_under_way_are_told(world, home):
    later = settlement_text((SALE, "1.00"), settlement_id="2").replace(".05.2026", ".07.2026")
    first = world.settlement()
    world.take(later)
    SyncRun.create(started_at=world.parts.clock.now(), started_by="ann", outcome="failed", error="Xero was down.")
    batch = Batch.create(action="post", created_at=world.parts.clock.now(), created_by="ann")
    BatchRow.create(batch=batch, settlement=world.stored(first))
    page = home()
    told = needs(page)
    assert "Missing period 1 period between two settlements is not covered." in told
    assert "Sync from Xero failed The last one did not end well. Xero was down." in told
    assert "Batch under way 1 settlement of it is still to come." in told
    assert f'href="/batches/{batch.id}"' in page.text


def test_reconnect_required_says_why(world, home):
    from models import XeroConnection

    XeroConnection.update(state="reconnect_required", reason="The link was ended in Xero.").execute()
    told = needs(home())
    assert told.startswith("Reconnect required")
    assert "The link was ended in Xero." in told


def test_what_is_ready_is_counted_and_summed_by_currency_and_leads_to_those(world, home):
    world.settlement((SALE, "120.00"), (FEE, "-20.00"))
    world.settlement((SALE, "60.00"))
    world.settlement((SALE, "70.00"), currency="EUR")
    page = home()
    ready = in_words(page).partition("Ready to post")[2]
    assert ready.startswith(" €70.00 £160.00 3 settlements")
    assert 'href="/settlements?status=ready"' in page.text


def test_what_was_posted_lately_says_number_amount_when_by_whom_and_leads_to_xero(world, home):
    world.settlement(settlement_id=ID)
    postings.post(world.parts, ID, ANN)
    page = home()
    posted = in_words(page).partition("Posted lately")[2]
    assert "AMZ-TB-10001 Amazon.co.uk £102.00 1 Jun 2026, 12:00 UTC ann@example.com View in Xero" in posted
    assert re.search(r'href="[^"]+/sandbox/[^"]+/invoices/[^"]+"[^>]*>View in Xero', page.text)


def test_pictures_have_a_title_a_description_and_a_table_each(world, home):
    world.settlement((SALE, "120.00"), (FEE, "-18.00"), settlement_id=ID)
    page = home()
    pictures = re.findall(r"<figure.*?</figure>", page.text, re.DOTALL)
    assert len(pictures) == 4
    for picture in pictures:
        assert picture.count('role="img"') == picture.count("</title><desc") == 2  # for a desk, and for a phone
        assert "<table" in picture
    words = in_words(page)
    assert "Where a pound of sales goes" in words
    assert "Sales £120.00, 100.0 % of sales. Selling fees -£18.00, -15.0 % of sales. Payout £102.00, 85.0 %" in words
    assert f'href="/settlements/{ID}"' in pictures[2]


def test_the_words_follow_the_currency(world, home):
    world.settlement((SALE, "120.00"))
    world.settlement((SALE, "70.00"), currency="EUR")
    assert "Where a euro of sales goes" in in_words(home("?currency=EUR"))
    assert "Where a pound of sales goes" in in_words(home("?currency=GBP"))
    assert "£" not in in_words(home("?currency=EUR")).partition("and what came of it")[2]


def test_the_page_holds_to_its_content_policy(world, home):
    """No style attribute and no script of its own: the policy would forbid them, and the picture would break."""
    world.settlement((SALE, "120.00"), (FEE, "-18.00"))
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]+src=)", home().text)


def test_hostile_words_are_shown_as_text(world, home):
    sale = ("Order", "<b>Amazon</b>", "ItemPrice", "Principal")
    world.settlement((sale, "120.00"), settlement_id=ID)
    assert "<b>Amazon" not in home().text
    assert home("?currency=<script>&marketplace=%22><i>&period=%00").status_code == 200


def test_a_document_that_was_changed_in_xero_says_so_among_those_posted_lately(ada, world):
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    lately = in_words(ada.get("/")).partition("Posted lately")[2]
    assert "AMZ-TB-10001" in lately and "Changed in Xero" not in lately
    Settlement.update(state="changed_in_xero").execute()
    assert "Changed in Xero" in in_words(ada.get("/")).partition("Posted lately")[2]
