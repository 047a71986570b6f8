"""Documents go to the contact picked from Xero, and only its id is sent."""

import json

import pytest

from models import AuditEntry, Contact, Posting
from services import marketplace_contacts, postings, reference_data
from services.errors import NotFound, Refused
from tests.xero_world import ANN


@pytest.fixture
def shop(world):
    """Connected, mapped, with a contact made by hand in Xero."""
    world.connect_and_map()
    make(world, "Amazon EU S.à r.l.")
    reference_data.sync(world.parts, ANN)
    return world


def make(world, name: str) -> None:
    """A contact comes about with the first document that names it."""
    body = {"Invoices": [{"Type": "ACCREC", "Status": "DRAFT", "Contact": {"Name": name}, "LineItems": [
        {"Description": "x", "Quantity": 1, "UnitAmount": 1}]}]}
    world.client().create_document("invoice", body, f"key of {name}")


def sent_contact(settlement_id: str) -> dict:
    posting = Posting.select().order_by(Posting.id.desc()).first()
    body = json.loads(posting.payload)
    return next(iter(body.values()))[0]["Contact"]


def test_without_a_pick_the_marketplaces_name_is_the_contact(shop):
    settlement_id = shop.settlement()
    assert postings.preview(settlement_id).plan.contact == "Amazon.co.uk"
    postings.post(shop.parts, settlement_id, ANN)
    assert sent_contact(settlement_id) == {"Name": "Amazon.co.uk"}


def test_a_contact_picked_is_shown_in_the_preview_and_sent_by_its_id_alone(shop):
    picked = marketplace_contacts.pick(shop.parts, "Amazon.co.uk", "amazon eu s.à r.l.", ANN)
    settlement_id = shop.settlement()
    assert postings.preview(settlement_id).plan.contact == "Amazon EU S.à r.l."
    assert postings.post(shop.parts, settlement_id, ANN).outcome == "posted"
    assert sent_contact(settlement_id) == {"ContactID": picked.contact_id}
    assert shop.documents(settlement_id)[0].contact_name == "Amazon EU S.à r.l."
    assert AuditEntry.get(AuditEntry.action == "contact.chosen").facts == {
        "marketplace": "Amazon.co.uk", "before": "Amazon.co.uk", "after": "Amazon EU S.à r.l."}


def test_other_marketplaces_keep_theirs_and_a_pick_can_be_taken_back(shop):
    marketplace_contacts.pick(shop.parts, "Amazon.co.uk", "Amazon EU S.à r.l.", ANN)
    assert marketplace_contacts.name_for("Amazon.de") == "Amazon.de"
    marketplace_contacts.forget(shop.parts, "Amazon.co.uk", ANN)
    assert marketplace_contacts.as_sent("Amazon.co.uk") == {"Name": "Amazon.co.uk"}
    assert marketplace_contacts.picked() == {}


def test_a_preview_seen_before_the_pick_is_not_what_is_posted(shop):
    settlement_id = shop.settlement()
    seen = postings.preview(settlement_id).plan.hash
    marketplace_contacts.pick(shop.parts, "Amazon.co.uk", "Amazon EU S.à r.l.", ANN)
    with pytest.raises(postings.StalePreview):
        postings.post(shop.parts, settlement_id, ANN, seen)


def test_a_contact_archived_in_xero_is_told_before_anything_is_sent(shop):
    picked = marketplace_contacts.pick(shop.parts, "Amazon.co.uk", "Amazon EU S.à r.l.", ANN)
    shop.client().write("POST", f"Contacts/{picked.contact_id}", {"ContactStatus": "ARCHIVED"})
    result = reference_data.sync(shop.parts, ANN)
    assert result.counts["contacts"]["archived"] == 1
    assert result.sentence == "1 contact archived, 1 contact must be picked anew"
    assert "“Amazon EU S.à r.l.”, picked for Amazon.co.uk, is archived in Xero" in result.needs[0]
    settlement_id = shop.settlement()
    with pytest.raises(Refused, match=r"archived in Xero.*pick another"):
        postings.post(shop.parts, settlement_id, ANN)
    assert shop.documents(settlement_id) == []
    assert shop.status(settlement_id) == "ready"
    assert Contact.get_by_id(picked.contact_id) not in marketplace_contacts.offered()


def test_what_is_not_there_cannot_be_picked(shop):
    with pytest.raises(NotFound, match="no active contact “Nobody”"):
        marketplace_contacts.pick(shop.parts, "Amazon.co.uk", "Nobody", ANN)
    with pytest.raises(NotFound, match="no marketplace “eBay”"):
        marketplace_contacts.pick(shop.parts, "eBay", "Amazon EU S.à r.l.", ANN)


def test_of_two_with_the_same_name_the_id_decides(shop):
    twin = Contact.create(contact_id="11111111-2222", name="Amazon EU S.à r.l.", status="ACTIVE")
    with pytest.raises(Refused, match="2 active contacts"):
        marketplace_contacts.pick(shop.parts, "Amazon.co.uk", "Amazon EU S.à r.l.", ANN)
    assert marketplace_contacts.pick(shop.parts, "Amazon.co.uk", twin.contact_id, ANN).contact_id == twin.contact_id


def test_before_the_first_sync_there_is_nothing_to_pick_from(parts):
    with pytest.raises(Refused, match="press Sync from Xero first"):
        marketplace_contacts.pick(parts, "Amazon.co.uk", "Amazon", ANN)


def test_contacts_are_found_by_a_part_of_their_name(shop):
    assert [row.name for row in marketplace_contacts.offered("eu s.")] == ["Amazon EU S.à r.l."]
