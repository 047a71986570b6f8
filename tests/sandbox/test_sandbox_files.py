"""Files attached to documents, and notes in their history."""

import pytest

from tests.sandbox.xero_app import API, credit_note, invoice, journal

CSV = b"sku,amount\r\nA,1.00\r\n"


@pytest.fixture
def home(full) -> str:
    return f"/Invoices/{full.save(invoice())['InvoiceID']}/Attachments"


def send(app, path: str, content: bytes = CSV, method: str = "PUT", **more):
    return app.client.open(f"{API}{path}", method=method, data=content, headers=app.headers(),
                           content_type=more.pop("kind", "text/csv"), **more)


def test_a_file_goes_in_and_comes_back_byte_for_byte(full, home):
    content = bytes(range(256)) * 10
    [saved] = send(full, f"{home}/lines.bin", content, kind="application/octet-stream").json["Attachments"]
    assert (saved["FileName"], saved["ContentLength"]) == ("lines.bin", 2560)
    assert saved["MimeType"] == "application/octet-stream"
    assert saved["Url"].endswith(f"{home}/lines.bin")
    assert full.get(home) == [saved]
    for name in ("lines.bin", saved["AttachmentID"]):
        back = full.client.get(f"{API}{home}/{name}", headers=full.headers(Accept="application/octet-stream"))
        assert (back.status_code, back.data, back.mimetype) == (200, content, "application/octet-stream")


def test_the_document_says_that_it_has_files(full, home):
    path = home.removesuffix("/Attachments")
    assert full.get(path)[0]["HasAttachments"] is False
    send(full, f"{home}/a.csv")
    [document] = full.get(path)
    assert (document["HasAttachments"], document["Attachments"][0]["FileName"]) == (True, "a.csv")
    assert full.get("/Invoices", where="HasAttachments==true", page=1)[0]["HasAttachments"] is True


def test_the_same_name_overwrites(full, home):
    first = send(full, f"{home}/a.csv").json["Attachments"][0]
    second = send(full, f"{home}/A.csv", b"new", "POST").json["Attachments"][0]
    assert second["AttachmentID"] == first["AttachmentID"]
    assert [(each["FileName"], each["ContentLength"]) for each in full.get(home)] == [("A.csv", 3)]


def test_ten_files_are_the_most(full, home):
    for number in range(10):
        assert send(full, f"{home}/{number}.csv").status_code == 200
    refused = send(full, f"{home}/11.csv")
    assert (refused.status_code, refused.json["Message"]) == (400, "A document may have 10 files at most.")
    assert send(full, f"{home}/9.csv", b"again").status_code == 200


def test_ten_megabytes_are_the_most(full, home):
    megabyte = b"x" * 1024 * 1024
    assert send(full, f"{home}/a.bin", megabyte * 10).status_code == 200
    refused = send(full, f"{home}/b.bin", megabyte * 10 + b"x")
    assert (refused.status_code, refused.json["Message"]) == (400, "A file may have 10 MB at most.")


def test_or_25_as_the_switch_says(full, home):
    full.turn(attachment_limit="25MB")
    assert send(full, f"{home}/a.bin", b"x" * 11 * 1024 * 1024).status_code == 200
    assert send(full, f"{home}/b.bin", b"x" * (25 * 1024 * 1024 + 1)).status_code in (400, 413)


@pytest.mark.parametrize("name", ["a%3Cb.csv", "a%3Fb.csv", "a%2Bb.csv", "a%00b.csv", "a%5Cb.csv", "a%0Ab.csv"])
def test_some_characters_cannot_stand_in_a_file_name(full, home, name):
    refused = send(full, f"{home}/{name}")
    assert (refused.status_code, refused.json["Type"]) == (400, "ValidationException")
    assert full.get(home) == []


def test_spaces_and_umlauts_can(full, home):
    assert send(full, f"{home}/Abrechnung%20M%C3%A4rz.csv").json["Attachments"][0]["FileName"] == "Abrechnung März.csv"
    assert full.client.get(f"{API}{home}/Abrechnung%20M%C3%A4rz.csv", headers=full.headers()).data == CSV


def test_an_empty_file_is_refused(full, home):
    assert send(full, f"{home}/a.csv", b"").status_code == 400


def test_only_sales_invoices_show_files_online(full, home):
    online = send(full, f"{home}/a.csv", query_string={"IncludeOnline": "true"}).json["Attachments"][0]
    assert online["IncludeOnline"] is True
    note = full.save(credit_note(), "/CreditNotes")
    path = f"/CreditNotes/{note['CreditNoteID']}/Attachments/a.csv"
    assert send(full, path, query_string={"IncludeOnline": "true"}).json["Attachments"][0]["IncludeOnline"] is False


def test_journals_take_files_too(full):
    made = full.save(journal(), "/ManualJournals")
    path = f"/ManualJournals/{made['ManualJournalID']}"
    assert send(full, f"{path}/Attachments/a.csv").status_code == 200
    assert full.get(path)[0]["HasAttachments"] is True


def test_what_is_not_there_is_not_found(full, home):
    nothing = "00000000-0000-0000-0000-000000000001"
    for path in (f"{home}/no.csv", f"/Invoices/{nothing}/Attachments", f"/ManualJournals/{nothing}/Attachments"):
        assert full.client.get(f"{API}{path}", headers=full.headers()).status_code == 404
    assert send(full, f"/Invoices/{nothing}/Attachments/a.csv").status_code == 404


@pytest.mark.parametrize(("value", "status"), [("401", 401), ("404", 404)])
def test_files_need_their_own_scope(app, value, status):
    document = app.save(invoice())
    app.turn(missing_attachment_scope=value)
    assert app.call("GET", f"/Invoices/{document['InvoiceID']}/Attachments").status_code == status


def test_a_note_is_added_to_the_history(full):
    document = full.save(invoice(Status="AUTHORISED"))
    path = f"/Invoices/{document['InvoiceID']}/History"
    added = full.save({"HistoryRecords": [{"Details": "Posted by TrueBooks"}]}, path)
    assert added["Details"] == "Posted by TrueBooks"
    created, note = full.get(path)
    assert (created["Changes"], created["User"]) == ("Created", "an-app")
    assert (note["Changes"], note["Details"], note["User"]) == ("Note", "Posted by TrueBooks", "System Generated")


def test_a_note_has_its_limits(full):
    path = f"/ManualJournals/{full.save(journal(), '/ManualJournals')['ManualJournalID']}/History"
    assert full.save({"HistoryRecords": [{"Details": "x" * 2500}]}, path)
    assert full.refused({"HistoryRecords": [{"Details": "x" * 2501}]}, path) == [
        "The Details must have at most 2500 characters."
    ]
    assert full.refused({"HistoryRecords": [{"Details": " "}]}, path) == [
        "The Details of a history record must be specified."
    ]
    assert full.call("GET", "/Invoices/00000000-0000-0000-0000-000000000001/History").status_code == 404
