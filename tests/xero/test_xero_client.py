"""The client sends what Xero wants, reads what it says exactly, and repeats nothing but reading."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import requests

from services.xero import errors
from services.xero.calls import Surroundings
from services.xero.client import XeroClient
from services.xero.transport import network_session

API = "https://api.xero.example"
BASE = f"{API}/api.xro/2.0"

INVOICE = {
    "Type": "ACCREC",
    "InvoiceID": "60aa5d55",
    "InvoiceNumber": "AMZ-TB-10001",
    "Status": "DRAFT",
    "Reference": "(£1,275.20) TBUK-26881161592",
    "CurrencyCode": "GBP",
    "SubTotal": 1062.67,
    "TotalTax": 212.53,
    "Total": 1275.20,
    "AmountPaid": 0.0,
    "LineAmountTypes": "Inclusive",
    "Contact": {"ContactID": "c-1", "Name": "Amazon.co.uk"},
    "DateString": "2026-05-28T00:00:00",
    "Date": "/Date(1779926400000+0000)/",
    "DueDateString": "2026-05-28T00:00:00",
    "DueDate": "/Date(1779926400000+0000)/",
    "UpdatedDateUTC": "/Date(1789378199100+0000)/",
    "LineItems": [
        {
            "Description": "Principal",
            "UnitAmount": 1275.20,
            "TaxType": "OUTPUT2",
            "TaxAmount": 212.53,
            "LineAmount": 1275.20,
            "AccountCode": "200",
            "Quantity": 1.0,
            "Tracking": [{"Name": "Region", "Option": "UK", "TrackingCategoryID": "t", "TrackingOptionID": "o"}],
        }
    ],
    "Warnings": [{"Message": "Account code '600' has been removed as it does not match a recognised account."}],
}


def answer(*documents: dict, **more) -> dict:
    return {"Status": "OK", "Invoices": list(documents), **more}


def like(**changes) -> dict:
    return INVOICE | changes


# --- what is sent -------------------------------------------------------------------------------


def test_every_call_names_the_organisation_and_wants_json(client, requests_mock):
    requests_mock.get(f"{BASE}/Organisation", json={"Organisations": [{"OrganisationID": "o-1"}]})
    client.organisation()
    headers = requests_mock.last_request.headers
    assert headers["xero-tenant-id"] == "tenant-1"
    assert headers["Authorization"] == "Bearer token-1"
    assert headers["Accept"] == "application/json"
    assert requests_mock.last_request.timeout == (5, 30)


def test_creating_uses_put_with_the_frozen_bytes_and_the_key(client, requests_mock):
    requests_mock.put(f"{BASE}/Invoices", json=answer(INVOICE))
    frozen = '{"Invoices": [{"UnitAmount": 1275.20}]}'
    client.create_document("invoice", frozen, "key-1")
    assert requests_mock.last_request.text == frozen
    assert requests_mock.last_request.headers["Idempotency-Key"] == "key-1"
    assert requests_mock.last_request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (lambda c: c.approve("invoice", "i-1"), {"InvoiceID": "i-1", "Status": "AUTHORISED"}),
        (lambda c: c.void("invoice", "i-1"), {"InvoiceID": "i-1", "Status": "VOIDED"}),
        (lambda c: c.delete_draft("invoice", "i-1"), {"InvoiceID": "i-1", "Status": "DELETED"}),
        (
            lambda c: c.rename("invoice", "i-1", "AMZ-TB-10001-V1"),
            {"InvoiceID": "i-1", "InvoiceNumber": "AMZ-TB-10001-V1"},
        ),
    ],
)
def test_a_change_names_one_document_and_sends_nothing_else(client, requests_mock, change, body):
    requests_mock.post(f"{BASE}/Invoices/i-1", json=answer(INVOICE | {"InvoiceID": "i-1"}))
    change(client)
    assert requests_mock.last_request.json() == {"Invoices": [body]}


def test_another_document_in_the_answer_is_taken_for_no_answer(client, requests_mock):
    requests_mock.post(f"{BASE}/Invoices/i-1", json=answer(INVOICE | {"InvoiceID": "i-2"}))
    requests_mock.put(f"{BASE}/Invoices", json=answer(INVOICE))
    for call in (
        lambda: client.void("invoice", "i-1"),
        lambda: client.create_document("invoice", {"Invoices": [{"InvoiceNumber": "AMZ-TB-77"}]}, "key"),
    ):
        with pytest.raises(errors.Unreadable):
            call()


def test_a_credit_note_goes_to_its_own_address_under_its_own_field_names(client, requests_mock):
    note = {name: value for name, value in INVOICE.items() if not name.startswith(("Invoice", "DueDate"))}
    note |= {"Type": "ACCRECCREDIT", "CreditNoteID": "n-1", "CreditNoteNumber": "AMZ-TB-10002"}
    requests_mock.post(f"{BASE}/CreditNotes/n-1", json={"CreditNotes": [note]})
    document = client.rename("credit_note", "n-1", "AMZ-TB-10002")
    assert requests_mock.last_request.json() == {
        "CreditNotes": [{"CreditNoteID": "n-1", "CreditNoteNumber": "AMZ-TB-10002"}]
    }
    assert (document.kind, document.number, document.due_date) == ("credit_note", "AMZ-TB-10002", "")


# --- what is read -------------------------------------------------------------------------------


def test_a_document_is_read_exactly_and_its_date_never_shifts(client, requests_mock):
    requests_mock.get(f"{BASE}/Invoices/60aa5d55", json=answer(INVOICE))
    document = client.get_document("invoice", "60aa5d55")
    assert (document.total, document.total_tax) == (Decimal("1275.2"), Decimal("212.53"))
    assert (document.kind, document.status, document.currency) == ("invoice", "DRAFT", "GBP")
    assert (document.date, document.due_date) == ("2026-05-28", "2026-05-28")
    assert document.contact_name == "Amazon.co.uk"
    assert document.updated_at == datetime(2026, 9, 14, 9, 29, 59, 100000, tzinfo=UTC)
    assert document.lines[0].line_amount == Decimal("1275.2")
    assert document.lines[0].tracking == (("t", "o"),)
    assert document.warnings == ("Account code '600' has been removed as it does not match a recognised account.",)


def test_an_amount_that_no_float_could_hold_survives(client, requests_mock):
    text = requests.models.complexjson.dumps(answer(INVOICE)).replace('"Total": 1275.2,', '"Total": 90071992547409.93,')
    requests_mock.get(f"{BASE}/Invoices/60aa5d55", text=text)
    assert client.get_document("invoice", "60aa5d55").total == Decimal("90071992547409.93")


def test_a_date_without_its_printed_form_is_the_utc_day(client, requests_mock):
    document = {name: value for name, value in INVOICE.items() if name != "DateString"}
    requests_mock.get(f"{BASE}/Invoices/60aa5d55", json=answer(document))
    assert client.get_document("invoice", "60aa5d55").date == "2026-05-28"


def test_a_bill_among_the_invoices_is_called_a_bill(client, requests_mock):
    bill = like(Type="ACCPAY", InvoiceNumber="AMZ-TB-10001 TBUK-26881161592", Reference="")
    requests_mock.get(f"{BASE}/Invoices", json=answer(bill))
    assert [document.kind for document in client.find_documents("invoice", "TBUK-26881161592")] == ["bill"]


# --- looking up ---------------------------------------------------------------------------------


def test_looking_a_settlement_up_asks_for_active_documents_with_their_lines(client, requests_mock):
    requests_mock.get(f"{BASE}/Invoices", json=answer(INVOICE))
    found = client.find_documents("invoice", "TBUK-26881161592")
    assert [document.id for document in found] == ["60aa5d55"]
    assert requests_mock.last_request.qs == {
        "searchterm": ["tbuk-26881161592"],
        "statuses": ["draft,submitted,authorised,paid"],
        "page": ["1"],
        "pagesize": ["100"],
    }


@pytest.mark.parametrize(
    "reference",
    [
        "(£9.99) TBUK-268811615921",
        "(£9.99) XTBUK-26881161592",
        "TBUK-2688116159",
        "",
    ],
)
def test_another_settlement_whose_id_begins_the_same_is_not_taken_for_it(client, requests_mock, reference):
    requests_mock.get(f"{BASE}/Invoices", json=answer(like(Reference=reference)))
    assert client.find_documents("invoice", "TBUK-26881161592") == []


@pytest.mark.parametrize(
    "reference",
    [
        "(£1,275.21, edited by hand) tbuk-26881161592",
        "TBUK-26881161592",
        "TBUK-26881161592 (copy)",
    ],
)
def test_a_reference_edited_by_hand_is_still_recognised(client, requests_mock, reference):
    requests_mock.get(f"{BASE}/Invoices", json=answer(like(Reference=reference)))
    assert len(client.find_documents("invoice", "TBUK-26881161592")) == 1


def test_credit_notes_are_looked_up_by_reference_over_all_pages(client, requests_mock):
    note = {"Type": "ACCRECCREDIT", "Status": "AUTHORISED", "Total": 29.99, "Reference": "(-CA$29.99) TBCA-1"}
    pages = [
        {"CreditNotes": [note | {"CreditNoteID": f"n-{page}"}], "pagination": {"page": page, "pageCount": 3}}
        for page in (1, 2, 3)
    ]
    requests_mock.get(f"{BASE}/CreditNotes", [{"json": page} for page in pages])
    found = client.find_documents("credit_note", "TBCA-1")
    assert [document.id for document in found] == ["n-1", "n-2", "n-3"]
    assert [request.qs["page"] for request in requests_mock.request_history] == [["1"], ["2"], ["3"]]
    assert requests_mock.last_request.qs["where"] == ['reference!=null and reference.contains("tbca-1")']


def test_voided_credit_notes_do_not_count_as_active(client, requests_mock):
    note = {"Type": "ACCRECCREDIT", "CreditNoteID": "n-1", "Status": "VOIDED", "Total": 1, "Reference": "TBCA-1"}
    requests_mock.get(f"{BASE}/CreditNotes", json={"CreditNotes": [note]})
    assert client.find_documents("credit_note", "TBCA-1") == []


def test_documents_of_a_number_are_found_whatever_their_status(client, requests_mock):
    voided, other = like(Status="VOIDED"), like(InvoiceNumber="AMZ-TB-100011")
    requests_mock.get(f"{BASE}/Invoices", json=answer(voided, other))
    found = client.documents_numbered("invoice", "AMZ-TB-10001")
    assert [(document.number, document.status) for document in found] == [("AMZ-TB-10001", "VOIDED")]
    assert "statuses" not in requests_mock.last_request.qs


def test_our_numbers_are_listed_without_lines(client, requests_mock):
    requests_mock.get(
        f"{BASE}/Invoices", json=answer({"InvoiceNumber": "AMZ-TB-10007"}, {"InvoiceNumber": "X AMZ-TB-3"})
    )
    assert client.numbers_beginning("invoice", "AMZ-TB-") == ["AMZ-TB-10007"]
    assert requests_mock.last_request.qs["summaryonly"] == ["true"]


def test_pages_without_a_pagination_object_end_with_the_first_short_one(client, requests_mock):
    full = answer(*[like(InvoiceID=f"i-{n}") for n in range(100)])
    requests_mock.get(f"{BASE}/Invoices", [{"json": full}, {"json": answer(like(InvoiceID="last"))}])
    assert len(client.find_documents("invoice", "TBUK-26881161592")) == 101
    assert client.calls == 2


# --- repeating ----------------------------------------------------------------------------------


def test_reading_is_tried_three_times_with_short_pauses(client, requests_mock, pauses):
    requests_mock.get(
        f"{BASE}/Accounts",
        [{"exc": requests.ConnectionError}, {"status_code": 503, "text": "offline"}, {"json": {"Accounts": []}}],
    )
    assert client.accounts() == []
    assert client.calls == 3
    assert len(pauses) == 2 and max(pauses) <= 1


def test_reading_gives_up_after_the_third_try(client, requests_mock):
    requests_mock.get(f"{BASE}/Accounts", exc=requests.ReadTimeout)
    with pytest.raises(errors.NoAnswer):
        client.accounts()
    assert client.calls == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"exc": requests.ConnectionError},
        {"exc": requests.ConnectTimeout},
        {"status_code": 503, "text": ""},
        {"status_code": 500, "text": ""},
        {"status_code": 429, "text": "", "headers": {"Retry-After": "1"}},
    ],
)
def test_a_write_is_never_repeated(client, requests_mock, pauses, fault):
    requests_mock.put(f"{BASE}/Invoices", **fault)
    with pytest.raises(errors.XeroError):
        client.create_document("invoice", {"Invoices": []}, "key-1")
    assert requests_mock.call_count == 1
    assert pauses == []


@pytest.mark.parametrize("status", [429, 500, 400, 404])
def test_reading_is_not_repeated_after_an_answer_that_will_not_change_at_once(client, requests_mock, status):
    requests_mock.get(f"{BASE}/Accounts", status_code=status, text="")
    with pytest.raises(errors.XeroError):
        client.accounts()
    assert client.calls == 1


def signed_in(tokens: list[str], **more) -> XeroClient:
    """A client whose token is renewed from ``tokens``."""
    around = Surroundings(lambda: "old", renew=lambda refused: tokens.pop(), **more)
    return XeroClient(network_session([API]), API, "tenant-1", around)


def test_after_a_401_the_token_is_renewed_once_and_the_call_made_again(requests_mock):
    requests_mock.put(f"{BASE}/Invoices", [{"status_code": 401, "text": ""}, {"json": answer(INVOICE)}])
    assert signed_in(["new"]).create_document("invoice", {"Invoices": []}, "key-1").id == "60aa5d55"
    assert requests_mock.last_request.headers["Authorization"] == "Bearer new"


def test_a_second_401_is_told_and_not_tried_for_ever(requests_mock):
    requests_mock.get(f"{BASE}/Accounts", status_code=401, text="")
    with pytest.raises(errors.RenewedTokenRefused, match="although it was renewed just now"):
        signed_in(["new", "newer"]).accounts()
    assert requests_mock.call_count == 2


def test_a_missing_permission_is_not_mistaken_for_an_expired_token(requests_mock):
    requests_mock.get(
        f"{BASE}/Accounts", status_code=401, text="", headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    )
    with pytest.raises(errors.ScopeMissing):
        signed_in([]).accounts()
    assert requests_mock.call_count == 1


@pytest.mark.parametrize("fault", [errors.NoAnswer, errors.Unavailable, errors.ServerError, errors.NotSent])
def test_when_no_token_is_to_be_had_the_write_is_known_not_to_have_been_sent(requests_mock, fault):
    def no_token() -> str:
        raise fault()

    client = XeroClient(network_session([API]), API, "tenant-1", Surroundings(no_token))
    with pytest.raises(errors.NoToken) as raised:
        client.create_document("invoice", {"Invoices": []}, "key-1")
    assert raised.value.outcome_unknown is False
    assert requests_mock.call_count == 0


def test_what_is_left_of_the_limits_is_passed_on(requests_mock):
    heard = []
    requests_mock.get(
        f"{BASE}/Accounts", json={"Accounts": []}, headers={"X-DayLimit-Remaining": "987", "X-MinLimit-Remaining": "59"}
    )
    signed_in([], on_limits=lambda day, minute: heard.append((day, minute))).accounts()
    assert heard == [(987, 59)]


def test_a_refusal_may_be_explained_by_those_who_know_more(requests_mock):
    requests_mock.get(f"{BASE}/Accounts", status_code=403, text="")
    with pytest.raises(errors.OrganisationGone):
        signed_in([], explain=lambda error, token: errors.OrganisationGone()).accounts()


# --- reference data -----------------------------------------------------------------------------


def test_tax_rates_keep_their_exact_rate_and_say_what_they_apply_to(client, requests_mock):
    requests_mock.get(
        f"{BASE}/TaxRates",
        json={
            "TaxRates": [
                {
                    "TaxType": "OUTPUT2",
                    "Name": "20% (VAT on Income)",
                    "EffectiveRate": 20.0000,
                    "Status": "ACTIVE",
                    "CanApplyToRevenue": True,
                    "CanApplyToExpenses": False,
                    "CanApplyToAssets": True,
                },
                {"TaxType": "TAX001", "Name": "Odd", "EffectiveRate": 12.5, "Status": "ACTIVE"},
                {"TaxType": "TAX002", "Name": "Hundred", "EffectiveRate": 100, "Status": "ACTIVE"},
            ]
        },
    )
    rates = client.tax_rates()
    assert [rate.rate for rate in rates] == ["20", "12.5", "100"]
    assert rates[0].applies_to == ["ASSET", "REVENUE"]


def test_an_organisation_without_lock_dates_has_none(client, requests_mock):
    requests_mock.get(
        f"{BASE}/Organisation",
        json={
            "Organisations": [
                {
                    "OrganisationID": "o-1",
                    "Name": "Demo",
                    "CountryCode": "GB",
                    "BaseCurrency": "GBP",
                    "PaysTax": True,
                    "PeriodLockDate": "/Date(1254268800000+0000)/",
                }
            ]
        },
    )
    facts = client.organisation()
    assert (facts.period_lock_date, facts.year_lock_date) == ("2009-09-30", "")
    assert facts.pays_tax is True


def test_contacts_beyond_the_last_page_asked_for_are_known_to_be_missing(client, requests_mock):
    page = {"Contacts": [{"ContactID": "c", "Name": "n", "ContactStatus": "ACTIVE"}], "pagination": {"pageCount": 99}}
    full = page | {"Contacts": page["Contacts"] * 1000}
    requests_mock.get(f"{BASE}/Contacts", json=full)
    assert client.contacts().all_read is False
    assert client.calls == 2, "a page with nothing new on it is not asked for a hundred times"
