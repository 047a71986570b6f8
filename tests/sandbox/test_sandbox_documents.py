"""What an invoice or credit note must hold, by status, in Xero's own words."""

import pytest

from tests.sandbox.xero_app import credit_note, invoice, line

NO_VAT = line("120.00", tax="NONE")


def test_a_draft_comes_back_as_it_was_sent_with_what_xero_adds(app):
    saved = app.save(invoice(InvoiceNumber="AMZ-TB-10001", Reference="(£120.00) TBUK-1"))
    assert (saved["InvoiceNumber"], saved["Reference"]) == ("AMZ-TB-10001", "(£120.00) TBUK-1")
    assert saved["Status"] == "DRAFT"
    assert (saved["AmountDue"], saved["AmountPaid"], saved["CurrencyCode"]) == (120.00, 0.00, "GBP")
    assert saved["DateString"] == saved["DueDateString"] == "2026-05-28T00:00:00"
    assert saved["UpdatedDateUTCString"] == "2026-06-01T12:00:00Z"
    assert saved["Contact"]["Name"] == "Amazon.co.uk"
    assert saved["HasErrors"] is False
    assert saved["LineItems"][0]["AccountID"] == app.get("/Accounts", where='Code=="200"')[0]["AccountID"]
    [read] = app.get(f"/Invoices/{saved['InvoiceID']}")
    assert (read["Total"], read["LineItems"][0]["LineItemID"]) == (120.00, saved["LineItems"][0]["LineItemID"])


def test_an_authorised_document_can_be_created_at_once(app):
    assert app.save(invoice(Status="AUTHORISED"))["Status"] == "AUTHORISED"
    assert app.save(credit_note(Status="AUTHORISED"), "/CreditNotes")["RemainingCredit"] == 120.00


def test_the_date_is_today_when_it_is_left_out(app):
    assert app.save(invoice(Date=None))["DateString"] == "2026-06-01T00:00:00"


@pytest.mark.parametrize("sent", ["2026-05-28", "2026-05-28T23:59:59", "/Date(1779926400000)/",
                                  "/Date(1779926400000+0000)/"])
def test_dates_are_never_shifted(app, sent):
    assert app.save(invoice(Date=sent))["DateString"] == "2026-05-28T00:00:00"


def test_a_strange_date_is_named(app):
    assert app.refused(invoice(Date="28.05.2026")) == ["The Date '28.05.2026' is not a valid date."]


@pytest.mark.parametrize("status", ["PAID", "VOIDED", "DELETED"])
def test_a_document_cannot_be_created_at_its_end(app, status):
    assert app.refused(invoice(Status=status)) == ["Invoice not of valid status for creation"]


@pytest.mark.parametrize("changes", [{"Type": None}, {"Type": "SALE"}, {"Type": "ACCRECCREDIT"}])
def test_a_document_needs_a_type_of_its_family(app, changes):
    assert len(app.refused(invoice(**changes))) == 1


@pytest.mark.parametrize(("changes", "words"), [
    ({"DueDate": None}, "The document DueDate field must be specified."),
    ({"LineItems": []}, "One or more line items must be specified"),
    ({"LineItems": [line("-0.01")]}, "The Total for this document must be greater than or equal to zero."),
    ({"LineItems": [{**line(), "Description": ""}]}, "The description field is mandatory for each line item."),
    ({"LineItems": [{**line(), "AccountCode": ""}]}, "Account code must be specified"),
    ({"LineItems": [line(account="999")]}, "Account code '999' is not a valid code for this document."),
])
def test_approval_asks_for_more_than_a_draft(app, changes, words):
    draft = app.save(invoice(**changes))
    assert draft["Status"] == "DRAFT"
    assert app.refused(invoice(**changes, Status="AUTHORISED")) == [words]
    if "999" not in words:  # a draft drops such an account, and then lacks one
        assert app.refused({"Status": "AUTHORISED"}, f"/Invoices/{draft['InvoiceID']}", "POST") == [words]


def test_a_negative_total_is_refused_on_submission_too(app):
    words = ["The Total for this document must be greater than or equal to zero."]
    assert app.refused(invoice(line("-0.01"), Status="SUBMITTED")) == words
    assert app.refused(credit_note(line("-0.01"), Status="AUTHORISED"), "/CreditNotes") == words
    assert app.save(invoice(line("5"), line("-5"), Status="AUTHORISED"))["Total"] == 0.00


def test_a_credit_note_needs_no_due_date(app):
    assert "DueDate" not in app.save(credit_note(Status="AUTHORISED"), "/CreditNotes")


def test_a_draft_drops_an_account_nobody_knows_and_warns(app):
    saved = app.save(invoice(line(account="999")))
    assert "AccountCode" not in saved["LineItems"][0]
    assert saved["Warnings"] == [
        {"Message": "Account code '999' has been removed as it does not match a recognised account."}
    ]


@pytest.mark.parametrize("account", ["090", "600", "800", "820", "960"])
def test_bank_and_system_accounts_take_no_lines(app, account):
    words = [f"Account code '{account}' is not a valid code for this document."]
    assert app.refused(invoice(line(account=account, tax="NONE"))) == words


def test_the_rounding_account_does(app):
    assert app.save(invoice(NO_VAT, line("0.01", "860", "NONE"), Status="AUTHORISED"))["Total"] == 120.01


def test_an_archived_account_takes_no_lines(app):
    assert app.refused(invoice(line(account="411", tax="INPUT2"))) == [
        "Account code '411' has been archived, or has been deleted. Each line item must reference a valid account."
    ]


@pytest.mark.parametrize("tax", ["NONSENSE", "SROUTPUT", "OUTPUT"])
def test_an_unknown_or_deleted_rate_is_refused(app, tax):
    assert app.refused(invoice(line(tax=tax))) == [
        f"The TaxType code '{tax}' does not exist or cannot be used for this type of transaction."
    ]


@pytest.mark.parametrize(("account", "tax"), [("200", "INPUT2"), ("401", "OUTPUT2"), ("401", "ZERORATEDOUTPUT"),
                                              ("200", "REVERSECHARGES"), ("610", "GSTONIMPORTS")])
def test_a_rate_must_fit_the_class_of_the_account(app, account, tax):
    words = [f"The TaxType code '{tax}' cannot be used with account code '{account}'."]
    assert app.refused(invoice(line(account=account, tax=tax))) == words


def test_expense_lines_may_stand_on_a_sales_invoice(app):
    lines = [line("500.00"), line("-120.00", "401", "INPUT2"), line("-10.00", "610", "NONE")]
    assert app.save(invoice(*lines, Status="AUTHORISED"))["Total"] == 370.00


def test_all_that_is_wrong_with_the_lines_is_told_at_once(app):
    assert app.refused(invoice(line(account="090", tax="NONE"), line(tax="NONSENSE"), Status="AUTHORISED")) == [
        "Account code '090' is not a valid code for this document.",
        "The TaxType code 'NONSENSE' does not exist or cannot be used for this type of transaction.",
    ]


def test_a_currency_must_be_enabled(app):
    assert app.refused(invoice(CurrencyCode="JPY")) == ["Organisation is not subscribed to currency JPY"]
    saved = app.save(invoice(CurrencyCode="CAD", CurrencyRate=1.71))
    assert (saved["CurrencyCode"], saved["CurrencyRate"]) == ("CAD", 1.71)


@pytest.mark.parametrize(("lock", "words"), [
    ({"PeriodLockDate": "2026-05-28"},
     "The document date cannot be before the period lock date, currently set at 28-May-2026"),
    ({"EndOfYearLockDate": "2026-05-31", "PeriodLockDate": "2026-05-31"},
     "The document date cannot be before the end of year lock date, currently set at 31-May-2026"),
])
def test_nothing_is_approved_changed_or_voided_in_a_locked_period(app, lock, words):
    draft, approved = app.save(invoice()), app.save(invoice(Status="AUTHORISED"))
    app.lock(**lock)
    assert app.refused(invoice(Status="AUTHORISED")) == [words]
    for document, change in ((draft, {"Status": "AUTHORISED"}), (approved, {"Status": "VOIDED"}),
                             (approved, {"Date": "2026-06-01", "DueDate": "2026-06-01"})):
        assert app.refused(change, f"/Invoices/{document['InvoiceID']}", "POST") == [words]
    app.lock(**dict.fromkeys(lock, "2026-05-27"))
    assert app.save({"Status": "VOIDED"}, f"/Invoices/{approved['InvoiceID']}", "POST")["Status"] == "VOIDED"


@pytest.mark.parametrize(("changes", "words"), [
    ({"InvoiceNumber": "x" * 256}, "The InvoiceNumber must have at most 255 printable characters."),
    ({"InvoiceNumber": "AMZ–1"}, "The InvoiceNumber must have at most 255 printable characters."),
    ({"Reference": "x" * 256}, "The Reference must have at most 255 characters."),
    ({"Url": "https://xero.example/1"}, "The Url must be a valid absolute address and must not contain xero."),
    ({"Url": "/settlements/1"}, "The Url must be a valid absolute address and must not contain xero."),
    ({"LineAmountTypes": "Gross"}, "LineAmountTypes must be Exclusive, Inclusive or NoTax."),
])
def test_fields_have_their_limits(app, changes, words):
    assert app.refused(invoice(**changes)) == [words]


def test_a_bill_has_no_reference(app):
    assert "Reference" not in app.save(invoice(line(account="401", tax="INPUT2"), Type="ACCPAY", Reference="x"))


def test_tracking_is_named_by_words_or_ids(app):
    words = app.save(invoice(line(Tracking=[{"Name": "region", "Option": "europe"}])))["LineItems"][0]["Tracking"]
    assert (words[0]["Name"], words[0]["Option"]) == ("Region", "Europe")
    ids = {name: words[0][name] for name in ("TrackingCategoryID", "TrackingOptionID")}
    assert app.save(invoice(line(Tracking=[ids])))["LineItems"][0]["Tracking"] == words
    both = [{"Name": "Region", "Option": "Europe"}, {"Name": "Channel", "Option": "Amazon"}]
    assert len(app.save(invoice(line(Tracking=both)))["LineItems"][0]["Tracking"]) == 2
    assert app.refused(invoice(line(Tracking=[*both, both[0]]))) == [
        "A line item may have two tracking options at most."
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"Invoices": [1]}', b'{"Invoices": []}', b'"x"', b"NaN",
                                  b'{"Type": "ACCREC", "Contact": {"Name": "A"}, "LineItems": [{"UnitAmount": "x"}]}'])
def test_a_body_that_is_no_document_is_refused(app, body):
    answer = app.client.put("/api.xro/2.0/Invoices", data=body, headers=app.headers(), content_type="application/json")
    assert (answer.status_code, answer.json["Type"]) == (400, "PostDataInvalidException")


@pytest.mark.parametrize("changes", [
    {"LineItems": 5}, {"LineItems": [5]}, {"LineItems": {"UnitAmount": 1}}, {"Reference": "\ud800"},
    {"LineItems": [{"UnitAmount": 1e300}]}, {"LineItems": [{"Tracking": "Region"}]}, {"CurrencyRate": [1]},
])
def test_nonsense_in_a_field_is_refused_and_never_a_500(app, changes):
    answer = app.client.put("/api.xro/2.0/Invoices", json=invoice(**changes), headers=app.headers())
    assert (answer.status_code, answer.json["Type"]) == (400, "PostDataInvalidException")
    journal = app.client.put("/api.xro/2.0/ManualJournals", json={"JournalLines": True}, headers=app.headers())
    assert journal.status_code in (400, 401)


def test_an_xml_body_is_refused(app):
    answer = app.client.put("/api.xro/2.0/Invoices", data=b"<Invoice/>", headers=app.headers(),
                            content_type="application/xml")
    assert answer.status_code == 400
    assert "JSON only" in answer.json["Message"]


def test_a_refused_document_is_given_back_with_the_zero_id(app):
    answer = app.call("PUT", "/Invoices", {"Invoices": [invoice(CurrencyCode="JPY", InvoiceNumber="AMZ-1")]})
    assert answer.json["Message"] == "A validation exception occurred"
    [element] = answer.json["Elements"]
    assert element["InvoiceID"] == "00000000-0000-0000-0000-000000000000"
    assert (element["InvoiceNumber"], element["HasErrors"]) == ("AMZ-1", True)


def test_fifty_documents_in_one_call(app):
    answer = app.call("PUT", "/Invoices", {"Invoices": [invoice(InvoiceNumber=f"A-{n}") for n in range(50)]})
    assert [item["InvoiceNumber"] for item in answer.json["Invoices"]] == [f"A-{n}" for n in range(50)]


def test_one_refused_document_refuses_the_call(app):
    both = {"Invoices": [invoice(InvoiceNumber="A-1"), invoice(InvoiceNumber="A-2", CurrencyCode="JPY")]}
    answer = app.call("PUT", "/Invoices", both)
    assert (answer.status_code, len(answer.json["Elements"])) == (400, 1)
    assert app.get("/Invoices") == []


@pytest.mark.parametrize("no", ["false", "False"])
def test_or_each_stands_for_itself(app, no):
    both = {"Invoices": [invoice(InvoiceNumber="A-1"), invoice(InvoiceNumber="A-1"), invoice(line(account="999"))]}
    answer = app.call("PUT", "/Invoices", both, summarizeErrors=no)
    assert (answer.status_code, answer.json["Status"]) == (200, "OK")
    assert [item["StatusAttributeString"] for item in answer.json["Invoices"]] == ["OK", "ERROR", "WARNING"]
    refused = answer.json["Invoices"][1]
    assert refused["ValidationErrors"] == [{"Message": "Invoice # must be unique."}]
    assert refused["InvoiceID"] == "00000000-0000-0000-0000-000000000000"
    assert "AmountDue" not in refused
    assert len(app.get("/Invoices")) == 2
