"""The log holds what happened and none of the secrets it happened with."""

import io
import json
import logging

import pytest

from services import logs


@pytest.fixture
def logged():
    root, written = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level)
    logs.configure(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:], root.level = before[0], before[1]


def test_a_line_says_what_happened_where_and_when(logged):
    logging.getLogger("services.xero.client").info(
        "xero call", extra={"method": "GET", "path": "Invoices", "status": 200}
    )
    (line,) = logged()
    assert (line["event"], line["method"], line["path"], line["status"]) == ("xero call", "GET", "Invoices", 200)
    assert line["level"] == "info" and line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "words",
    [
        "Authorization: Bearer abc.SECRET-1",
        "GET /xero/callback?code=SECRET-1&state=SECRET-1",
        "grant_type=refresh_token&refresh_token=SECRET-1&client_secret=SECRET-1",
        "token was eyJhbGciOi.SECRET-1.sig",
    ],
)
def test_secrets_inside_a_text_are_taken_out(logged, words):
    logging.getLogger("x").warning("it went wrong: %s", words)
    assert "SECRET-1" not in json.dumps(logged())


@pytest.mark.parametrize(
    "name", ["access_token", "Authorization", "client_secret", "cookie", "password", "code_verifier", "state"]
)
def test_secrets_by_name_are_taken_out(logged, name):
    logging.getLogger("x").warning("exchange", extra={name: "SECRET-1"})
    assert "SECRET-1" not in json.dumps(logged())


def test_a_trace_is_kept_without_the_secret_in_its_message(logged):
    try:
        raise ValueError("refresh_token=SECRET-1 was refused")
    except ValueError:
        logging.getLogger("x").exception("failed")
    (line,) = logged()
    assert "ValueError" in line["exception"] and "SECRET-1" not in line["exception"]
