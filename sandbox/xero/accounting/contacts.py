"""Contacts: read, create, update, and found by name for a document (xero.md 8.7)."""

import uuid

from sandbox.xero import wire
from sandbox.xero.accounting.answers import Answer, bad_body, not_found
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.saving import Invalid, save_all
from sandbox.xero.accounting.selection import listed, page, select
from sandbox.xero.accounting.texts import say

KEPT = (
    "Name", "ContactNumber", "AccountNumber", "FirstName", "LastName", "EmailAddress", "TaxNumber", "CompanyNumber",
    "BankAccountDetails", "ContactStatus", "DefaultCurrency",
)
STATUSES = ("ACTIVE", "ARCHIVED", "GDPRREQUEST")
MAX_NAME = 255
LENGTHS = {  # OAS, MNV
    "ContactNumber": 50, "AccountNumber": 50, "FirstName": 255, "LastName": 255, "EmailAddress": 255, "TaxNumber": 50,
    "CompanyNumber": 50,
}
ARCHIVED = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes"
)
NOT_IDENTIFIED = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)


def contacts(call: Call) -> Answer:
    """Archived ones only with includeArchived; in pages only when a page is asked for."""
    kept = [item for item in call.ledger.contacts.values() if call.flag("includeArchived") or _active(item)]
    ids, term = listed(call, "IDs"), call.query.get("searchTerm", "").casefold()
    kept = [item for item in kept if not ids or item["ContactID"] in ids]
    kept = [item for item in kept if term in f"{item['Name']} {item.get('EmailAddress', '')}".casefold()]
    found = select(call, kept, "contacts")
    if not {"page", "pageSize"} & call.query.keys():
        return call.answer("Contacts", [contact(item) for item in found])
    items, pagination = page(call, found)
    return call.answer("Contacts", [contact(item) for item in items], pagination)


def one_contact(call: Call, contact_id: str) -> Answer:
    return call.answer("Contacts", [contact(_by_id(call, contact_id))])


def create(call: Call) -> Answer:
    return save_all(call, "Contacts", "ContactID", lambda given: contact(_create(call, given)), _echo)


def create_or_update(call: Call) -> Answer:
    """A name that exists is updated, not refused [REC:contact_create_duplicate_name]."""
    return save_all(call, "Contacts", "ContactID", lambda given: contact(_save(call, given)), _echo)


def update(call: Call, contact_id: str) -> Answer:
    existing = _by_id(call, contact_id)
    return save_all(call, "Contacts", "ContactID", lambda given: contact(change(call, existing, given)), _echo)


def _echo(given: dict) -> dict:
    return {name: given[name] for name in KEPT if isinstance(given.get(name), str) and name not in LENGTHS} | {
        name: given[name] for name, length in LENGTHS.items()
        if isinstance(given.get(name), str) and len(given[name]) <= length
    }


def _by_id(call: Call, contact_id: str) -> dict:
    found = call.ledger.contacts.get(contact_id.lower())
    if found is None:
        raise not_found()
    return found


def _active(item: dict) -> bool:
    return item["ContactStatus"] == "ACTIVE"


def named(call: Call, name: str) -> dict | None:
    """The active contact of that name, in any case [REC:contacts_by_name_other_case]."""
    wanted = name.strip().casefold()
    active = (item for item in call.ledger.contacts.values() if _active(item))
    return next((item for item in active if item["Name"].casefold() == wanted), None)


def _create(call: Call, given: dict) -> dict:
    return change(call, {"ContactID": str(uuid.uuid4()), "ContactStatus": "ACTIVE"}, given)


def _save(call: Call, given: dict) -> dict:
    if given.get("ContactID"):
        existing = call.ledger.contacts.get(str(given["ContactID"]).lower())
        if existing is None:
            raise Invalid("The Contact with the specified ContactID could not be found")
        return change(call, existing, given)
    existing = named(call, str(given.get("Name", "")))
    return change(call, existing, given) if existing else _create(call, given)


def change(call: Call, existing: dict, given: dict) -> dict:
    """Takes over the given fields; raises Invalid."""
    kept = {**existing, **{name: str(given[name]) for name in KEPT if given.get(name) is not None}}
    for name, length in LENGTHS.items():
        if len(kept.get(name, "")) > length:
            raise Invalid(say("field_too_long", field=name, length=length))
    if kept["ContactStatus"] not in STATUSES:
        raise Invalid(f"The ContactStatus must be one of {', '.join(STATUSES)}.")
    kept["Name"] = " ".join(str(kept.get("Name", "")).split())
    _check_name(call, kept)
    kept["UpdatedDateUTC"] = call.now_ms
    call.ledger.keep_contact(kept)
    return kept


def _check_name(call: Call, kept: dict) -> None:
    name = kept["Name"]
    if not name:
        raise Invalid("The contact name must be specified.")
    if len(name) > MAX_NAME or "<" in name or ">" in name:
        raise Invalid(f"The contact name must have at most {MAX_NAME} characters and no angle brackets.")
    other = named(call, name)
    if other and other["ContactID"] != kept["ContactID"] and kept["ContactStatus"] == "ACTIVE":
        raise Invalid(
            f"The contact name {name} is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        )


def for_document(call: Call, given: dict | None) -> dict:
    """The contact a document names, created when only a new name is given. Raises Invalid.

    Trap: fields sent beside a ContactID change the contact [BRIDGE].
    """
    if not given:
        raise Invalid("A Contact must be specified for this type of transaction")
    if not isinstance(given, dict):
        raise bad_body("Contact must be an object.")
    found = _identified(call, given)
    if found is None:
        return _create(call, given)
    if found["ContactStatus"] != "ACTIVE":
        raise Invalid(ARCHIVED)
    beside = {name: given[name] for name in KEPT if given.get(name) not in (None, found.get(name))}
    return change(call, found, beside) if given.get("ContactID") and beside else found


def mark(call: Call, contact: dict, role: str) -> None:
    """``role`` is IsCustomer or IsSupplier: what a first document makes of a contact."""
    if not contact.get(role):
        contact[role] = True
        call.ledger.keep_contact(contact)


def _identified(call: Call, given: dict) -> dict | None:
    contact_id, number, name = (str(given.get(key) or "") for key in ("ContactID", "ContactNumber", "Name"))
    if contact_id:
        if contact_id.lower() not in call.ledger.contacts:
            raise Invalid("The Contact with the specified ContactID could not be found")
        return call.ledger.contacts[contact_id.lower()]
    if not number and not name:
        raise Invalid(NOT_IDENTIFIED)
    numbered = [item for item in call.ledger.contacts.values() if number and item.get("ContactNumber") == number]
    return numbered[0] if numbered else named(call, name) if name else None


def contact(kept: dict) -> dict:
    """As it stands in answers about contacts and in a document just saved [REC:invoice_create]."""
    addresses = [
        {"AddressType": kind, "City": "", "Region": "", "PostalCode": "", "Country": ""} for kind in ("STREET", "POBOX")
    ]
    phones = [
        {"PhoneType": kind, "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
        for kind in ("DDI", "DEFAULT", "FAX", "MOBILE")
    ]
    return {
        "BankAccountDetails": "", "IsSupplier": False, "IsCustomer": False, **kept,
        "Addresses": addresses, "Phones": phones, "UpdatedDateUTC": wire.moment(kept["UpdatedDateUTC"]),
        "ContactGroups": [], "SalesTrackingCategories": [], "PurchasesTrackingCategories": [], "ContactPersons": [],
        "HasAttachments": False, "HasValidationErrors": False,
    }


def short(kept: dict) -> dict:
    """As it stands in lists of documents [VCR]."""
    return {
        "ContactID": kept["ContactID"], "Name": kept["Name"], "Addresses": [], "Phones": [], "ContactGroups": [],
        "ContactPersons": [], "HasValidationErrors": False,
    }
