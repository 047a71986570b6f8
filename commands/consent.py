"""Goes through the sandbox's consent page without a browser: reads its form, allows access, follows the way back."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import click

from services import xero_connection
from services.audit import COMMAND_LINE
from services.parts import Parts

TIMEOUT_SECONDS = (5, 30)
BROWSER = "command line"


def connect(parts: Parts, organisation: str = "") -> xero_connection.Card:
    """Connects to the sandbox; ``organisation`` is (a part of) its name, the first one offered when empty."""
    if parts.config.mode != "sandbox":
        raise click.ClickException(
            "This connects to a sandbox only. Connect Xero itself in the browser, under Settings → Account."
        )
    address = xero_connection.begin(parts, COMMAND_LINE, BROWSER)
    with parts.xero_http() as http:
        page = http.get(address, timeout=TIMEOUT_SECONDS)
        form = ConsentForm(page.text)
        if not form.organisations:
            raise click.ClickException(f"The sandbox showed no consent page (status {page.status_code}).")
        fields = {**form.hidden, form.choice: form.pick(organisation), "decision": "allow"}
        answer = http.post(urljoin(address, form.action), data=fields, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    query = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
    xero_connection.finish(parts, query, BROWSER, COMMAND_LINE)
    return xero_connection.card(parts)


class ConsentForm(HTMLParser):
    """The page's form: hidden fields, and the organisations to choose from (radio buttons or a select)."""

    def __init__(self, page: str):
        super().__init__()
        self.action, self.choice = "", ""
        self.hidden: dict[str, str] = {}
        self.organisations: dict[str, str] = {}  # value → the words beside it
        self._current = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "select":
            self.choice = given.get("name", "")
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")
        elif tag == "option" or given.get("type") == "radio":
            self.choice = given.get("name", self.choice)
            self._current = given.get("value", "")
            self.organisations[self._current] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("option", "label"):
            self._current = ""

    def handle_data(self, data: str) -> None:
        if self._current:
            self.organisations[self._current] += data

    def pick(self, name: str) -> str:
        """The value of the first organisation whose words hold ``name``."""
        for value, words in self.organisations.items():
            if name.lower() in words.lower():
                return value
        offered = ", ".join(" ".join(words.split()) for words in self.organisations.values())
        raise click.ClickException(f"The sandbox has no organisation “{name}”. It offers: {offered}.")
