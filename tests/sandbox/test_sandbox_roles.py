"""The role of the user who connected the app: lowered, calls are refused though the connection stands."""

import pytest

from tests.sandbox.xero_app import invoice, journal


@pytest.mark.parametrize(("role", "allowed"), [
    ("standard", {"invoice", "journal", "settings", "contact"}),
    ("adviser", {"invoice", "journal", "settings", "contact"}),
    ("standard_without_reports", {"invoice", "settings", "contact"}),
    ("invoice_only", {"invoice", "settings", "contact"}),
    ("read_only", {"settings"}),
])
def test_what_each_role_may_do(full, role, allowed):
    full.turn(user_role=role)
    answers = {
        "invoice": full.call("PUT", "/Invoices", invoice()),
        "journal": full.call("PUT", "/ManualJournals", journal()),
        "settings": full.call("GET", "/Accounts"),
        "contact": full.call("PUT", "/Contacts", {"Name": "Amazon.fr"}),
    }
    assert {name for name, answer in answers.items() if answer.status_code == 200} == allowed
    assert {answer.status_code for answer in answers.values()} <= {200, 403}


def test_everybody_may_read_but_not_journals_without_their_permission(full):
    full.turn(user_role="read_only")
    assert full.call("GET", "/ManualJournals").status_code == 200
    full.turn(user_role="standard_without_reports")
    assert full.call("GET", "/ManualJournals").status_code == 403


@pytest.mark.parametrize(("value", "status"), [("403", 403), ("401", 401)])
def test_lowered_the_token_and_the_connection_stay_good(full, value, status):
    full.turn(user_role="read_only", lowered_role_status=value)
    refused = full.call("PUT", "/Invoices", invoice())
    assert (refused.status_code, refused.headers.get("WWW-Authenticate")) == (status, None)
    assert len(full.connections()) == 1
    assert full.refresh().status_code == 200
    full.turn(user_role="standard")
    assert full.call("PUT", "/Invoices", invoice()).status_code == 200


def test_an_adviser_may_work_before_the_period_lock_date_but_not_the_years(full):
    full.lock(PeriodLockDate="2026-05-31")
    assert full.refused(invoice(Status="AUTHORISED")) == [
        "The document date cannot be before the period lock date, currently set at 31-May-2026"
    ]
    full.turn(user_role="adviser")
    assert full.save(invoice(Status="AUTHORISED"))["Status"] == "AUTHORISED"
    full.lock(EndOfYearLockDate="2026-05-31")
    assert len(full.refused(invoice(Status="AUTHORISED"))) == 1


@pytest.mark.parametrize(("role", "refused"), [
    ("adviser", set()),
    ("standard", {"ApproveTransactionsBeforePeriodLockDate"}),
    ("standard_without_reports", {"ApproveTransactionsBeforePeriodLockDate", "CreateManualJournal"}),
    ("invoice_only", {"ApproveTransactionsBeforePeriodLockDate", "CreateManualJournal", "CreateInvoicePayment"}),
])
def test_the_organisations_actions_say_what_is_allowed(full, role, refused):
    full.turn(user_role=role)
    actions = {item["Name"]: item["Status"] for item in full.get("/Organisation/Actions")}
    assert {name for name, status in actions.items() if status != "ALLOWED"} == refused
    assert {"CreateDraftInvoice", "CreateApprovedInvoice", "CreateApprovedBill", "UseMulticurrency",
            "AttachFilesIntoInvoice", "CreateManualJournal", "CreateInvoicePayment"} <= actions.keys()


def test_one_currency_alone_is_no_multicurrency(full):
    for code in ("EUR", "USD", "CAD", "AUD"):
        path = f"/sandbox/{full.tenant}/currencies/{code}"
        assert full.client.post(path, json={"enabled": False}).status_code == 200
    actions = {item["Name"]: item["Status"] for item in full.get("/Organisation/Actions")}
    assert actions["UseMulticurrency"] == "NOT-ALLOWED"
    assert full.refused(invoice(CurrencyCode="EUR")) == ["Organisation is not subscribed to currency EUR"]
