"""Contacts: unique active names, PUT and POST, archived ones, and what a document does to them."""

import pytest

from tests.sandbox.xero_app import invoice

TAKEN = (
    "The contact name Amazon.co.uk is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)


def test_put_makes_a_contact_and_refuses_a_name_that_is_taken(app):
    made = app.save({"Name": "Amazon.co.uk", "EmailAddress": "x@example.com"}, "/Contacts")
    assert (made["Name"], made["ContactStatus"]) == ("Amazon.co.uk", "ACTIVE")
    assert app.refused({"Name": "Amazon.co.uk"}, "/Contacts") == [TAKEN]
    assert app.refused({"Name": "AMAZON.CO.UK"}, "/Contacts") == [TAKEN.replace("Amazon.co.uk", "AMAZON.CO.UK")]


def test_post_updates_the_contact_of_that_name(app):
    made = app.save({"Name": "Amazon.co.uk"}, "/Contacts")
    again = app.save({"Name": "amazon.co.uk", "EmailAddress": "new@example.com"}, "/Contacts", "POST")
    assert again["ContactID"] == made["ContactID"]
    assert app.get(f"/Contacts/{made['ContactID']}")[0]["EmailAddress"] == "new@example.com"


def test_a_contact_can_be_renamed_by_its_id(app):
    made = app.save({"Name": "Amazon.co.uk"}, "/Contacts")
    app.save({"Name": "Amazon UK"}, f"/Contacts/{made['ContactID']}", "POST")
    assert [item["Name"] for item in app.get("/Contacts", IDs=made["ContactID"])] == ["Amazon UK"]


@pytest.mark.parametrize("name", ["", "a <b>", "x" * 256])
def test_a_name_has_its_limits(app, name):
    assert len(app.refused({"Name": name}, "/Contacts")) == 1


def test_archived_contacts_are_listed_only_when_asked_for(app):
    assert "Old Marketplace Ltd" not in {item["Name"] for item in app.get("/Contacts")}
    assert "Old Marketplace Ltd" in {item["Name"] for item in app.get("/Contacts", includeArchived="true")}


def test_contacts_can_be_searched_and_paged(app):
    assert [item["Name"] for item in app.get("/Contacts", searchTerm="rowan")] == ["Rowan & Ash Stationers"]
    answer = app.call("GET", "/Contacts", page=2, pageSize=1, order="Name")
    assert [item["Name"] for item in answer.json["Contacts"]] == ["Rowan & Ash Stationers"]
    assert answer.json["pagination"] == {"page": 2, "pageSize": 1, "pageCount": 2, "itemCount": 2}


def test_an_unknown_contact_is_not_found(app):
    assert app.call("GET", "/Contacts/00000000-0000-0000-0000-000000000001").status_code == 404


def test_a_document_makes_its_contact_once_whatever_the_case(app):
    first = app.save(invoice(Contact={"Name": "Amazon.co.uk"}))["Contact"]
    second = app.save(invoice(Contact={"Name": "  AMAZON.co.uk "}))["Contact"]
    assert first["ContactID"] == second["ContactID"]
    assert (first["Name"], first["IsCustomer"], first["IsSupplier"]) == ("Amazon.co.uk", True, False)


def test_a_refused_document_leaves_no_contact_behind(app):
    app.refused(invoice(Contact={"Name": "Nobody"}, CurrencyCode="JPY"))
    assert "Nobody" not in {item["Name"] for item in app.get("/Contacts")}


def test_fields_beside_a_contact_id_change_the_contact(app):
    made = app.save({"Name": "Amazon.co.uk"}, "/Contacts")
    app.save(invoice(Contact={"ContactID": made["ContactID"], "Name": "Oops"}))
    assert app.get(f"/Contacts/{made['ContactID']}")[0]["Name"] == "Oops"


def test_an_id_alone_changes_nothing(app):
    made = app.save({"Name": "Amazon.co.uk"}, "/Contacts")
    app.save(invoice(Contact={"ContactID": made["ContactID"]}))
    assert app.get(f"/Contacts/{made['ContactID']}")[0]["Name"] == "Amazon.co.uk"


@pytest.mark.parametrize(("contact", "words"), [
    (None, "A Contact must be specified for this type of transaction"),
    ({"EmailAddress": "x@example.com"}, "The Contact must contain at least 1 of the following elements to identify "
                                        "the contact: Name, ContactID, ContactNumber"),
    ({"ContactID": "00000000-0000-0000-0000-000000000001"},
     "The Contact with the specified ContactID could not be found"),
])
def test_a_document_must_name_its_contact(app, contact, words):
    assert app.refused(invoice(Contact=contact)) == [words]


def test_an_archived_contact_takes_no_document(app):
    [old] = [item for item in app.get("/Contacts", includeArchived="true") if item["ContactStatus"] == "ARCHIVED"]
    assert app.refused(invoice(Contact={"ContactID": old["ContactID"]})) == [
        "The contact with the specified contact details has been archived. "
        "The contact must be un-archived before creating new invoices or credit notes"
    ]
