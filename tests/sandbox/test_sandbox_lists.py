"""Lists of documents: lines, pages, filters, order and what has changed."""

import pytest

from tests.sandbox.xero_app import invoice, line


@pytest.fixture
def three(app, time):
    """A-1 draft, A-2 authorised, A-3 voided; a minute apart."""
    for number, day in (("A-1", "2026-05-01"), ("A-2", "2026-05-02"), ("A-3", "2026-05-03")):
        document = app.save(invoice(
            InvoiceNumber=number, Date=day, DueDate=day, Reference=f"TBUK-{number}",
            Contact={"Name": f"Amazon {number}"}, Status="DRAFT" if number == "A-1" else "AUTHORISED",
        ))
        time.move(minutes=1)
    app.save({"Status": "VOIDED"}, f"/Invoices/{document['InvoiceID']}", "POST")
    return app


def numbers(app, **query) -> list[str]:
    return [item["InvoiceNumber"] for item in app.get("/Invoices", **query)]


def test_without_a_page_all_come_without_lines(three):
    answer = three.call("GET", "/Invoices")
    assert [item["InvoiceNumber"] for item in answer.json["Invoices"]] == ["A-1", "A-2", "A-3"]
    assert [item["LineItems"] for item in answer.json["Invoices"]] == [[], [], []]
    assert "pagination" not in answer.json
    assert answer.json["Invoices"][0]["Contact"].keys() >= {"ContactID", "Name"}
    assert "EmailAddress" not in answer.json["Invoices"][0]["Contact"]


def test_a_page_has_lines_and_says_how_many_there_are(three):
    answer = three.call("GET", "/Invoices", page=1, pageSize=2)
    assert [len(item["LineItems"]) for item in answer.json["Invoices"]] == [1, 1]
    assert answer.json["pagination"] == {"page": 1, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    assert numbers(three, page=2, pageSize=2) == ["A-3"]
    past = three.call("GET", "/Invoices", page=9)
    assert (past.status_code, past.json["Invoices"]) == (200, [])


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"pageSize": 0}, {"pageSize": 1001}])
def test_pages_have_their_limits(three, query):
    assert three.client.get("/api.xro/2.0/Invoices", query_string=query, headers=three.headers()).status_code == 400


def test_statuses_and_summaries_come_in_pages(three):
    assert "pagination" in three.call("GET", "/Invoices", Statuses="DRAFT,VOIDED").json
    summary = three.call("GET", "/Invoices", summaryOnly="true").json
    assert "pagination" in summary
    for left_out in ("LineItems", "Payments", "HasAttachments"):
        assert left_out not in summary["Invoices"][0]


@pytest.mark.parametrize(("query", "found"), [
    ({"Statuses": "DRAFT,VOIDED"}, ["A-1", "A-3"]),
    ({"InvoiceNumbers": "A-3,A-2"}, ["A-2", "A-3"]),
    ({"searchTerm": "tbuk-a-2"}, ["A-2"]),
    ({"searchTerm": "a-"}, ["A-1", "A-2", "A-3"]),
    ({"where": 'Reference.Contains("TBUK-A") AND Status!="VOIDED"'}, ["A-1", "A-2"]),
    ({"where": 'Contact.Name=="amazon a-2"'}, ["A-2"]),
    ({"where": "Date>DateTime(2026,5,1) AND AmountDue>0"}, ["A-2"]),
    ({"where": 'Type=="ACCREC" AND InvoiceNumber.StartsWith("A-")', "order": "Date DESC"}, ["A-3", "A-2", "A-1"]),
    ({"order": "InvoiceNumber DESC", "page": 1}, ["A-3", "A-2", "A-1"]),
    ({"order": "Status, Date DESC"}, ["A-2", "A-1", "A-3"]),
])
def test_filters(three, query, found):
    assert numbers(three, **query) == found


def test_by_ids_and_contacts(three):
    first, second, _ = three.get("/Invoices")
    assert numbers(three, IDs=f"{first['InvoiceID']},{second['InvoiceID']}") == ["A-1", "A-2"]
    assert numbers(three, ContactIDs=second["Contact"]["ContactID"]) == ["A-2"]
    assert numbers(three, where=f'Contact.ContactID==guid("{second["Contact"]["ContactID"]}")') == ["A-2"]


def test_an_order_that_cannot_be_is_refused(three):
    assert three.call("GET", "/Invoices", order="Nonsense").status_code == 400
    assert three.call("GET", "/Invoices", order="Date SIDEWAYS").status_code == 400


def test_only_what_has_changed_since(three):
    def since(moment: str) -> list[str]:
        answer = three.call("GET", "/Invoices", headers={"If-Modified-Since": moment})
        return [item["InvoiceNumber"] for item in answer.json["Invoices"]]

    assert since("2026-06-01T12:00:30") == ["A-2", "A-3"]
    assert since("2026-06-01T12:01:30") == ["A-3"]
    assert since("2026-06-01T12:03:00") == []
    assert len(since("Mon, 01 Jun 2026 12:03:00 GMT")) == 3  # not understood, as with Xero


def test_one_by_id_or_by_number(three):
    [document] = three.get("/Invoices/A-2")
    assert three.get(f"/Invoices/{document['InvoiceID']}") == [document]
    assert len(document["LineItems"]) == 1


def test_what_is_not_there_is_an_empty_page_of_html(three):
    for path in ("/Invoices/A-9", "/Invoices/00000000-0000-0000-0000-000000000001", "/CreditNotes/A-1"):
        answer = three.call("GET", path)
        assert (answer.status_code, answer.mimetype, answer.data) == (404, "text/html", b"")


def test_made_by_my_app(three, sandbox):
    other = type(three)(sandbox, "another-app").connect()
    other.save(invoice(InvoiceNumber="B-1"))
    assert numbers(three, createdByMyApp="true") == ["A-1", "A-2", "A-3"]
    assert len(numbers(three)) == 4


def test_organisations_do_not_see_each_other(three):
    three.connect("TrueBooks Demo (US)")
    assert three.get("/Invoices") == []
    assert three.call("GET", "/Invoices/A-1").status_code == 404
    saved = three.save(invoice(line(account="400", tax="NONE"), InvoiceNumber="A-1"))
    assert saved["CurrencyCode"] == "USD"
