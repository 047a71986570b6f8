"""What may become of a document: transitions, edits, voiding, and its number."""

import pytest

from tests.sandbox.xero_app import credit_note, invoice, line

UNIQUE = "Invoice # must be unique."
NOT_FOR_MODIFICATION = "Invoice not of valid status for modification"
ROADS = {  # how a document gets into each status
    "DRAFT": ["DRAFT"], "SUBMITTED": ["SUBMITTED"], "AUTHORISED": ["AUTHORISED"],
    "VOIDED": ["AUTHORISED", "VOIDED"], "DELETED": ["DRAFT", "DELETED"],
}
ALLOWED = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"}, "VOIDED": set(), "DELETED": set(),
}


def made(app, status: str, **changes) -> str:
    first, *rest = ROADS[status]
    document = app.save(invoice(Status=first, **changes))
    for step in rest:
        app.save({"Status": step}, f"/Invoices/{document['InvoiceID']}", "POST")
    return document["InvoiceID"]


@pytest.mark.parametrize("old", ROADS)
@pytest.mark.parametrize("new", ["DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED", "DELETED", "PAID"])
def test_which_status_may_follow_which(app, old, new):
    path = f"/Invoices/{made(app, old)}"
    if new in ALLOWED[old]:
        assert app.save({"Status": new}, path, "POST")["Status"] == new
        assert app.get(path)[0]["Status"] == new
    else:
        assert app.refused({"Status": new}, path, "POST") == [NOT_FOR_MODIFICATION]
        assert app.get(path)[0]["Status"] == old


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_what_has_ended_cannot_be_edited(app, status):
    assert app.refused({"Reference": "new"}, f"/Invoices/{made(app, status)}", "POST") == [NOT_FOR_MODIFICATION]


def test_credit_notes_go_the_same_ways(app):
    note = app.save(credit_note(CreditNoteNumber="AMZ-TB-10001"), "/CreditNotes")
    path = f"/CreditNotes/{note['CreditNoteID']}"
    assert app.refused({"Status": "VOIDED"}, path, "POST") == ["Credit note not of valid status for modification"]
    assert app.save({"Status": "AUTHORISED"}, path, "POST")["RemainingCredit"] == 120.00
    assert app.save({"Status": "VOIDED"}, path, "POST")["Status"] == "VOIDED"
    assert app.get(path)[0]["RemainingCredit"] == 0.00


def test_approving_leaves_everything_else_as_it_was(app):
    before = app.save(invoice(line(TaxAmount=19.99), Reference="r", InvoiceNumber="A-1"))
    after = app.save({"InvoiceID": before["InvoiceID"], "Status": "AUTHORISED"}, "/Invoices", "POST")
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"Status", "UpdatedDateUTC", "UpdatedDateUTCString"}
    assert after["TotalTax"] == 19.99


def test_approving_twice_does_no_harm(app):
    path = f"/Invoices/{made(app, 'DRAFT')}"
    for _ in range(2):
        assert app.save({"Status": "AUTHORISED"}, path, "POST")["Status"] == "AUTHORISED"
    assert len(app.get("/Invoices")) == 1


def test_the_answer_to_voiding_still_shows_the_amount_as_due_and_the_list_does_not(app):
    document_id = made(app, "AUTHORISED")
    voided = app.save({"InvoiceID": document_id, "Status": "VOIDED"}, f"/Invoices/{document_id}", "POST")
    assert (voided["AmountDue"], len(voided["LineItems"])) == (120.00, 1)
    [row] = app.get("/Invoices", where='Status=="VOIDED"')
    assert (row["AmountDue"], row["Total"]) == (0.00, 120.00)


def test_voiding_does_not_blank_or_change_what_is_sent_beside(app):
    path = f"/Invoices/{made(app, 'AUTHORISED', Reference='r')}"
    app.save({"Status": "VOIDED", "Reference": "other", "LineItems": []}, path, "POST")
    [read] = app.get(path)
    assert (read["Reference"], len(read["LineItems"])) == ("r", 1)


def test_lines_are_kept_by_their_id_added_without_one_and_removed_when_not_sent(app):
    before = app.save(invoice(line("1.20"), line("2.40"), line("3.60")))
    first, second, _ = before["LineItems"]
    change = {"LineItems": [
        {"LineItemID": second["LineItemID"], "Description": "Renamed"},
        {"LineItemID": first["LineItemID"]},
        line("9.60"),
    ]}
    after = app.save(change, f"/Invoices/{before['InvoiceID']}", "POST")["LineItems"]
    assert [(item["Description"], item["LineAmount"]) for item in after] == [
        ("Renamed", 2.40), ("Product sales", 1.20), ("Product sales", 9.60),
    ]
    assert [item["LineItemID"] for item in after[:2]] == [second["LineItemID"], first["LineItemID"]]
    assert after[2]["LineItemID"] not in {item["LineItemID"] for item in before["LineItems"]}


def test_an_edited_price_has_its_tax_worked_out_anew(app):
    before = app.save(invoice(line("120.00", TaxAmount=1)))
    change = {"LineItems": [{"LineItemID": before["LineItems"][0]["LineItemID"], "UnitAmount": 60}]}
    after = app.save(change, f"/Invoices/{before['InvoiceID']}", "POST")
    assert (after["Total"], after["TotalTax"]) == (60.00, 10.00)


def test_another_kind_of_amounts_works_all_lines_out_anew(app):
    before = app.save(invoice())
    after = app.save({"LineAmountTypes": "Exclusive"}, f"/Invoices/{before['InvoiceID']}", "POST")
    assert (after["SubTotal"], after["TotalTax"], after["Total"]) == (120.00, 24.00, 144.00)


def test_an_approved_document_must_stay_approvable(app):
    path = f"/Invoices/{made(app, 'AUTHORISED')}"
    assert app.refused({"LineItems": [line("-1")]}, path, "POST") == [
        "The Total for this document must be greater than or equal to zero."
    ]
    assert app.get(path)[0]["Total"] == 120.00


# --- numbers ------------------------------------------------------------------------------------


def test_a_sales_number_is_unique_in_any_case(app):
    app.save(invoice(InvoiceNumber="AMZ-TB-10001"))
    assert app.refused(invoice(InvoiceNumber="AMZ-TB-10001")) == [UNIQUE]
    assert app.refused(invoice(InvoiceNumber="amz-tb-10001")) == [UNIQUE]


def test_a_number_cannot_be_taken_by_renaming(app):
    app.save(invoice(InvoiceNumber="A-1"))
    other = app.save(invoice(InvoiceNumber="A-2"))
    assert app.refused({"InvoiceNumber": "A-1"}, f"/Invoices/{other['InvoiceID']}", "POST") == [UNIQUE]
    app.save({"InvoiceNumber": "A-3"}, f"/Invoices/{other['InvoiceID']}", "POST")
    assert {item["InvoiceNumber"] for item in app.get("/Invoices")} == {"A-1", "A-3"}


def test_bills_may_share_a_number(app):
    bill = invoice(line(account="401", tax="INPUT2"), Type="ACCPAY", InvoiceNumber="RPT445-1")
    assert app.save(bill)["InvoiceID"] != app.save(bill)["InvoiceID"]
    assert app.save(bill, method="POST")
    assert len(app.get("/Invoices", InvoiceNumbers="RPT445-1")) == 3


def test_a_credit_note_and_an_invoice_may_share_a_number(app):
    app.save(invoice(InvoiceNumber="AMZ-TB-10001"))
    app.save(credit_note(CreditNoteNumber="AMZ-TB-10001"), "/CreditNotes")
    again = app.refused(credit_note(CreditNoteNumber="AMZ-TB-10001"), "/CreditNotes")
    assert again == ["Credit Note # must be unique."]


def test_sales_are_numbered_when_no_number_is_given(app):
    app.save(invoice(InvoiceNumber="INV-0002"))
    assert [app.save(invoice())["InvoiceNumber"] for _ in range(3)] == ["INV-0001", "INV-0003", "INV-0004"]
    assert app.save(credit_note(), "/CreditNotes")["CreditNoteNumber"] == "CN-0001"
    assert app.save(invoice(line(account="401", tax="INPUT2"), Type="ACCPAY"))["InvoiceNumber"] == ""


def test_the_trap_of_post_with_a_number_that_exists_updates_it(app):
    first = app.save(invoice(InvoiceNumber="A-1"), method="POST")
    second = app.save(invoice(line("60.00"), InvoiceNumber="A-1"), method="POST")
    assert second["InvoiceID"] == first["InvoiceID"]
    assert [item["Total"] for item in app.get("/Invoices")] == [60.00]


def test_post_with_an_unknown_id_says_so(app):
    unknown = "00000000-0000-0000-0000-000000000001"
    words = ["An existing Invoice with the specified InvoiceID could not be found"]
    assert app.refused(invoice(InvoiceID=unknown), method="POST") == words
    assert app.call("POST", f"/Invoices/{unknown}", {"Status": "AUTHORISED"}).status_code == 404


def test_the_zero_id_is_no_id(app):
    saved = app.save(invoice(InvoiceID="00000000-0000-0000-0000-000000000000"), method="POST")
    assert saved["InvoiceID"] != "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("end", ["VOIDED", "DELETED"])
def test_the_number_of_an_ended_document_is_free(app, end):
    old = made(app, end, InvoiceNumber="A-1")
    new = app.save(invoice(InvoiceNumber="A-1"))
    assert new["InvoiceID"] != old
    assert app.get("/Invoices/A-1")[0]["InvoiceID"] == new["InvoiceID"]
    assert app.save(invoice(line("60.00"), InvoiceNumber="A-1"), method="POST")["InvoiceID"] == new["InvoiceID"]


@pytest.mark.parametrize("end", ["VOIDED", "DELETED"])
def test_or_held_as_the_switch_says(app, end):
    app.turn(voided_numbers="held")
    made(app, end, InvoiceNumber="A-1")
    assert app.refused(invoice(InvoiceNumber="A-1")) == [UNIQUE]
    assert app.refused(invoice(InvoiceNumber="A-1"), method="POST") == [NOT_FOR_MODIFICATION]


def test_a_number_renamed_before_voiding_is_free_even_when_held(app):
    app.turn(voided_numbers="held")
    path = f"/Invoices/{made(app, 'AUTHORISED', InvoiceNumber='A-1')}"
    app.save({"InvoiceNumber": "A-1-V1"}, path, "POST")
    app.save({"Status": "VOIDED"}, path, "POST")
    assert app.save(invoice(InvoiceNumber="A-1"))["InvoiceNumber"] == "A-1"
