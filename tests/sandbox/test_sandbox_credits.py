"""Credit notes set against invoices, and taken off again."""

import pytest

from tests.sandbox.xero_app import credit_note, invoice, line


@pytest.fixture
def owed(full) -> dict:
    return full.save(invoice(Status="AUTHORISED", InvoiceNumber="A-1"))


@pytest.fixture
def note(full) -> dict:
    return full.save(credit_note(line("50.00"), Status="AUTHORISED", CreditNoteNumber="C-1"), "/CreditNotes")


def against(invoice: dict, amount: float) -> dict:
    return {"Allocations": [{"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": amount, "Date": "2026-05-30"}]}


def path(note: dict) -> str:
    return f"/CreditNotes/{note['CreditNoteID']}/Allocations"


def test_a_credit_note_lowers_what_is_due(full, owed, note):
    made = full.save(against(owed, 30), path(note))
    assert (made["Amount"], made["Invoice"]["InvoiceNumber"]) == (30.00, "A-1")
    [after] = full.get(f"/Invoices/{owed['InvoiceID']}")
    assert (after["AmountDue"], after["AmountCredited"], after["Status"]) == (90.00, 30.00, "AUTHORISED")
    [credit] = after["CreditNotes"]
    assert (credit["CreditNoteNumber"], credit["AppliedAmount"]) == ("C-1", 30.00)
    [used] = full.get(f"/CreditNotes/{note['CreditNoteID']}")
    assert (used["RemainingCredit"], used["Allocations"][0]["Amount"]) == (20.00, 30.00)


def test_used_up_a_credit_note_is_paid_and_what_it_covers_whole_is_too(full, note):
    small = full.save(invoice(line("50.00"), Status="AUTHORISED"))
    full.save(against(small, 50), path(note))
    assert full.get(f"/Invoices/{small['InvoiceID']}")[0]["Status"] == "PAID"
    assert full.get(f"/CreditNotes/{note['CreditNoteID']}")[0]["Status"] == "PAID"


def test_neither_can_be_voided_until_it_is_taken_off(full, owed, note):
    made = full.save(against(owed, 30), path(note))
    words = "The status VOIDED cannot be applied to the {} because it has payments or credit notes allocated to it."
    void = {"Status": "VOIDED"}
    assert full.refused(void, f"/Invoices/{owed['InvoiceID']}", "POST") == [words.format("invoice")]
    assert full.refused(void, f"/CreditNotes/{note['CreditNoteID']}", "POST") == [words.format("credit note")]
    answer = full.call("DELETE", f"{path(note)}/{made['AllocationID']}")
    assert (answer.status_code, answer.json["IsDeleted"]) == (200, True)
    for where in (f"/Invoices/{owed['InvoiceID']}", f"/CreditNotes/{note['CreditNoteID']}"):
        assert full.save(void, where, "POST")["Status"] == "VOIDED"


@pytest.mark.parametrize(("amount", "words"), [
    (50.01, "Payment amount exceeds the amount outstanding on this document"),
    (0, "Payment amounts must be positive amounts"),
])
def test_no_more_than_there_is(full, owed, note, amount, words):
    assert full.refused(against(owed, amount), path(note)) == [words]


def test_only_an_approved_note_of_the_same_customer_and_currency(full, owed):
    draft = full.save(credit_note(), "/CreditNotes")
    assert full.refused(against(owed, 1), path(draft)) == ["Credit note not of valid status for allocation"]
    for changes in ({"Contact": {"Name": "Somebody else"}}, {"CurrencyCode": "EUR"}):
        other = full.save(credit_note(Status="AUTHORISED", **changes), "/CreditNotes")
        assert full.refused(against(owed, 1), path(other)) == [
            "The credit note and the invoice must be of the same side, contact and currency."
        ]


def test_what_is_not_there_is_not_found(full, owed, note):
    nothing = "00000000-0000-0000-0000-000000000001"
    assert full.call("DELETE", f"{path(note)}/{nothing}").status_code == 404
    assert full.call("PUT", f"/CreditNotes/{nothing}/Allocations", against(owed, 1)).status_code == 404
