"""One call to Xero's Accounting API: signed in, within its limits, and repeated only where that does no harm."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from services.xero import answers, errors, payloads, transport

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = (5, 30)  # to connect, to answer
PAUSES_SECONDS = (0.2, 1.0)  # before the second and third try of a GET; longer waits belong to jobs

Limits = Callable[[int | None, int | None], None]  # calls left today, calls left this minute


@dataclass(frozen=True)
class Surroundings:
    """What a call needs of the workspace.

    ``access_token()`` gives a token good for the call; ``renew(refused)`` a fresh one when Xero
    turned one down; ``on_limits(day, minute)`` hears what Xero says is left; ``explain(error, token)``
    may turn a 403, a 429 or a missing scope, answered to ``token``, into a better-informed error;
    ``permit()`` is held during each request and raises RateLimited while Xero takes none.
    """

    access_token: Callable[[], str] = field(repr=False)
    on_limits: Limits | None = None
    renew: Callable[[str], str] | None = None
    explain: Callable[[errors.XeroError, str], errors.XeroError] = lambda error, token: error
    permit: Callable[[], AbstractContextManager] = nullcontext
    sleep: Callable[[float], None] = time.sleep


class Calls:
    """Requests for one organisation; ``sent`` counts those that went out, repeated ones included."""

    def __init__(self, http: requests.Session, api_base: str, tenant_id: str, around: Surroundings):
        self._http = http
        self._base = api_base.rstrip("/") + "/api.xro/2.0"
        self.tenant_id = tenant_id
        self._around = around
        self.sent = 0

    def get(self, path: str, query: dict[str, str] | None = None, changed_since: datetime | None = None) -> Any:
        """Reading does nothing in Xero, so it alone is tried again: twice, after a short pause.

        With ``changed_since`` only what changed from then on is asked for; None when nothing did.
        """
        headers = {"If-Modified-Since": _as_xero_writes(changed_since)} if changed_since else {}
        with errors.asking():
            return self._read(path, headers, query)

    def _read(self, path: str, headers: dict[str, str], query: dict[str, str] | None) -> Any:
        for pause in PAUSES_SECONDS:
            try:
                return self._call("GET", path, headers, params=query)
            except errors.NoToken:
                raise
            except (errors.NotSent, errors.NoAnswer, errors.Unavailable):
                self._around.sleep(pause)
            except errors.RateLimited as limit:
                if not limit.asked:  # our own holding back: asking again changes nothing
                    raise
                if limit.kind == "concurrent":
                    self._around.sleep(pause)
                elif limit.until is None:
                    raise
        return self._call("GET", path, headers, params=query)

    def write(self, method: str, path: str, payload: dict | str, idempotency_key: str = "") -> Any:
        """Never repeated here, whatever happens: a second PUT would be a second document."""
        body = payload if isinstance(payload, str) else payloads.encode(payload)
        headers = {"Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        return self._call(method, path, headers, data=body.encode())

    def _call(self, method: str, path: str, headers: dict[str, str], **sent: Any) -> Any:
        """One call; after a 401 one more with a renewed token, since a 401 means that nothing was done."""
        with self._around.permit():
            token = _token_from(self._around.access_token)
            try:
                return self._explained(method, path, token, headers, **sent)
            except errors.TokenExpired:
                if self._around.renew is None:
                    raise
            try:
                return self._explained(method, path, _token_from(self._around.renew, token), headers, **sent)
            except errors.TokenExpired as error:
                raise errors.RenewedTokenRefused(xero_words=error.xero_words) from error

    def _explained(self, method: str, path: str, token: str, headers: dict[str, str], **sent: Any) -> Any:
        try:
            return self._send(method, path, token, headers, **sent)
        except (errors.AccessRefused, errors.ScopeMissing, errors.RateLimited) as error:
            better = self._around.explain(error, token)
            if better is error and type(error) is errors.AccessRefused and path.startswith("ManualJournals"):
                better = errors.JournalsRefused(xero_words=error.xero_words)
            raise better from error

    def _send(self, method: str, path: str, token: str, headers: dict[str, str], **sent: Any) -> Any:
        headers = headers | {
            "Accept": "application/json", "Authorization": f"Bearer {token}", "xero-tenant-id": self.tenant_id}
        self.sent += 1
        with transport.faults_told_apart():
            response = self._http.request(
                method, f"{self._base}/{path}", headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **sent)
        self._note(method, path, response)
        if response.status_code == 304 and "If-Modified-Since" in headers:
            return None
        return answers.read(response)

    def _note(self, method: str, path: str, response: requests.Response) -> None:
        # Xero's support asks for the correlation id; nothing else of the exchange is logged.
        correlation = response.headers.get("Xero-Correlation-Id", "")
        log.info("Xero answered %s %s with %s, correlation id %s", method, path, response.status_code, correlation)
        left = [response.headers.get(f"X-{window}Limit-Remaining", "") for window in ("Day", "Min")]
        if self._around.on_limits and any(left):
            day, minute = (answers.whole(count) for count in left)
            self._around.on_limits(day, minute)


def _as_xero_writes(moment: datetime) -> str:
    """UTC without a zone, whole seconds: not the form of RFC 9110 (xero.md 6)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _token_from(source: Callable[..., str], *refused: str) -> str:
    """Whatever kept us from a token, the call itself was not made: its outcome is never unknown."""
    try:
        return source(*refused)
    except errors.XeroError as error:
        if error.outcome_unknown or isinstance(error, errors.NotSent | errors.RateLimited):  # of the sign-in's host
            raise errors.NoToken(xero_words=error.xero_words) from error
        if isinstance(error, errors.SignInTurnedAway):
            raise errors.NoToken(error.message, error.xero_words) from error
        raise
