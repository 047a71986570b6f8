"""Requests leave for the configured hosts only, and a WSGI app in this process can stand in for one."""

import pytest
import requests

from services.xero.transport import in_process_session, network_session

BASE = "http://localhost:8000"


class Dropped(Exception):
    """What the app raises instead of answering."""


def echo(environ, start_response):
    """Answers with what it was sent."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)).decode()
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Two", "a"), ("Set-Cookie", "k=v")])
    seen = [
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ["HTTP_HOST"],
        environ.get("HTTP_XERO_TENANT_ID", ""),
        environ["CONTENT_TYPE"],
        body,
    ]
    return [part.encode() + b"\n" for part in seen]


def dropping(environ, start_response):
    raise Dropped("no answer")


def test_the_app_in_this_process_sees_the_request_as_sent():
    session = in_process_session(BASE, echo)
    answer = session.put(
        f"{BASE}/a%20b/ü?x=1&y=%C2%A3",
        data=b"{}",
        headers={"xero-tenant-id": "t", "Content-Type": "application/json"},
    )
    assert answer.status_code == 201
    assert answer.headers["X-Two"] == "a"
    method, path, query, host, tenant, kind, body = answer.content.decode().splitlines()
    assert (method, path.encode("latin-1").decode(), query) == ("PUT", "/a b/ü", "x=1&y=%C2%A3")
    assert (host, tenant, kind, body) == ("localhost:8000", "t", "application/json", "{}")


def test_a_dropped_connection_is_what_a_network_would_show():
    with pytest.raises(requests.ConnectionError):
        in_process_session(BASE, dropping, Dropped).get(f"{BASE}/")


def test_only_what_the_app_announced_as_dropping_counts_as_one():
    with pytest.raises(Dropped):
        in_process_session(BASE, dropping).get(f"{BASE}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://api.xero.com.evil.example/",
        "https://api.xero.com@evil.example/",
        "http://api.xero.com/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "https://api.xero.com:444/",
    ],
)
def test_no_other_host_is_reached(url):
    with pytest.raises(requests.exceptions.InvalidSchema):
        network_session(["https://api.xero.com", "https://identity.xero.com"]).get(url)


def test_plain_http_is_for_this_machine_only():
    network_session(["http://127.0.0.1:8123"])
    with pytest.raises(ValueError, match="this machine"):
        network_session(["http://api.xero.com"])


def test_proxies_of_the_environment_do_not_see_our_tokens(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    session = network_session(["https://api.xero.com"])
    settings = session.merge_environment_settings("https://api.xero.com/", {}, None, None, None)
    assert settings["proxies"] == {}
    assert settings["verify"] is True


def test_nothing_is_retried_below_us():
    assert network_session(["https://api.xero.com"]).get_adapter("https://api.xero.com/").max_retries.total == 0
