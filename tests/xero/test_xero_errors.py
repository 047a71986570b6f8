"""Each way a call to Xero can fail is its own error: may it have been done all the same, is another try worth it?"""

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError

from services.xero import errors
from services.xero.calls import Surroundings
from services.xero.client import XeroClient
from services.xero.transport import network_session

API = "https://api.xero.example"
INVOICES = f"{API}/api.xro/2.0/Invoices"
VALIDATION = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [
        {
            "InvoiceNumber": "AMZ-TB-10001",
            "HasErrors": True,
            "ValidationErrors": [{"Message": "Invoice # must be unique."}],
            "LineItems": [
                {"ValidationErrors": [{"Message": "Account code '999' is not a valid code for this document."}]}
            ],
        }
    ],
}
UNAUTHORISED = {
    "Type": None,
    "Title": "Unauthorized",
    "Status": 401,
    "Extensions": {},
    "Detail": "TokenExpired: token expired at 08/12/2022 07:00:40",
}
FORBIDDEN = {
    "Type": None,
    "Title": "Forbidden",
    "Status": 403,
    "Detail": "AuthenticationUnsuccessful",
    "Extensions": {},
}
OFFLINE = "The Xero API is currently offline for maintenance"
BROKEN = "<html>An unhandled error with the Xero API occurred.</html>"
LACKING = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
LACKING_AS_XERO_SPELLS_IT = {"WWW-Authenticate": 'Bearer error="insufficent_scope"'}


def written(client: XeroClient) -> errors.XeroError:
    with pytest.raises(errors.XeroError) as raised:
        client.create_document("invoice", {"Invoices": []}, "key-1")
    return raised.value


@pytest.mark.parametrize(
    ("answer", "kind", "outcome_unknown"),
    [
        ({"status_code": 400, "json": VALIDATION}, errors.Rejected, False),
        ({"status_code": 400, "text": "<html>Bad Request</html>"}, errors.Rejected, False),
        ({"status_code": 412, "text": ""}, errors.Rejected, False),
        ({"status_code": 401, "json": UNAUTHORISED}, errors.TokenExpired, False),
        ({"status_code": 401, "text": ""}, errors.TokenExpired, False),
        ({"status_code": 401, "text": "", "headers": LACKING}, errors.ScopeMissing, False),
        ({"status_code": 401, "text": "", "headers": LACKING_AS_XERO_SPELLS_IT}, errors.ScopeMissing, False),
        ({"status_code": 403, "text": "", "headers": LACKING}, errors.ScopeMissing, False),
        ({"status_code": 403, "json": FORBIDDEN}, errors.AccessRefused, False),
        ({"status_code": 404, "text": "", "headers": {"Content-Type": "text/html"}}, errors.NotFoundInXero, False),
        ({"status_code": 429, "text": ""}, errors.RateLimited, False),
        ({"status_code": 500, "text": BROKEN, "headers": {"Content-Type": "text/html"}}, errors.ServerError, True),
        ({"status_code": 502, "text": ""}, errors.ServerError, True),
        ({"status_code": 503, "text": OFFLINE}, errors.Unavailable, True),
        ({"status_code": 302, "text": "", "headers": {"Location": "https://evil.example/"}}, errors.Unreadable, True),
        ({"status_code": 200, "text": '{"Invoices": [{"InvoiceID":'}, errors.Unreadable, True),
        ({"status_code": 200, "text": "<html>maintenance</html>"}, errors.Unreadable, True),
        ({"status_code": 200, "json": {"Invoices": []}}, errors.Unreadable, True),
        ({"status_code": 200, "json": [1, 2]}, errors.Unreadable, True),
        (
            {"status_code": 200, "json": {"Invoices": [{"InvoiceID": "i-1", "Status": "DRAFT"}]}},
            errors.Unreadable,
            True,
        ),
    ],
)
def test_each_answer_is_told_apart(client, requests_mock, answer, kind, outcome_unknown):
    requests_mock.put(INVOICES, **answer)
    error = written(client)
    assert type(error) is kind
    assert error.outcome_unknown is outcome_unknown


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (requests.ConnectTimeout(), errors.NotSent),
        (requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused"))), errors.NotSent),
        (requests.ConnectionError(MaxRetryError(None, "/", ConnectTimeoutError())), errors.NotSent),
        (requests.ConnectionError(ProtocolError("Connection aborted.")), errors.NoAnswer),
        (requests.ConnectionError("reset"), errors.NoAnswer),
        (requests.exceptions.SSLError("in the middle"), errors.NoAnswer),
        (requests.ReadTimeout(), errors.NoAnswer),
        (requests.exceptions.ChunkedEncodingError(), errors.NoAnswer),
    ],
)
def test_silence_is_only_called_not_sent_when_no_connection_came_about(client, requests_mock, fault, kind):
    requests_mock.put(INVOICES, exc=fault)
    error = written(client)
    assert type(error) is kind
    assert error.outcome_unknown is (kind is errors.NoAnswer)


def test_a_host_that_is_not_configured_is_never_contacted():
    client = XeroClient(network_session(["https://other.example"]), API, "tenant-1", Surroundings(lambda: "token-1"))
    assert type(written(client)) is errors.NotSent


def test_xeros_exact_words_are_kept_for_every_line(client, requests_mock):
    requests_mock.put(INVOICES, status_code=400, json=VALIDATION)
    error = written(client)
    assert error.messages == ["Invoice # must be unique.", "Account code '999' is not a valid code for this document."]
    assert error.elements[0]["InvoiceNumber"] == "AMZ-TB-10001"
    assert "Invoice # must be unique." in error.message


def test_a_refused_element_in_a_200_is_a_refusal(client, requests_mock):
    requests_mock.put(INVOICES, json={"Status": "OK", "Invoices": [VALIDATION["Elements"][0]]})
    assert written(client).messages[0] == "Invoice # must be unique."


@pytest.mark.parametrize(
    ("headers", "kind", "seconds", "words"),
    [
        ({"X-Rate-Limit-Problem": "minute", "Retry-After": "26"}, "minute", 26, "in 26 seconds"),
        ({"X-Rate-Limit-Problem": "Day", "Retry-After": "81000"}, "day", 81000, "in 23 hours"),
        ({"X-Rate-Limit-Problem": "day", "Retry-After": "1800"}, "day", 1800, "in 30 minutes"),
        ({"X-Rate-Limit-Problem": "concurrent"}, "concurrent", None, "in a moment"),
        ({}, "", None, "later"),
    ],
)
def test_a_limit_says_which_and_when_calls_are_taken_again(client, requests_mock, headers, kind, seconds, words):
    requests_mock.put(INVOICES, status_code=429, text="", headers=headers)
    error = written(client)
    assert (error.kind, error.retry_after) == (kind, seconds)
    assert words in error.message


def test_no_error_shows_the_token(client, requests_mock):
    for answer in (
        {"status_code": 401, "json": UNAUTHORISED},
        {"status_code": 500, "text": "x"},
        {"exc": requests.ReadTimeout},
    ):
        requests_mock.put(INVOICES, **answer)
        error = written(client)
        assert "token-1" not in f"{error} {error!r} {error.xero_words} {error.__cause__!r}"


def test_every_error_is_a_sentence_with_something_to_do():
    for kind in (
        errors.NotSent,
        errors.NoAnswer,
        errors.Unreadable,
        errors.ServerError,
        errors.Unavailable,
        errors.TokenExpired,
        errors.ScopeMissing,
        errors.AccessRefused,
        errors.OrganisationGone,
    ):
        message = kind().message
        assert message.endswith(".") and len(message) > 40, kind
