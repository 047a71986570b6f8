"""What every test may ask for: parts over a data folder of its own, with a clock that stands still."""

import html
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from app import assemble, create_app
from models import database
from services import users
from services.audit import COMMAND_LINE
from services.clock import FixedClock
from services.config import Config

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def pytest_terminal_summary(terminalreporter):
    """Loud, so that nobody takes a run without the browser for a whole one."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "CHROMIUM" in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"!!! {len(skipped)} browser tests were SKIPPED: Chromium is missing (apt-get install chromium) !!!",
            red=True,
        )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def config(tmp_path) -> Config:
    """Sandbox mode, as on a fresh machine, in a data folder of the test's own."""
    return make_config(tmp_path / "data")


def make_config(data, **changes) -> Config:
    data.mkdir(parents=True, exist_ok=True)
    base = "http://localhost:8000"
    values = {
        "public_url": base, "port": 8000, "host": "127.0.0.1", "data": data, "database_path": data / "truebooks.db",
        "mode": "sandbox", "secret_key": "k" * 64, "token_keys": "1:" + "ab" * 32,
        "xero_client_id": "TRUEBOOKS-SANDBOX", "xero_client_secret": "",
        "xero_login_url": base, "xero_identity_url": base, "xero_api_url": base, "built_in_sandbox": True,
    }
    return Config(**(values | changes))


@pytest.fixture
def parts(config, clock):
    """The joined parts; the database closes with the test."""
    yield assemble(config, clock)
    if not database.is_closed():
        database.close()


# --- pages ------------------------------------------------------------------------------------

EMAIL, PASSWORD = "ada@example.com", "ink on ruled paper"


class Browser:
    """A visitor's browser without JavaScript: keeps cookies, sends each form's token; can play HTMX too."""

    def __init__(self, app, base: str = "http://localhost:8000"):
        self.base, self.client = base, app.test_client()

    def get(self, path: str, **options):
        return self.client.get(path, base_url=self.base, **options)

    def post(self, path: str, data: dict | None = None, token: str | None = None, **options):
        fields = {"csrf_token": self.token() if token is None else token} | (data or {})
        return self.client.post(path, base_url=self.base, data=fields, **options)

    def htmx(self, method: str, path: str, data: dict | None = None, target: str = "", headers: dict | None = None):
        headers = {"HX-Request": "true", "HX-Target": target, "X-CSRFToken": self.token()} | (headers or {})
        return self.client.open(path, method=method, base_url=self.base, data=data, headers=headers)

    def token(self) -> str:
        """The token of this session's forms, read from a page that everybody may open."""
        for path in ("/settings/account", "/sign-in", "/first-admin"):
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
            if found:
                return found[1]
        raise AssertionError("no page has a form")

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD, **fields):
        return self.post("/sign-in", {"email": email, "password": password, **fields})

    def connect(self) -> str:
        """Through the sandbox's consent page, allowing the first organisation; the page one lands on."""
        consent = self.get(self.post("/xero/connection").location)
        form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', consent.text))
        form = {name: html.unescape(value) for name, value in form.items()}
        organisation = re.search(r'<option value="([^"]+)"', consent.text)[1]
        answer = self.post("/identity/connect/authorize", form | {"organisation": organisation, "decision": "allow"})
        back = urlsplit(answer.location)
        return self.get(self.get(f"{back.path}?{back.query}").location).text


@pytest.fixture
def app(parts):
    return create_app(parts)


@pytest.fixture
def stranger(app) -> Browser:
    """Somebody who has not signed in, on an installation that has an admin."""
    users.add_user(app.extensions["parts"], EMAIL, "Ada Lovelace", PASSWORD, "admin", COMMAND_LINE)
    return Browser(app)


@pytest.fixture
def ada(stranger) -> Browser:
    """The signed-in admin."""
    stranger.sign_in()
    return stranger


@pytest.fixture
def connected(ada) -> Browser:
    """The signed-in admin, with Xero (the sandbox) connected and its reference data synced."""
    assert "Xero connected successfully" in ada.connect()
    return ada


def in_words(response) -> str:
    """The text of a page or fragment as a reader sees it: no tags, entities and white space resolved."""
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
