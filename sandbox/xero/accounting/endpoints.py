"""The table of the API: method, path, the scope it needs (without .read), and who answers."""

from functools import partial

from flask import Blueprint, Response

from sandbox.xero.accounting import contacts, document_lists, documents, gate, reference_lists
from sandbox.xero.accounting.answers import exception
from sandbox.xero.accounting.families import FAMILIES

BASE = "/api.xro/2.0"
SETTINGS = "accounting.settings"
CONTACTS = "accounting.contacts"
INVOICES = "accounting.invoices"

ENDPOINTS = [
    ("GET", "/Organisation", SETTINGS, reference_lists.organisation),
    ("GET", "/Accounts", SETTINGS, reference_lists.accounts),
    ("GET", "/Accounts/<account_id>", SETTINGS, reference_lists.one_account),
    ("GET", "/TaxRates", SETTINGS, reference_lists.tax_rates),
    ("GET", "/TrackingCategories", SETTINGS, reference_lists.tracking_categories),
    ("GET", "/TrackingCategories/<category_id>", SETTINGS, reference_lists.one_tracking_category),
    ("GET", "/Currencies", SETTINGS, reference_lists.currencies),
    ("GET", "/Contacts", CONTACTS, contacts.contacts),
    ("PUT", "/Contacts", CONTACTS, contacts.create),
    ("POST", "/Contacts", CONTACTS, contacts.create_or_update),
    ("GET", "/Contacts/<contact_id>", CONTACTS, contacts.one_contact),
    ("POST", "/Contacts/<contact_id>", CONTACTS, contacts.update),
    *(
        (method, f"/{family.plural}{path}", INVOICES, partial(endpoint, family))
        for family in FAMILIES.values()
        for method, path, endpoint in (
            ("GET", "", document_lists.many),
            ("PUT", "", documents.create),
            ("POST", "", documents.create_or_update),
            ("GET", "/<document_id>", document_lists.one),
            ("POST", "/<document_id>", documents.update),
        )
    ),
]


blueprint = Blueprint("accounting", __name__)


def _add(method: str, path: str, scope: str, endpoint: gate.Endpoint) -> None:
    def answer(**ids: str) -> Response:
        return gate.serve(endpoint, scope, **ids)

    blueprint.add_url_rule(f"{BASE}{path}", f"{method} {path}", answer, methods=[method])


for row in ENDPOINTS:
    _add(*row)


@blueprint.route(f"{BASE}/<path:unplayed>", methods=["GET", "PUT", "POST", "DELETE"])
def not_played(unplayed: str) -> Response:
    message = "The Api Method called is not implemented"
    return exception(20, "ApiMethodNotImplementedException", message, status=501).answer.response()
