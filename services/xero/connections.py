"""Which organisations a sign-in reaches, and letting go of one: ``/connections``, which needs no tenant."""

from dataclasses import dataclass
from typing import Any

import requests

from services.xero import answers, errors, reference, transport
from services.xero.reference import ConnectionFacts

TIMEOUT_SECONDS = (5, 30)


@dataclass(frozen=True)
class Consent:
    """The organisations a consent may have been for; ``is_exact`` when Xero named precisely its own."""

    organisations: list[ConnectionFacts]
    is_exact: bool


def of_event(http: requests.Session, api_url: str, access_token: str, event_id: str) -> Consent:
    """The organisations this very consent was for; all of them where Xero cannot tell.

    Xero lists every organisation the user ever let in, hence the filter; and it keeps the first
    event id of an organisation that was connected before, so that the filtered list of a repeated
    consent is empty (xero.md 1.6).
    """
    exact = first_let_in(http, api_url, access_token, event_id)
    return Consent(exact or organisations(http, api_url, access_token), bool(exact))


def first_let_in(http: requests.Session, api_url: str, access_token: str, event_id: str) -> list[ConnectionFacts]:
    """The organisations that were not connected before this consent: nobody else relies on these."""
    return organisations(http, api_url, access_token, event_id) if event_id else []


def organisations(http: requests.Session, api_url: str, access_token: str, event_id: str = "") -> list[ConnectionFacts]:
    """Every connected organisation (practices and the like are left out); raises XeroError."""
    query = {"authEventId": event_id} if event_id else {}
    listed = _call(http, "GET", f"{api_url}/connections", access_token, params=query)
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise errors.Unreadable(xero_words="/connections is not a list")
    found = [reference.connection(each) for each in listed]
    return [each for each in found if each.tenant_type == "ORGANISATION"]


def delete(http: requests.Session, api_url: str, access_token: str, connection_id: str) -> None:
    """Takes TrueBooks' access to one organisation away; one that is gone already is fine."""
    try:
        _call(http, "DELETE", f"{api_url}/connections/{connection_id}", access_token)
    except errors.NotFoundInXero:
        return


def _call(http: requests.Session, method: str, url: str, access_token: str, **sent: Any) -> Any:
    headers = {"Accept": "application/json", "Authorization": f"Bearer {access_token}"}
    with transport.faults_told_apart():
        response = http.request(
            method, url, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **sent)
    return answers.read(response)
