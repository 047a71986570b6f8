"""View in Xero: the address of a document, in Xero itself or in the sandbox."""

import pytest

from models import Organisation, Posting, XeroConnection
from services.document_links import of_posting
from services.parts import Parts
from tests.conftest import make_config

ID = "9d73e247-cae3-49d7-8436-7d19aef746d9"


@pytest.fixture
def live(parts, tmp_path, clock) -> Parts:
    return Parts(make_config(tmp_path / "live", mode="live"), clock, parts.xero_http)


def organisation(short_code: str) -> None:
    Organisation.create(id=1, organisation_id="o", name="Example Ltd", country="GB", base_currency="GBP", pays_tax=True,
                        short_code=short_code)


def test_there_is_no_address_before_there_is_a_document(parts):
    assert of_posting(parts, None) == ""
    assert of_posting(parts, Posting(kind="invoice", document_id=None)) == ""


@pytest.mark.parametrize(("kind", "shelf"), [("invoice", "invoices"), ("credit_note", "credit-notes")])
def test_in_sandbox_mode_it_is_a_page_of_the_sandbox(parts, kind, shelf):
    XeroConnection.create(id=1, tenant_id="t-1")
    address = of_posting(parts, Posting(kind=kind, document_id=ID))
    assert address == f"http://localhost:8000/sandbox/t-1/{shelf}/{ID}"


def test_live_the_short_code_opens_the_right_organisation(live):
    organisation("!Qj35V")
    assert of_posting(live, Posting(kind="invoice", document_id=ID)) == (
        "https://go.xero.com/organisationlogin/default.aspx?shortcode=%21Qj35V"
        f"&redirecturl=/AccountsReceivable/View.aspx%3FInvoiceID%3D{ID}")


def test_live_without_a_short_code_the_document_is_opened_directly(live):
    organisation("")
    assert of_posting(live, Posting(kind="credit_note", document_id=ID)) == (
        f"https://go.xero.com/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={ID}")
