"""Xero's own Python SDK, unchanged but for its addresses, against the served sandbox."""

from datetime import date
from pathlib import Path

import pytest
import requests
from werkzeug.test import Client
from xero_python.accounting import (
    Account,
    AccountingApi,
    Accounts,
    Allocation,
    Allocations,
    Contact,
    CreditNote,
    CreditNotes,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    ManualJournal,
    ManualJournalLine,
    ManualJournals,
    Payment,
    PaymentDelete,
    Payments,
)
from xero_python.accounting import Contacts as ContactList
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException
from xero_python.exceptions.http_status_exceptions import HTTPStatusException, RateLimitException
from xero_python.identity import IdentityApi

from tests.sandbox.served import served
from tests.sandbox.xero_app import ALL_SCOPES, API, SCOPES, XeroApp

CLIENT_ID, SECRET = "sdk", "sdk-secret"


class Browser(Client):
    """Speaks to the served sandbox with werkzeug's client methods, so that XeroApp can press its buttons."""

    def __init__(self, base: str):
        self.base = base

    def open(self, path: str, **options):
        data, headers, query = (options.get(name) for name in ("data", "headers", "query_string"))
        answer = requests.request(options.get("method", "GET"), self.base + path, data=data, headers=headers,
                                  params=query, allow_redirects=False, timeout=30)
        return Answer(answer)


class Answer:
    def __init__(self, answer: requests.Response):
        self.status_code, self.text = answer.status_code, answer.text
        self.location = answer.headers.get("Location")
        self.json = answer.json() if "json" in answer.headers.get("Content-Type", "") else None


class Sdk:
    """The SDK as an app would set it up, with everything aimed at one base."""

    def __init__(self, base: str):
        self.base = base
        app = XeroApp(None, CLIENT_ID)
        app.client = Browser(base)
        code = app.consent(scope=f"{SCOPES} {ALL_SCOPES}")["code"]
        self.token = app.redeem(code, client_secret=SECRET).json
        configuration = Configuration(oauth2_token=OAuth2Token(client_id=CLIENT_ID, client_secret=SECRET))
        self.client = ApiClient(
            configuration, oauth2_token_getter=lambda: self.token, oauth2_token_saver=self._save
        )
        self.client.set_oauth2_token(self.token)
        self.accounting = AccountingApi(self.client, base_url=f"{base}/api.xro/2.0")
        self.identity = IdentityApi(self.client, base_url=base)
        self.tenant = self.identity.get_connections()[0].tenant_id

    def order(self, method: str, path: str, fault: str, **more) -> None:
        wanted = {"method": method, "path": API + path, "fault": fault, **more}
        requests.post(f"{self.base}/sandbox/faults", json=wanted, timeout=30).raise_for_status()

    def turn(self, **switches: str) -> None:
        requests.post(f"{self.base}/sandbox/switches", json=switches, timeout=30).raise_for_status()

    def _save(self, token: dict) -> None:
        self.token = token

    def tokens(self) -> TokenApi:
        tokens = TokenApi(self.client, CLIENT_ID, SECRET)
        tokens.refresh_token_url = f"{self.base}/connect/token"
        tokens.revoke_token_url = f"{self.base}/connect/revocation"
        return tokens


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    with served(tmp_path_factory.mktemp("sdk")) as address:
        yield address


@pytest.fixture
def sdk(base) -> Sdk:
    """Each test starts with an empty organisation."""
    requests.post(f"{base}/sandbox/reset", json={}, timeout=30).raise_for_status()
    return Sdk(base)


def line(amount: float = 120.0, account: str = "200", tax: str = "OUTPUT2") -> LineItem:
    return LineItem(description="Product sales", quantity=1.0, unit_amount=amount, account_code=account, tax_type=tax)


def document(kind: type = Invoice, **changes):
    facts = {
        "type": "ACCREC" if kind is Invoice else "ACCRECCREDIT", "contact": Contact(name="Amazon.co.uk"),
        "line_items": [line(), line(-24.0, "401", "INPUT2")], "date": date(2026, 5, 28),
        "line_amount_types": LineAmountTypes.INCLUSIVE, "status": "DRAFT", "reference": "(£96.00) TBUK-1", **changes,
    }
    return kind(**facts)


def invoice(**changes) -> Invoices:
    return Invoices(invoices=[document(due_date=date(2026, 5, 28), **changes)])


def said(error) -> list[str]:
    return [one["Message"] for element in error.value.error_data["Elements"] for one in element["ValidationErrors"]]


def test_it_connects(sdk):
    [connection] = sdk.identity.get_connections()
    assert connection.tenant_name == "TrueBooks Demo (UK)"
    assert connection.tenant_type == "ORGANISATION"


def test_it_reads_the_reference_data(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    [organisation] = api.get_organisations(tenant).organisations
    assert (organisation.organisation_id, organisation.pays_tax) == (tenant, True)
    accounts = {account.code: account for account in api.get_accounts(tenant).accounts}
    assert accounts["610"].name == "Amazon Reserved Balances"
    active = api.get_accounts(tenant, where='Status=="ACTIVE" AND Type=="BANK"').accounts
    assert [account.code for account in active] == ["090"]
    rates = {rate.tax_type: rate for rate in api.get_tax_rates(tenant).tax_rates}
    assert rates["OUTPUT2"].effective_rate == 20.0
    tracking = api.get_tracking_categories(tenant).tracking_categories
    assert [category.name for category in tracking] == ["Region", "Channel"]
    currencies = {currency.code.value for currency in api.get_currencies(tenant).currencies}
    assert currencies == {"GBP", "EUR", "USD", "CAD", "AUD"}
    assert api.get_contacts(tenant, search_term="rowan").contacts[0].name == "Rowan & Ash Stationers"


def test_it_creates_a_draft_and_approves_and_voids_it(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    [draft] = api.create_invoices(tenant, invoice(invoice_number="AMZ-TB-10001")).invoices
    assert (draft.status, draft.total, draft.total_tax, draft.date) == ("DRAFT", 96.0, 16.0, date(2026, 5, 28))
    [approved] = api.update_invoice(
        tenant, draft.invoice_id, Invoices(invoices=[Invoice(invoice_id=draft.invoice_id, status="AUTHORISED")])
    ).invoices
    assert (approved.status, approved.amount_due, len(approved.line_items)) == ("AUTHORISED", 96.0, 2)
    [voided] = api.update_or_create_invoices(
        tenant, Invoices(invoices=[Invoice(invoice_id=draft.invoice_id, status="VOIDED")])
    ).invoices
    assert voided.status == "VOIDED"
    assert api.get_invoice(tenant, draft.invoice_id).invoices[0].amount_due == 0.0


def test_it_does_the_same_with_a_credit_note(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    notes = CreditNotes(credit_notes=[document(CreditNote, credit_note_number="AMZ-TB-10001")])
    [draft] = api.create_credit_notes(tenant, notes).credit_notes
    for status in ("AUTHORISED", "VOIDED"):
        change = CreditNotes(credit_notes=[CreditNote(credit_note_id=draft.credit_note_id, status=status)])
        [note] = api.update_credit_note(tenant, draft.credit_note_id, change).credit_notes
        assert (note.status, note.total, note.reference) == (status, 96.0, "(£96.00) TBUK-1")


def test_it_pages_and_filters(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    many = Invoices(invoices=[document(invoice_number=f"A-{n}", reference=f"TBUK-{n}") for n in range(5)])
    api.create_invoices(tenant, many)
    first = api.get_invoices(tenant, page=1, page_size=3, order="InvoiceNumber ASC")
    assert [one.invoice_number for one in first.invoices] == ["A-0", "A-1", "A-2"]
    assert (first.pagination.item_count, first.pagination.page_count) == (5, 2)
    assert len(first.invoices[0].line_items) == 2
    assert not api.get_invoices(tenant).invoices[0].line_items
    [found] = api.get_invoices(tenant, where='Reference.Contains("TBUK-3") AND Status!="VOIDED"').invoices
    assert found.invoice_number == "A-3"
    assert len(api.get_invoices(tenant, invoice_numbers=["A-1", "A-4"], statuses=["DRAFT"]).invoices) == 2
    assert len(api.get_invoices(tenant, i_ds=[found.invoice_id], summary_only=True).invoices) == 1


def test_it_is_refused_in_xeros_words(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    [draft] = api.create_invoices(tenant, invoice(invoice_number="A-1")).invoices
    with pytest.raises(AccountingBadRequestException) as error:
        api.create_invoices(tenant, invoice(invoice_number="A-1"))
    assert said(error) == ["Invoice # must be unique."]
    with pytest.raises(AccountingBadRequestException) as error:
        api.update_invoice(tenant, draft.invoice_id, Invoices(invoices=[Invoice(status="VOIDED")]))
    assert said(error) == ["Invoice not of valid status for modification"]
    with pytest.raises(AccountingBadRequestException) as error:
        api.create_invoices(tenant, invoice(status="AUTHORISED", line_items=[line(-1.0)]))
    assert said(error) == ["The Total for this document must be greater than or equal to zero."]
    with pytest.raises(AccountingBadRequestException) as error:
        api.create_contacts(tenant, ContactList(contacts=[Contact(name="Amazon.co.uk")]))
    assert said(error)[0].startswith("The contact name Amazon.co.uk is already assigned to another contact.")


def test_each_document_may_stand_for_itself(sdk):
    both = Invoices(invoices=[document(invoice_number="A-1"), document(invoice_number="A-1")])
    good, bad = sdk.accounting.create_invoices(sdk.tenant, both, summarize_errors=False).invoices
    assert (good.status_attribute_string, bad.status_attribute_string) == ("OK", "ERROR")
    assert bad.validation_errors[0].message == "Invoice # must be unique."


def test_a_key_keeps_a_create_from_happening_twice(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    answers = [api.create_invoices(tenant, invoice(), idempotency_key="k").invoices[0] for _ in range(2)]
    assert answers[0].invoice_id == answers[1].invoice_id
    assert len(api.get_invoices(tenant).invoices) == 1


def test_an_unknown_document_is_not_found(sdk):
    with pytest.raises(HTTPStatusException) as error:
        sdk.accounting.get_invoice(sdk.tenant, "00000000-0000-0000-0000-000000000001")
    assert error.value.status == 404


def test_it_refreshes_and_revokes(sdk):
    fresh = sdk.tokens().refresh_token(sdk.token["refresh_token"], SCOPES.split())
    assert fresh["refresh_token"] != sdk.token["refresh_token"]
    assert sdk.tokens().revoke_token(fresh["refresh_token"]) == 200
    assert sdk.identity.get_connections() == []
    with pytest.raises(HTTPStatusException) as error:
        sdk.accounting.get_accounts(sdk.tenant)
    assert error.value.status == 403


def test_it_disconnects_one_organisation(sdk):
    sdk.identity.delete_connection(sdk.identity.get_connections()[0].id)
    assert sdk.identity.get_connections() == []


# --- what has grown -------------------------------------------------------------------------------


@pytest.fixture
def owed(sdk) -> Invoice:
    return sdk.accounting.create_invoices(sdk.tenant, invoice(status="AUTHORISED")).invoices[0]


def paid(owed: Invoice, amount: float) -> Payment:
    return Payment(invoice=Invoice(invoice_id=owed.invoice_id), account=Account(code="090"), amount=amount,
                   date=date(2026, 6, 1), reference="Deposit")


def test_it_pays_and_takes_the_payment_back(sdk, owed):
    api, tenant = sdk.accounting, sdk.tenant
    [made] = api.create_payments(tenant, Payments(payments=[paid(owed, 96.0)])).payments
    assert (made.status, made.payment_type, made.amount) == ("AUTHORISED", "ACCRECPAYMENT", 96.0)
    [after] = api.get_invoice(tenant, owed.invoice_id).invoices
    assert (after.status, after.amount_due, after.payments[0].payment_id) == ("PAID", 0.0, made.payment_id)
    with pytest.raises(AccountingBadRequestException) as error:
        void = Invoices(invoices=[Invoice(invoice_id=owed.invoice_id, status="VOIDED")])
        api.update_invoice(tenant, owed.invoice_id, void)
    assert said(error) == [
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it."
    ]
    [gone] = api.delete_payment(tenant, made.payment_id, PaymentDelete(status="DELETED")).payments
    assert gone.status == "DELETED"
    assert api.get_invoice(tenant, owed.invoice_id).invoices[0].status == "AUTHORISED"
    assert [each.status for each in api.get_payments(tenant).payments] == ["DELETED"]


def test_it_is_refused_a_payment_in_xeros_words(sdk, owed):
    with pytest.raises(AccountingBadRequestException) as error:
        sdk.accounting.create_payment(sdk.tenant, paid(owed, 96.01))
    assert said(error) == ["Payment amount exceeds the amount outstanding on this document"]


def test_it_sets_a_credit_note_against_an_invoice_and_takes_it_off(sdk, owed):
    api, tenant = sdk.accounting, sdk.tenant
    notes = CreditNotes(credit_notes=[document(CreditNote, status="AUTHORISED")])
    [note] = api.create_credit_notes(tenant, notes).credit_notes
    use = Allocation(invoice=Invoice(invoice_id=owed.invoice_id), amount=96.0, date=date(2026, 6, 1))
    made = api.create_credit_note_allocation(tenant, note.credit_note_id, Allocations(allocations=[use])).allocations
    assert api.get_invoice(tenant, owed.invoice_id).invoices[0].status == "PAID"
    [used] = api.get_credit_note(tenant, note.credit_note_id).credit_notes
    assert (used.status, used.remaining_credit, used.allocations[0].amount) == ("PAID", 0.0, 96.0)
    assert api.delete_credit_note_allocations(tenant, note.credit_note_id, made[0].allocation_id).is_deleted is True
    assert api.get_invoice(tenant, owed.invoice_id).invoices[0].amount_due == 96.0


def journals(*amounts: float, **changes) -> ManualJournals:
    accounts = ("855", "200", "401")
    lines = [ManualJournalLine(line_amount=amount, account_code=accounts[place], description="Settlement")
             for place, amount in enumerate(amounts)]
    return ManualJournals(manual_journals=[ManualJournal(
        narration="AMZ-TB-10001 (£96.00) TBUK-1", journal_lines=lines, date=date(2026, 5, 28), **changes)])


def test_it_posts_a_journal_finds_and_voids_it(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    [made] = api.create_manual_journals(tenant, journals(96.0, -120.0, 24.0, status="POSTED")).manual_journals
    assert (made.status, len(made.journal_lines), made.date) == ("POSTED", 3, date(2026, 5, 28))
    [found] = api.get_manual_journals(tenant, where='Narration.Contains("TBUK-1")', page=1).manual_journals
    assert found.manual_journal_id == made.manual_journal_id
    void = ManualJournals(manual_journals=[ManualJournal(narration=made.narration, status="VOIDED")])
    assert api.update_manual_journal(tenant, made.manual_journal_id, void).manual_journals[0].status == "VOIDED"


def test_a_journal_out_of_balance_is_refused_in_xeros_words(sdk):
    with pytest.raises(AccountingBadRequestException) as error:
        sdk.accounting.create_manual_journals(sdk.tenant, journals(100.0, -10.0))
    assert said(error) == ["The total debits (100.00) must equal total credits (-10.00)"]


def test_it_attaches_a_file_and_reads_it_back(sdk, owed):
    api, tenant = sdk.accounting, sdk.tenant
    content = b"sku;amount\r\n\x00\xff"
    saved = api.create_invoice_attachment_by_file_name(
        tenant, owed.invoice_id, "lines.csv", content, include_online=True
    ).attachments[0]
    assert (saved.file_name, saved.content_length, saved.include_online) == ("lines.csv", len(content), True)
    [listed] = api.get_invoice_attachments(tenant, owed.invoice_id).attachments
    path = api.get_invoice_attachment_by_id(
        tenant, owed.invoice_id, listed.attachment_id, "application/octet-stream"
    )
    assert Path(path).read_bytes() == content


def test_it_adds_a_note_and_reads_the_history(sdk, owed):
    api, tenant = sdk.accounting, sdk.tenant
    notes = HistoryRecords(history_records=[HistoryRecord(details="Posted by TrueBooks")])
    [added] = api.create_invoice_history(tenant, owed.invoice_id, notes).history_records
    assert added.details == "Posted by TrueBooks"
    history = api.get_invoice_history(tenant, owed.invoice_id).history_records
    assert [each.changes for each in history] == ["Created", "Note"]


def test_it_asks_what_it_may_do_and_archives_an_account(sdk):
    api, tenant = sdk.accounting, sdk.tenant
    actions = {each.name: each.status for each in api.get_organisation_actions(tenant).actions}
    assert (actions["CreateApprovedInvoice"], actions["CreateManualJournal"]) == ("ALLOWED", "ALLOWED")
    [account] = api.get_accounts(tenant, where='Code=="425"').accounts
    archived = Accounts(accounts=[Account(status="ARCHIVED")])
    assert api.update_account(tenant, account.account_id, archived).accounts[0].status == "ARCHIVED"


@pytest.mark.parametrize(("fault", "status"), [
    ("500_before", 500), ("500_after", 500), ("502", 502), ("401_expired", 401), ("disconnected", 403),
    ("revoked", 403),
])
def test_each_error_reaches_it_with_its_status(sdk, fault, status):
    sdk.order("GET", "/Accounts", fault, times=4)
    with pytest.raises(HTTPStatusException) as error:
        sdk.accounting.get_accounts(sdk.tenant)
    assert error.value.status == status


def test_a_used_up_minute_is_the_sdks_own_error(sdk):
    sdk.order("GET", "/Accounts", "429_concurrent", times=4)
    with pytest.raises(RateLimitException) as error:
        sdk.accounting.get_accounts(sdk.tenant)
    assert (error.value.status, error.value.rate_limit) == (429, "concurrent")


def test_it_sleeps_and_comes_back_when_told_when(sdk):
    """The SDK's own habit (urllib3 obeys Retry-After): a second here, hours with a day's limit."""
    sdk.order("GET", "/Accounts", "429_minute", seconds=1)
    assert sdk.accounting.get_accounts(sdk.tenant).accounts


def test_a_lowered_role_is_a_403(sdk):
    sdk.turn(user_role="read_only")
    with pytest.raises(HTTPStatusException) as error:
        sdk.accounting.create_invoices(sdk.tenant, invoice())
    assert error.value.status == 403
    assert sdk.accounting.get_accounts(sdk.tenant).accounts


def test_a_dropped_put_is_sent_again_behind_the_apps_back(sdk):
    """The trap of the SDK (xero.md 10.3): a PUT whose answer is lost is sent again, and makes a second document."""
    sdk.order("PUT", "/Invoices", "drop_after")
    sdk.accounting.create_invoices(sdk.tenant, invoice())
    assert len(sdk.accounting.get_invoices(sdk.tenant).invoices) == 2
