"""Which organisations a sign-in reaches, and letting go of one: ``/connections``, which needs no tenant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests

from services.xero import errors, reference, sign_in_answers, transport
from services.xero.reference import ConnectionFacts

TIMEOUT_SECONDS = (5, 30)
TOGETHER = timedelta(seconds=5)  # one consent writes all its organisations at one moment; nobody gives two so fast
LIFE_OF_A_CODE = timedelta(minutes=5, seconds=30)  # between the consent and its token (xero.md 1.2)


@dataclass(frozen=True)
class Consent:
    """The organisations a consent may have been for; ``new``: the ids of the connections that it was the first
    to make; ``touched``: the organisations it was for, as far as Xero's own times tell; none where they do not."""

    organisations: list[ConnectionFacts]
    new: frozenset[str]
    touched: list[ConnectionFacts]


def of_event(
    http: requests.Session, api_url: str, access_token: str, event_id: str, issued: datetime | None = None
) -> Consent:
    """The organisations this very consent was for; all of them where Xero cannot tell.

    Xero lists every organisation the user ever let in; and it keeps the first event id of an organisation
    that was connected before, so that a repeated consent is seen by its ``updatedDateUtc`` alone (xero.md 1.6).
    ``issued``: when Xero made the access token, by its own clock.
    """
    listed = organisations(http, api_url, access_token)
    new = _of_event(listed, event_id)
    touched = _touched(listed, new, issued)
    return Consent([each for each in listed if each in touched] if new else listed,
                   frozenset(each.id for each in new), touched)


def _touched(listed: list[ConnectionFacts], new: list[ConnectionFacts], issued: datetime | None
             ) -> list[ConnectionFacts]:
    """What this consent made, and what was updated at the same moment; or the latest within a code's life."""
    latest = max((each.updated for each in new or listed if each.updated), default=None)
    if not new and not (latest and issued and abs(issued - latest) <= LIFE_OF_A_CODE):
        return []
    return [each for each in listed if each in new
            or (latest and each.updated and abs(latest - each.updated) <= TOGETHER)]


def first_let_in(http: requests.Session, api_url: str, access_token: str, event_id: str) -> list[ConnectionFacts]:
    """The organisations that were not connected before this consent: nobody else relies on these."""
    return _of_event(organisations(http, api_url, access_token), event_id) if event_id else []


def _of_event(listed: list[ConnectionFacts], event_id: str) -> list[ConnectionFacts]:
    return [each for each in listed if event_id and each.event_id.casefold() == event_id.casefold()]


@errors.asking()
def organisations(http: requests.Session, api_url: str, access_token: str, event_id: str = "") -> list[ConnectionFacts]:
    """Every connected organisation (practices and the like are left out); raises XeroError."""
    query = {"authEventId": event_id} if event_id else {}
    listed = sign_in_answers.read(_call(http, "GET", f"{api_url}/connections", access_token, params=query))
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise errors.Unreadable(xero_words="/connections is not a list")
    found = [reference.connection(each) for each in listed]
    return [each for each in found if each.tenant_type == "ORGANISATION"]


def delete(http: requests.Session, api_url: str, access_token: str, connection_id: str) -> None:
    """Takes TrueBooks' access to one organisation away; one that is gone already is fine."""
    response = _call(http, "DELETE", f"{api_url}/connections/{connection_id}", access_token)
    if response.status_code != 404:
        sign_in_answers.raise_for_refusal(response)


def _call(http: requests.Session, method: str, url: str, access_token: str, **sent: Any) -> requests.Response:
    headers = {"Accept": "application/json", "Authorization": f"Bearer {access_token}"}
    with transport.faults_told_apart():
        return http.request(
            method, url, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **sent)
