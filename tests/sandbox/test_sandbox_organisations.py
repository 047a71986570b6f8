"""What changes in an organisation behind the app's back: resets, archived accounts and contacts, disconnections."""

import pytest

from tests.sandbox.xero_app import invoice, line


def hand(app, path: str, **sent):
    return app.client.post(f"/sandbox/{app.tenant}/{path}", json=sent)


@pytest.mark.parametrize(("value", "same"), [("changes", False), ("stays", True)])
def test_a_reset_takes_the_data_the_connection_and_perhaps_the_tenant_id(app, value, same):
    app.turn(reset_tenant=value)
    app.save(invoice())
    account, before = app.get("/Accounts", where='Code=="200"')[0]["AccountID"], app.tenant
    new = hand(app, "reset").json["tenant_id"]
    assert (new == before) is same
    assert app.call("GET", "/Accounts").status_code == 403
    assert app.connections() == []
    assert app.refresh().status_code == 200  # the tokens live on
    app.connect()
    assert app.tenant == new
    assert app.get("/Invoices") == []
    assert (app.get("/Accounts", where='Code=="200"')[0]["AccountID"] == account) is same


def test_a_reset_leaves_the_other_organisations_alone(app):
    app.connect("TrueBooks Demo (US)")
    app.save(invoice(line(account="400", tax="NONE")))
    uk = next(item["tenantId"] for item in app.connections() if item["tenantName"] == "TrueBooks Demo (UK)")
    app.client.post(f"/sandbox/{uk}/reset", json={})
    assert len(app.get("/Invoices")) == 1
    page = app.client.get("/sandbox/").text
    assert page.index("TrueBooks Demo (UK)") < page.index("TrueBooks Demo (US)")


def test_disconnecting_by_hand_is_a_403_from_then_on(app):
    assert hand(app, "disconnection").json == {"disconnected": 1}
    assert app.call("GET", "/Accounts").status_code == 403
    assert app.connections() == []


def test_an_archived_account_is_refused_and_listed_as_archived(app):
    assert hand(app, "accounts/200", Status="ARCHIVED").status_code == 200
    assert app.get("/Accounts", where='Code=="200"')[0]["Status"] == "ARCHIVED"
    assert app.refused(invoice(Status="AUTHORISED")) == [
        "Account code '200' has been archived, or has been deleted. Each line item must reference a valid account."
    ]
    hand(app, "accounts/200", Status="ACTIVE")
    assert app.save(invoice(Status="AUTHORISED"))


def test_xeros_own_accounts_cannot_be_archived(app):
    answer = hand(app, "accounts/600", Status="ARCHIVED")
    assert (answer.status_code, "Xero itself" in answer.json["error"]) == (409, True)


def test_what_changed_in_the_chart_is_told_since_when(app, time):
    time.move(minutes=5)
    hand(app, "accounts/200", Status="ARCHIVED")
    answer = app.call("GET", "/Accounts", headers={"If-Modified-Since": "2026-06-01T12:01:00"})
    assert [item["Code"] for item in answer.json["Accounts"]] == ["200"]


def test_an_archived_contact_is_left_out_and_refused(app):
    made = app.save({"Name": "Amazon.co.uk"}, "/Contacts")
    assert hand(app, f"contacts/{made['ContactID']}", ContactStatus="ARCHIVED").status_code == 200
    assert "Amazon.co.uk" not in {item["Name"] for item in app.get("/Contacts")}
    assert "Amazon.co.uk" in {item["Name"] for item in app.get("/Contacts", includeArchived="true")}
    [words] = app.refused(invoice(Contact={"ContactID": made["ContactID"]}))
    assert words.startswith("The contact with the specified contact details has been archived.")


@pytest.mark.parametrize(("path", "sent", "status"), [
    ("accounts/999", {"Status": "ARCHIVED"}, 404), ("accounts/200", {"Status": "GONE"}, 409),
    ("contacts/00000000-0000-0000-0000-000000000001", {"ContactStatus": "ARCHIVED"}, 404),
    ("currencies/XXX", {"enabled": True}, 404), ("currencies/GBP", {"enabled": False}, 409),
])
def test_a_hand_that_slips_is_told(app, path, sent, status):
    answer = hand(app, path, **sent)
    assert answer.status_code == status
    assert answer.json["error"]


# --- the chart, by the API ----------------------------------------------------------------------


NEW = {"Code": "299", "Name": "Amazon Vine", "Type": "EXPENSE", "TaxType": "INPUT2"}


def test_an_account_is_created_changed_archived_and_deleted(full):
    made = full.save(NEW, "/Accounts")
    assert (made["Class"], made["Status"], made["SystemAccount"]) == ("EXPENSE", "ACTIVE", "")
    path = f"/Accounts/{made['AccountID']}"
    assert full.save({"Name": "Vine"}, path, "POST")["Name"] == "Vine"
    assert full.save({"Status": "ARCHIVED"}, path, "POST")["Status"] == "ARCHIVED"
    assert full.call("DELETE", path).json["Accounts"][0]["Status"] == "DELETED"
    assert full.get("/Accounts", where='Code=="299"') == []


def test_a_code_may_change_and_old_documents_keep_their_line(full):
    document = full.save(invoice())
    account = full.get("/Accounts", where='Code=="200"')[0]
    full.save({"Code": "2000"}, f"/Accounts/{account['AccountID']}", "POST")
    assert full.refused(invoice(Status="AUTHORISED")) == ["Account code '200' is not a valid code for this document."]
    assert full.get(f"/Invoices/{document['InvoiceID']}")[0]["Total"] == 120.00
    assert full.client.get(f"/sandbox/{full.tenant}/invoices/{document['InvoiceID']}").status_code == 200


@pytest.mark.parametrize(("changes", "words"), [
    ({"Code": "200"}, "Please enter a unique Code."), ({"Name": "amazon sales"}, "Please enter a unique Name."),
    ({"Type": "NONSENSE"}, "The account Type 'NONSENSE' is not valid."),
    ({"Code": None}, "The account Code must be specified."),
    ({"Code": "12345678901"}, "The Code must have at most 10 characters."),
    ({"TaxType": "NONSENSE"},
     "The TaxType code 'NONSENSE' does not exist or cannot be used for this type of transaction."),
])
def test_an_account_has_its_rules(full, changes, words):
    given = {name: value for name, value in {**NEW, **changes}.items() if value is not None}
    assert full.refused(given, "/Accounts") == [words]


def test_an_account_in_use_cannot_be_deleted(full):
    full.save(invoice())
    account = full.get("/Accounts", where='Code=="200"')[0]
    answer = full.call("DELETE", f"/Accounts/{account['AccountID']}")
    assert answer.status_code == 400
