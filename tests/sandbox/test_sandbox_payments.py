"""Payments: they close a document and stand in the way of voiding it; taken away, they open it again."""

import pytest

from tests.sandbox.xero_app import credit_note, invoice, line, payment

VOIDING = "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it."


@pytest.fixture
def approved(full) -> dict:
    return full.save(invoice(Status="AUTHORISED", InvoiceNumber="AMZ-TB-10001"))


def read(app, document: dict) -> dict:
    return app.get(f"/Invoices/{document['InvoiceID']}")[0]


def test_paid_in_full_an_invoice_is_paid(full, approved):
    made = full.save(payment(approved, Reference="Deposit"), "/Payments")
    assert (made["Status"], made["PaymentType"], made["Amount"]) == ("AUTHORISED", "ACCRECPAYMENT", 120.00)
    assert (made["Account"]["Code"], made["Invoice"]["InvoiceNumber"]) == ("090", "AMZ-TB-10001")
    paid = read(full, approved)
    assert (paid["Status"], paid["AmountDue"], paid["AmountPaid"]) == ("PAID", 0.00, 120.00)
    assert paid["FullyPaidOnDateString"] == "2026-05-30T00:00:00"
    [shown] = paid["Payments"]
    assert (shown["PaymentID"], shown["Amount"], shown["Reference"]) == (made["PaymentID"], 120.00, "Deposit")


def test_paid_in_part_it_stays_open_by_the_rest(full, approved):
    full.save(payment(approved, "20.00"), "/Payments")
    part = read(full, approved)
    assert (part["Status"], part["AmountDue"], part["AmountPaid"]) == ("AUTHORISED", 100.00, 20.00)
    assert "FullyPaidOnDate" not in part
    full.save(payment(approved, "100.00"), "/Payments")
    assert read(full, approved)["Status"] == "PAID"


def test_a_payment_taken_away_opens_the_document_again(full, approved):
    made = full.save(payment(approved), "/Payments")
    gone = full.save({"Status": "DELETED"}, f"/Payments/{made['PaymentID']}", "POST")
    assert gone["Status"] == "DELETED"
    again = read(full, approved)
    assert (again["Status"], again["AmountDue"], again["Payments"]) == ("AUTHORISED", 120.00, [])
    assert "FullyPaidOnDate" not in again
    assert full.save({"Status": "VOIDED"}, f"/Invoices/{approved['InvoiceID']}", "POST")["Status"] == "VOIDED"


@pytest.mark.parametrize("amount", ["120.00", "20.00"])
def test_what_is_paid_cannot_be_voided(full, approved, amount):
    full.save(payment(approved, amount), "/Payments")
    path = f"/Invoices/{approved['InvoiceID']}"
    assert full.refused({"Status": "VOIDED"}, path, "POST") == [VOIDING]
    assert full.refused({"Status": "DRAFT"}, path, "POST") == [VOIDING.replace("VOIDED", "DRAFT")]
    assert read(full, approved)["Status"] in ("PAID", "AUTHORISED")


def test_amounts_of_what_is_paid_stand_fast_and_words_may_change(full, approved):
    full.save(payment(approved), "/Payments")
    path, fast = f"/Invoices/{approved['InvoiceID']}", [
        "This document cannot be edited as it has a payment or credit note allocated to it."
    ]
    kept = approved["LineItems"][0]["LineItemID"]
    for change in ({"Date": "2026-05-01"}, {"CurrencyCode": "EUR"}, {"LineAmountTypes": "Exclusive"},
                   {"LineItems": [{"LineItemID": kept, "UnitAmount": 1}]}, {"LineItems": []}):
        assert full.refused(change, path, "POST") == fast
    assert full.refused({"LineItems": [line()]}, path, "POST") == [
        "To update fields on a paid invoice line item, you must supply a LineItemID"
    ]
    changed = full.save(
        {"Reference": "new", "DueDate": "2026-06-30", "InvoiceNumber": "A-2", "Contact": {"Name": "Amazon EU"},
         "LineItems": [{"LineItemID": kept, "Description": "Sales", "AccountCode": "205"}]}, path, "POST",
    )
    assert (changed["Status"], changed["Total"], changed["TotalTax"]) == ("PAID", 120.00, 20.00)
    assert (changed["Reference"], changed["InvoiceNumber"], changed["Contact"]["Name"]) == ("new", "A-2", "Amazon EU")
    assert (changed["LineItems"][0]["Description"], changed["LineItems"][0]["AccountCode"]) == ("Sales", "205")


def test_some_edits_of_what_is_paid_in_part_do_not_count_as_changes(full, approved, time):
    full.save(payment(approved, "20.00"), "/Payments")
    before = read(full, approved)["UpdatedDateUTC"]
    time.move(minutes=1)
    path = f"/Invoices/{approved['InvoiceID']}"
    assert full.save({"DueDate": "2026-07-01"}, path, "POST")["UpdatedDateUTC"] == before
    assert full.save({"Reference": "new"}, path, "POST")["UpdatedDateUTC"] != before


@pytest.mark.parametrize(("changes", "words"), [
    ({"Amount": 120.01}, "Payment amount exceeds the amount outstanding on this document"),
    ({"Amount": 0}, "Payment amounts must be positive amounts"),
    ({"Amount": -1}, "Payment amounts must be positive amounts"),
    ({"Account": {"Code": "200"}}, "Account code '200' is not a valid code for this document."),
    ({"Account": {"Code": "999"}}, "Account code '999' is not a valid code for this document."),
    ({"Account": None}, "An Account must be specified for the payment."),
    ({"Date": "soon"}, "The Date 'soon' is not a valid date."),
    ({"Status": "DELETED"}, "Payment not of valid status for creation"),
    ({"Invoice": {"InvoiceID": "00000000-0000-0000-0000-000000000001"}},
     "An existing Invoice with the specified InvoiceID could not be found"),
    ({"Invoice": None}, "An Invoice or a CreditNote must be specified."),
])
def test_a_payment_has_its_rules(full, approved, changes, words):
    assert full.refused(payment(approved, **changes), "/Payments") == [words]
    assert read(full, approved)["AmountPaid"] == 0.00


def test_a_draft_cannot_be_paid(full):
    assert full.refused(payment(full.save(invoice())), "/Payments") == ["Invoice not of valid status for payment"]


def test_an_account_that_takes_payments_will_do(full, approved):
    assert full.save(payment(approved, Account={"Code": "855"}), "/Payments")["Account"]["Name"] == "Amazon Clearing"


def test_an_invoice_may_be_named_by_its_number(full, approved):
    body = {**payment(approved), "Invoice": {"InvoiceNumber": "AMZ-TB-10001"}}
    assert full.save(body, "/Payments", "POST")["Invoice"]["InvoiceID"] == approved["InvoiceID"]


def test_nothing_is_paid_in_a_locked_period(full, approved):
    full.lock(PeriodLockDate="2026-05-30")
    words = ["The document date cannot be before the period lock date, currently set at 30-May-2026"]
    assert full.refused(payment(approved), "/Payments") == words
    assert full.save(payment(approved, Date="2026-06-01"), "/Payments")


def test_a_payment_is_deleted_once_and_never_changed(full, approved):
    path = f"/Payments/{full.save(payment(approved), '/Payments')['PaymentID']}"
    assert full.refused({"Reference": "x"}, path, "POST") == ["A payment can only be deleted: send Status DELETED."]
    full.save({"Status": "DELETED"}, path, "POST")
    assert full.refused({"Status": "DELETED"}, path, "POST") == ["Payment not of valid status for modification"]
    assert full.call("POST", "/Payments/00000000-0000-0000-0000-000000000001", {"Status": "DELETED"}).status_code == 404


def test_bills_and_credit_notes_are_paid_too(full):
    bill = full.save(invoice(line(account="401", tax="INPUT2"), Type="ACCPAY", Status="AUTHORISED"))
    assert full.save(payment(bill), "/Payments")["PaymentType"] == "ACCPAYPAYMENT"
    note = full.save(credit_note(Status="AUTHORISED"), "/CreditNotes")
    refund = full.save(payment(note, "100.00"), "/Payments")
    assert (refund["PaymentType"], refund["Invoice"]["Type"]) == ("ARCREDITPAYMENT", "ACCRECCREDIT")
    [shown] = full.get(f"/CreditNotes/{note['CreditNoteID']}")
    assert (shown["RemainingCredit"], shown["Payments"][0]["Amount"]) == (20.00, 100.00)


def test_payments_are_listed_filtered_and_paged(full, approved, time):
    made = [full.save(payment(approved, "10.00", Reference=f"R{n}"), "/Payments") for n in range(3)]
    assert [each["Reference"] for each in full.get("/Payments")] == ["R0", "R1", "R2"] or len(made) == 3
    assert full.get("/Payments", where='Reference=="r1"')[0]["PaymentID"] == made[1]["PaymentID"]
    page = full.call("GET", "/Payments", page=1, pageSize=2).json
    assert (len(page["Payments"]), page["pagination"]["itemCount"]) == (2, 3)
    time.move(minutes=1)
    full.save({"Status": "DELETED"}, f"/Payments/{made[0]['PaymentID']}", "POST")
    since = full.call("GET", "/Payments", headers={"If-Modified-Since": "2026-06-01T12:00:30"}).json["Payments"]
    assert [(each["PaymentID"], each["Status"]) for each in since] == [(made[0]["PaymentID"], "DELETED")]
    assert full.get(f"/Payments/{made[1]['PaymentID']}")[0]["Amount"] == 10.00


def test_several_in_one_call_stand_or_fall_together(full, approved):
    both = {"Payments": [payment(approved, "100.00"), payment(approved, "100.00")]}
    assert full.call("PUT", "/Payments", both).status_code == 400
    assert read(full, approved)["AmountPaid"] == 0.00
    answer = full.call("PUT", "/Payments", both, summarizeErrors="false")
    assert [each["StatusAttributeString"] for each in answer.json["Payments"]] == ["OK", "ERROR"]
    assert read(full, approved)["AmountPaid"] == 100.00


def test_payments_need_their_own_scope(app):
    answer = app.call("GET", "/Payments")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer error="insufficient_scope"')
