"""The table of the API: method, path, the scope it needs (without .read), and who answers."""

from functools import partial

from flask import Blueprint, Response

from sandbox.xero.accounting import (
    accounts,
    allocations,
    attachments,
    contacts,
    document_lists,
    documents,
    gate,
    history,
    journals,
    organisation_actions,
    payments,
    reference_lists,
)
from sandbox.xero.accounting.answers import ApiException
from sandbox.xero.accounting.families import CREDIT_NOTES, DOCUMENTS, INVOICES, JOURNALS, PAYMENTS, Family

BASE = "/api.xro/2.0"
SETTINGS = "accounting.settings"
CONTACTS = "accounting.contacts"
SCOPES = {
    INVOICES: "accounting.invoices", CREDIT_NOTES: "accounting.invoices", JOURNALS: "accounting.manualjournals",
    PAYMENTS: "accounting.payments",
}
ATTACHMENTS = "accounting.attachments"

Row = tuple[str, str, str, gate.Endpoint]


def _documents(family: Family) -> list[Row]:
    calls = (
        ("GET", "", document_lists.many),
        ("PUT", "", documents.create),
        ("POST", "", documents.create_or_update),
        ("GET", "/<document_id>", document_lists.one),
        ("POST", "/<document_id>", documents.update),
    )
    return [(method, f"/{family.plural}{path}", SCOPES[family], partial(endpoint, family))
            for method, path, endpoint in calls]


def _histories(family: Family) -> list[Row]:
    path = f"/{family.plural}/<document_id>/History"
    return [("GET", path, SCOPES[family], partial(history.show, family)),
            ("PUT", path, SCOPES[family], partial(history.add, family))]


def _attachments(family: Family) -> list[Row]:
    folder = f"/{family.plural}/<document_id>/Attachments"
    calls = (("GET", "", attachments.listing), ("GET", "/<file_name>", attachments.content),
             ("PUT", "/<file_name>", attachments.save), ("POST", "/<file_name>", attachments.save))
    return [(method, folder + path, ATTACHMENTS, partial(endpoint, family)) for method, path, endpoint in calls]


ENDPOINTS: list[Row] = [
    ("GET", "/Organisation", SETTINGS, reference_lists.organisation),
    ("GET", "/Organisation/Actions", SETTINGS, organisation_actions.listing),
    ("GET", "/Accounts", SETTINGS, reference_lists.accounts),
    ("PUT", "/Accounts", SETTINGS, accounts.create),
    ("GET", "/Accounts/<account_id>", SETTINGS, reference_lists.one_account),
    ("POST", "/Accounts/<account_id>", SETTINGS, accounts.update),
    ("DELETE", "/Accounts/<account_id>", SETTINGS, accounts.delete),
    ("GET", "/TaxRates", SETTINGS, reference_lists.tax_rates),
    ("GET", "/TrackingCategories", SETTINGS, reference_lists.tracking_categories),
    ("GET", "/TrackingCategories/<category_id>", SETTINGS, reference_lists.one_tracking_category),
    ("GET", "/Currencies", SETTINGS, reference_lists.currencies),
    ("GET", "/Contacts", CONTACTS, contacts.contacts),
    ("PUT", "/Contacts", CONTACTS, contacts.create),
    ("POST", "/Contacts", CONTACTS, contacts.create_or_update),
    ("GET", "/Contacts/<contact_id>", CONTACTS, contacts.one_contact),
    ("POST", "/Contacts/<contact_id>", CONTACTS, contacts.update),
    *(row for family in DOCUMENTS for row in _documents(family)),
    ("PUT", "/CreditNotes/<document_id>/Allocations", SCOPES[CREDIT_NOTES], allocations.create),
    ("DELETE", "/CreditNotes/<document_id>/Allocations/<allocation_id>", SCOPES[CREDIT_NOTES], allocations.delete),
    ("GET", "/ManualJournals", SCOPES[JOURNALS], journals.many),
    ("PUT", "/ManualJournals", SCOPES[JOURNALS], journals.create),
    ("POST", "/ManualJournals", SCOPES[JOURNALS], journals.create_or_update),
    ("GET", "/ManualJournals/<document_id>", SCOPES[JOURNALS], journals.one),
    ("POST", "/ManualJournals/<document_id>", SCOPES[JOURNALS], journals.update),
    ("GET", "/Payments", SCOPES[PAYMENTS], payments.many),
    ("PUT", "/Payments", SCOPES[PAYMENTS], payments.create),
    ("POST", "/Payments", SCOPES[PAYMENTS], payments.create),
    ("GET", "/Payments/<document_id>", SCOPES[PAYMENTS], payments.one),
    ("POST", "/Payments/<document_id>", SCOPES[PAYMENTS], payments.update),
    *(row for family in SCOPES for row in _histories(family)),
    *(row for family in (*DOCUMENTS, JOURNALS) for row in _attachments(family)),
]


blueprint = Blueprint("accounting", __name__)


def _add(method: str, path: str, scope: str, endpoint: gate.Endpoint) -> None:
    raw = path.endswith("/<file_name>")

    def answer(**ids: str) -> Response:
        return gate.serve(endpoint, scope, raw, **ids)

    blueprint.add_url_rule(f"{BASE}{path}", f"{method} {path}", answer, methods=[method])


for row in ENDPOINTS:
    _add(*row)


@blueprint.route(f"{BASE}/<path:unplayed>", methods=["GET", "PUT", "POST", "DELETE"])
def not_played(unplayed: str) -> Response:
    message = "The Api Method called is not implemented"
    return ApiException(20, "ApiMethodNotImplementedException", message, status=501).answer.response()
