"""The line to Xero in a simulation: it takes time, and on order it loses or spoils a part of what goes over it."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from sandbox.xero import ConnectionDropped
from services.clock import Clock
from services.xero.transport import WsgiAdapter

# fault → weight; for the token endpoint, and for the rest
TOKEN_FAULTS = {"lost_before": 3, "lost_after": 3, "slow_before": 1, "slow_after": 1, "500_before": 1, "500_after": 1,
                "503": 1, "429": 1, "html": 1, "truncated": 1}
CALL_FAULTS = TOKEN_FAULTS | {"429": 0, "minute": 2, "concurrent": 1, "day": 0.1, "expired": 1, "forbidden": 1}
EXPIRED = {"Title": "Unauthorized", "Status": 401, "Detail": "TokenExpired: token expired at 06/01/2026 12:00:00"}
FORBIDDEN = {"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"}


class FaultyLine(BaseAdapter):
    """Lets requests reach the WSGI ``app``; a share of ``spoiled`` of all token and API calls meets a fault."""

    def __init__(self, app: Callable, clock: Clock, chance: random.Random, spoiled: float):
        super().__init__()
        self._wsgi = WsgiAdapter(app, ConnectionDropped)
        self._clock, self._chance = clock, chance
        self.spoiled = spoiled
        self.met: Counter[str] = Counter()
        self.calls = 0
        self.refreshed: dict[str, list] = {}  # hash of a refresh token → the moments Xero took it

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None) -> requests.Response:
        path = urlsplit(request.url).path
        fault = self._fault(path)
        self.calls += 1
        self._clock.sleep(self._chance.uniform(0.02, 0.4))  # on its way; whoever waits may be killed here
        if fault in ("slow_before", "slow_after"):
            self._clock.sleep(30)
        answer = None if fault in ("lost_before", "slow_before", *_ANSWERS) else self._ask(request, path)
        self._clock.sleep(self._chance.uniform(0.02, 0.4))  # on its way back; and here
        if fault == "slow_before" or fault == "slow_after":
            raise requests.ReadTimeout(request=request)
        if fault in ("lost_before", "lost_after"):
            raise requests.ConnectionError("lost", request=request)
        if fault in _ANSWERS:
            return _made(request, *_ANSWERS[fault])
        if fault == "500_after":
            return _made(request, 500, "<html>", {"Content-Type": "text/html"})
        if fault == "truncated":
            return _made(request, answer.status_code, answer.text[: len(answer.text) // 2], dict(answer.headers))
        return answer

    def close(self) -> None:
        """Nothing is held open."""

    def _fault(self, path: str) -> str:
        if not path.startswith(("/connect/token", "/api.xro/", "/connections")):
            return ""
        if self._chance.random() >= self.spoiled:
            return ""
        faults = TOKEN_FAULTS if path == "/connect/token" else CALL_FAULTS
        fault = self._chance.choices(list(faults), list(faults.values()))[0]
        self.met[fault] += 1
        return fault

    def _ask(self, request, path: str) -> requests.Response:
        answer = self._wsgi.send(request)
        form = parse_qs(request.body if isinstance(request.body, str) else "") if path == "/connect/token" else {}
        if form.get("grant_type") == ["refresh_token"] and answer.status_code == 200:
            self.refreshed.setdefault(hashed(form["refresh_token"][0]), []).append(self._clock.now())
        return answer


_ANSWERS = {
    "500_before": (500, "<html>", {"Content-Type": "text/html"}),
    "503": (503, "The Xero API is currently offline for maintenance", {"Content-Type": "text/plain"}),
    "429": (429, "", {"Retry-After": "30"}),
    "html": (200, "<html>maintenance</html>", {"Content-Type": "text/html"}),
    "minute": (429, "", {"X-Rate-Limit-Problem": "minute", "Retry-After": "26"}),
    "concurrent": (429, "", {"X-Rate-Limit-Problem": "concurrent"}),
    "day": (429, "", {"X-Rate-Limit-Problem": "day", "Retry-After": "20000"}),
    "expired": (401, json.dumps(EXPIRED), {"Content-Type": "application/json"}),
    "forbidden": (403, json.dumps(FORBIDDEN), {"Content-Type": "application/json"}),
}


def _made(request, status: int, body: str, headers: dict[str, str]) -> requests.Response:
    raw = urllib3.HTTPResponse(
        body=BytesIO(body.encode()), headers=headers, status=status, preload_content=False)
    answer = HTTPAdapter().build_response(request, raw)
    answer.content  # noqa: B018 - read whole
    return answer


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
