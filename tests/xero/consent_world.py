"""A workspace beside a sandbox Xero of its own, and a person who clicks through the consent page."""

import dataclasses
import html
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import requests
from werkzeug.test import run_wsgi_app

from models import XeroConnection
from sandbox.xero import ConnectionDropped, create_sandbox, ledger
from services import xero_connection
from services.audit import Actor
from services.parts import Parts
from services.xero.transport import in_process_session

ANNA = Actor("anna@example.com", "127.0.0.1")
BROWSER = "anna's browser"
UK, US, UNREGISTERED = "TrueBooks Demo (UK)", "TrueBooks Demo (US)", "TrueBooks Demo (not registered)"


@dataclasses.dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    environ: dict = dataclasses.field(repr=False)
    sent: bytes
    status: int
    answered: bytes

    @property
    def method(self) -> str:
        return self.environ["REQUEST_METHOD"]

    @property
    def path(self) -> str:
        query = self.environ["QUERY_STRING"]
        return self.environ["PATH_INFO"] + (f"?{query}" if query else "")


class ConsentWorld:
    """``parts`` reach the sandbox in this process; ``requests`` lists "METHOD /path" of all that was sent to it."""

    def __init__(self, joined: Parts, state):
        self.clock = joined.clock
        self.requests: list[str] = []
        self.exchanges: list[Exchange] = []
        self.intercept: Callable[[dict], None] = lambda environ: None
        self.has_consented = False
        self.turned_away = ""  # a path that a CDN answers with 403 and a web page
        self.rewrite: Callable[[str, bytes], bytes] = lambda path, answer: answer
        self.sandbox = create_sandbox(state, now=joined.clock.now)
        self.base = joined.config.public_url
        self.parts = dataclasses.replace(joined, xero_http=self.http)

    def http(self) -> requests.Session:
        return in_process_session(self.base, self._counted, ConnectionDropped)

    def _counted(self, environ: dict, start_response: Callable):
        if not environ["PATH_INFO"].startswith("/sandbox/"):
            self.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        self.intercept(environ)
        if environ["PATH_INFO"] == self.turned_away:
            start_response("403 Forbidden", [("Content-Type", "text/html")])
            return [b"<html>no</html>"]
        body = environ["wsgi.input"].getvalue()
        parts, status, headers = run_wsgi_app(self.sandbox, environ, buffered=True)
        whole = b"".join(parts)
        answer = self.rewrite(environ["PATH_INFO"], whole)
        self.exchanges.append(Exchange(environ, body, int(status.split()[0]), answer))
        if answer != whole:
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, list(headers))
        return [answer]

    def sent(self, line: str) -> int:
        return self.requests.count(line)

    # --- the person --------------------------------------------------------------------------

    def consent(self, address: str, organisation: str | tuple = UK, decision: str = "allow") -> dict[str, str]:
        """What Xero's redirect brings back, once the person has picked (several where Xero lets one) and pressed."""
        names = (organisation,) if isinstance(organisation, str) else organisation
        page = self.http().get(address).text
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
        }
        offered = re.findall(r'(?:<option|name="organisation") value="([^"]+)">\s*([^<]+)<', page)
        options = {html.unescape(text): value for value, text in offered}
        fields |= {
            "organisation": [value for text, value in options.items() if text.startswith(names)],
            "decision": decision,
        }
        answer = self.http().post(f"{self.base}/identity/connect/authorize", data=fields, allow_redirects=False)
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def connect(self, organisation: str | tuple = UK) -> str:
        """One consent; ten seconds after the one before, so that Xero's own times tell them apart."""
        self.clock.advance(seconds=10 if self.has_consented else 0)
        self.has_consented = True
        query = self.consent(xero_connection.begin(self.parts, ANNA, BROWSER), organisation)
        return xero_connection.finish(self.parts, query, BROWSER, ANNA)

    def at_xero(self) -> set[str]:
        """The names of the organisations that Xero lists as connected to the app."""
        listed = self.sandbox.parts.store
        with listed.read() as db:
            tenants = {row["tenant_id"] for row in db.execute("SELECT tenant_id FROM connections")}
            return {facts["Name"] for facts in ledger.organisations(db) if facts["OrganisationID"] in tenants}

    # --- the sandbox's own controls -----------------------------------------------------------

    def fault(self, method: str, path: str, fault: str, times: int = 1) -> None:
        order = {"method": method, "path": path, "fault": fault, "times": times}
        answer = self.http().post(f"{self.base}/sandbox/faults", json=order)
        assert answer.status_code < 400, answer.text

    def switch(self, **to: str) -> None:
        answer = self.http().post(f"{self.base}/sandbox/switches", json=to)
        assert answer.status_code < 400, answer.text

    def limit(self, **most: int) -> None:
        """How many calls Xero takes: day, minute, concurrent, appminute."""
        answer = self.http().post(f"{self.base}/sandbox/limits", json=most)
        assert answer.status_code < 400, answer.text

    @property
    def link(self) -> XeroConnection:
        return XeroConnection.get_by_id(1)
