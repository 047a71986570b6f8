"""The sandbox's own pages: what is in "Xero" now, readable by an accountant, and what can be done by hand."""

import html
import re

import pytest

from sandbox.xero.seed import tenant_id
from tests.sandbox.xero_app import credit_note, invoice, journal, line, payment

UK = f"/sandbox/{tenant_id('uk')}"


def read(app, path: str) -> str:
    """A page's words, without its tags."""
    answer = app.client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    words = re.sub(r"<[^>]+>", " ", answer.text.partition("<body")[2].partition(">")[2])
    return " ".join(html.unescape(words).split())


@pytest.fixture
def document(app) -> dict:
    lines = [line("1480.50", Tracking=[{"Name": "Channel", "Option": "Amazon"}]), line("-248.85", "401", "INPUT2")]
    return app.save(invoice(*lines, InvoiceNumber="AMZ-TB-10001", Reference="(£1,231.65) TBUK-1", Status="AUTHORISED"))


def test_the_front_page_shows_organisations_with_their_counts_apps_and_the_time(app, document):
    page = read(app, "/sandbox/")
    assert "TrueBooks Demo (UK) UK, registered for VAT · GBP an-app 1 0 0 0" in page
    assert "TrueBooks Demo (US) United States · USD none 0 0 0 0" in page
    assert "1 Jun 2026, 12:00:00 UTC" in page


def test_the_list_shows_each_document_on_one_line(app, document):
    assert (
        "28 May 2026 AMZ-TB-10001 (£1,231.65) TBUK-1 Amazon.co.uk Awaiting payment GBP 1,231.65"
        in read(app, f"{UK}/invoices")
    )
    assert "Nothing has been put into this organisation yet" in read(app, f"{UK}/credit-notes")


def test_the_document_shows_its_lines_tax_totals_and_history(app, document):
    page = read(app, f"{UK}/invoices/{document['InvoiceID']}")
    assert "Sales invoice AMZ-TB-10001 Awaiting payment" in page
    assert "Channel: Amazon 200 – Amazon Sales 20% (VAT on Income) 1 1,480.50 246.75 1,480.50" in page
    assert "401 – Amazon Selling Fees 20% (VAT on Expenses) 1 −248.85 −41.48 −248.85" in page
    assert "Tax 205.27 Total GBP 1,231.65 Amount due 1,231.65" in page
    assert "an-app Created as AUTHORISED, total 1,231.65" in page


def test_voiding_by_hand_voids_and_is_told_in_the_history(app, document):
    path = f"{UK}/invoices/{document['InvoiceID']}"
    answer = app.client.post(f"{path}/ending")
    assert (answer.status_code, answer.location) == (303, path)
    assert app.get(f"/Invoices/{document['InvoiceID']}")[0]["Status"] == "VOIDED"
    page = read(app, path)
    assert "by hand AUTHORISED → VOIDED" in page
    assert "Void by hand" not in page
    again = app.client.post(f"{path}/ending")
    assert (again.status_code, "not of valid status for modification" in again.text) == (409, True)


def test_a_draft_is_deleted_by_hand(app):
    note = app.save(credit_note(), "/CreditNotes")
    path = f"{UK}/credit-notes/{note['CreditNoteID']}"
    assert "Delete this draft by hand" in read(app, path)
    app.client.post(f"{path}/ending")
    assert "Credit note CN-0001 Deleted" in read(app, path)


def test_what_is_locked_stays_and_the_page_says_why(app, document):
    form = {"PeriodLockDate": "2026-05-31", "EndOfYearLockDate": "", "back": f"{UK}/"}
    assert app.client.post(f"{UK}/organisation", data=form).location == f"{UK}/"
    assert 'value="2026-05-31"' in app.client.get(f"{UK}/").text
    answer = app.client.post(f"{UK}/invoices/{document['InvoiceID']}/ending")
    assert answer.status_code == 409
    assert "currently set at 31-May-2026" in answer.text
    assert app.get(f"/Invoices/{document['InvoiceID']}")[0]["Status"] == "AUTHORISED"


@pytest.mark.parametrize("path", ["/sandbox/reset", "/sandbox/switches", "/sandbox/clock", "/sandbox/faults",
                                  "/sandbox/limits", "/sandbox/faults/clearing", f"{UK}/organisation",
                                  f"{UK}/reset", f"{UK}/disconnection", f"{UK}/accounts/200", f"{UK}/currencies/EUR",
                                  "{document}/ending", "{document}/payment"])
@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_no_other_site_can_press_a_button(app, document, path, headers):
    address = path.format(document=f"{UK}/invoices/{document['InvoiceID']}")
    assert app.client.post(address, data={}, headers=headers).status_code == 403
    assert app.get(f"/Invoices/{document['InvoiceID']}")[0]["Status"] == "AUTHORISED"


@pytest.mark.parametrize("back", [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "/sandbox/\\evil.example",
    "/sandbox/..//evil.example", "/sandbox//evil.example", "/sandbox/../settings", "/sandbox/%2e%2e//evil.example",
    "/sandbox/x?y=https://evil.example", "/sandbox/x\r\nLocation: https://evil.example", "/sandboxes/",
    "javascript:alert(1)", "",
])
def test_a_form_never_leads_anywhere_but_to_the_sandboxs_own_pages(app, back):
    assert app.client.post("/sandbox/clock", data={"advance_seconds": "0", "back": back}).location == "/sandbox/"


def test_a_form_leads_back_to_the_page_it_stood_on(app):
    for back in ("/sandbox/clock", f"{UK}/", f"{UK}/invoices"):
        assert app.client.post("/sandbox/clock", data={"advance_seconds": "0", "back": back}).location == back


def test_hostile_text_is_shown_as_text(app):
    evil = "<script>alert(1)</script>"
    saved = app.save(invoice({**line(), "Description": evil}, Contact={"Name": "{{ 7*7 }}"}, Reference=evil))
    for path in (f"{UK}/invoices", f"{UK}/invoices/{saved['InvoiceID']}"):
        page = app.client.get(path).text
        assert "<script>" not in page
        assert "49" not in page.partition("<main>")[2].partition("{{ 7*7 }}")[0][-20:]
        assert "{{ 7*7 }}" in page


def test_a_draft_without_an_account_or_lines_can_be_looked_at(app):
    bare = app.save(invoice(LineItems=[{"Description": "A text line"}], Type="ACCPAY", DueDate=None))
    assert "Bill" in read(app, f"{UK}/invoices/{bare['InvoiceID']}")
    assert "no number" in read(app, f"{UK}/invoices")


def test_long_lists_come_in_pages(app):
    app.call("PUT", "/Invoices", {"Invoices": [invoice(InvoiceNumber=f"A-{n:03}") for n in range(101)]})
    assert "A-000" not in read(app, f"{UK}/invoices")
    assert "Older" in read(app, f"{UK}/invoices")
    assert "A-000" in read(app, f"{UK}/invoices?page=2")


@pytest.mark.parametrize("path", [
    "/sandbox/00000000-0000-0000-0000-000000000001/", f"{UK}/nonsense", "/sandbox/nonsense",
    f"{UK}/invoices/00000000-0000-0000-0000-000000000001",
])
def test_what_is_not_there_is_said_on_a_page(app, path):
    answer = app.client.get(path)
    assert answer.status_code == 404
    assert "Back to the sandbox" in answer.text


def test_faults_can_be_ordered_and_cancelled_with_a_form(app):
    form = {"method": "PUT", "path": "/api.xro/2.0/Invoices", "fault": "late", "times": "2", "seconds": "",
            "percent": "50", "seed": "7", "back": "/sandbox/faults"}
    assert app.client.post("/sandbox/faults", data=form).location == "/sandbox/faults"
    assert "late PUT /api.xro/2.0/Invoices 2 more, 50 %, seed 7" in read(app, "/sandbox/faults")
    app.client.post("/sandbox/faults/clearing")
    assert "2 more" not in read(app, "/sandbox/faults")


def test_a_wrong_form_says_what_is_wrong(app):
    answer = app.client.post("/sandbox/clock", data={"advance_seconds": "soon"})
    assert answer.status_code == 400
    assert "advance_seconds must be a whole number." in answer.text


def test_pages_are_strict_about_what_they_load(app):
    answer = app.client.get("/sandbox/")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in answer.text
    loaded = re.findall(r'(?:href|src)="(/sandbox/static/[^"]+)"', answer.text)
    assert {app.client.get(path).status_code for path in loaded} == {200}


# --- money ----------------------------------------------------------------------------------------


def test_an_invoice_is_paid_in_full_by_a_button_and_unpaid_by_another(app, document):
    path = f"{UK}/invoices/{document['InvoiceID']}"
    assert "Pay in full" in read(app, path)
    assert app.client.post(f"{path}/payment").location == path
    page = read(app, path)
    assert "AMZ-TB-10001 Paid" in page
    assert "Amount due 0.00" in page
    assert "1 Jun 2026 Payment 1,231.65" in page
    assert "Pay in full" not in page
    assert app.get(f"/Invoices/{document['InvoiceID']}")[0]["Status"] == "PAID"
    [made] = app.get(f"/Invoices/{document['InvoiceID']}")[0]["Payments"]
    app.client.post(f"{path}/payments/{made['PaymentID']}/removal")
    page = read(app, path)
    assert "AMZ-TB-10001 Awaiting payment" in page
    assert "by hand Payment of 1,231.65 removed" in page
    assert "Payments and credits" not in page


def test_a_part_can_be_paid_by_a_script(app, document):
    path = f"{UK}/invoices/{document['InvoiceID']}"
    assert app.client.post(f"{path}/payment", json={"amount": "231.65"}).status_code == 303
    assert app.get(f"/Invoices/{document['InvoiceID']}")[0]["AmountDue"] == 1000.00
    refused = app.client.post(f"{path}/payment", json={"amount": "1000.01"})
    assert (refused.status_code, "exceeds" in refused.json["error"]) == (409, True)


def test_what_is_paid_cannot_be_voided_by_hand_and_the_page_says_why(app, document):
    path = f"{UK}/invoices/{document['InvoiceID']}"
    app.client.post(f"{path}/payment")
    answer = app.client.post(f"{path}/ending")
    assert answer.status_code == 409
    assert "because it has payments or credit notes allocated to it." in answer.text


def test_payments_are_listed_and_lead_to_what_they_pay(full):
    paid = full.save(invoice(Status="AUTHORISED"))
    full.save(payment(paid, Reference="Deposit"), "/Payments")
    assert "30 May 2026 Payment received Deposit Amazon.co.uk Paid 120.00" in read(full, f"{UK}/payments")
    assert f'href="{UK}/invoices/{paid["InvoiceID"]}"' in full.client.get(f"{UK}/payments").text


def test_a_credit_note_and_its_invoice_lead_to_each_other(full):
    owed = full.save(invoice(Status="AUTHORISED", InvoiceNumber="A-1"))
    note = full.save(credit_note(Status="AUTHORISED", CreditNoteNumber="C-1"), "/CreditNotes")
    body = {"Allocations": [{"Invoice": {"InvoiceID": owed["InvoiceID"]}, "Amount": 20, "Date": "2026-05-30"}]}
    full.save(body, f"/CreditNotes/{note['CreditNoteID']}/Allocations")
    assert "30 May 2026 Credit note C-1 20.00" in read(full, f"{UK}/invoices/{owed['InvoiceID']}")
    assert "30 May 2026 Set against A-1 20.00" in read(full, f"{UK}/credit-notes/{note['CreditNoteID']}")


def test_a_journal_shows_its_sides_and_is_voided_by_hand(full):
    made = full.save(journal(Status="POSTED"), "/ManualJournals")
    assert "AMZ-TB-10001 (£100.00) TBUK-1 Posted 100.00" in read(full, f"{UK}/manual-journals")
    path = f"{UK}/manual-journals/{made['ManualJournalID']}"
    page = read(full, path)
    assert "Settlement 855 – Amazon Clearing No VAT 0.00 100.00" in page
    assert "Settlement 200 – Amazon Sales No VAT 0.00 100.00" in page
    assert "without tax" in page
    full.client.post(f"{path}/ending")
    assert "Manual journal Voided" in read(full, path)
    assert full.client.post(f"{path}/payment").status_code == 404


def test_accounts_are_archived_and_brought_back_by_a_button(app):
    form = {"Status": "ARCHIVED", "back": f"{UK}/"}
    assert app.client.post(f"{UK}/accounts/200", data=form).location == f"{UK}/"
    assert app.get("/Accounts", where='Code=="200"')[0]["Status"] == "ARCHIVED"
    assert "Restore" in read(app, f"{UK}/")
