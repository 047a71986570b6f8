"""Every attack on the sign-in and every way it may fail: what the user sees, as docs/oauth-outcomes.md lists it."""

import json
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from models import XeroConnection
from sandbox.xero.oauth.signing import SigningKey
from services import xero_connection
from services.errors import AppError
from services.xero import id_token
from tests.xero.consent_world import ANNA, BROWSER, UK, UNREGISTERED, US, ConsentWorld

TABLE = Path(__file__).parents[2] / "docs" / "oauth-outcomes.md"
CASES: dict[str, Callable[["Visitor"], object]] = {}


def case(name: str) -> Callable:
    def keep(act: Callable) -> Callable:
        CASES[name] = act
        return act

    return keep


class Visitor:
    """Anna, and whoever means her harm."""

    def __init__(self, world: ConsentWorld, folder: Path):
        self.world, self._folder = world, folder

    def begun(self, **choices) -> dict[str, str]:
        """The callback of a sign-in started in Anna's browser."""
        return self.world.consent(xero_connection.begin(self.world.parts, ANNA, BROWSER), **choices)

    def comes_back(self, query: dict[str, str], browser: str = BROWSER) -> str:
        return xero_connection.finish(self.world.parts, query, browser, ANNA)

    def answered(self, **changes) -> str:
        """Comes back while the token endpoint's answer is changed (None leaves a field out)."""
        def rewrite(path: str, answer: bytes) -> bytes:
            if path != "/connect/token":
                return answer
            return json.dumps(
                {name: value for name, value in (json.loads(answer) | changes).items() if value is not None}).encode()

        query = self.begun()
        self.world.rewrite = rewrite
        return self.comes_back(query)

    def with_claims(self, sign: Callable | None = None, **changes) -> str:
        """Comes back with an ID token whose claims are changed, signed by Xero's own key unless told otherwise."""
        key = SigningKey(self._folder / "sandbox")

        def rewrite(path: str, answer: bytes) -> bytes:
            if path != "/connect/token":
                return answer
            body = json.loads(answer)
            claims = json.loads(urlsafe_b64decode(body["id_token"].split(".")[1] + "=="))
            claims = {name: value for name, value in (claims | changes).items() if value is not None}
            return json.dumps(body | {"id_token": (sign or (lambda told: key.sign(told, "JWT")))(claims)}).encode()

        query = self.begun()
        self.world.rewrite = rewrite
        return self.comes_back(query)

    def fault(self, name: str, path: str = "/connect/token", times: int = 1) -> None:
        self.world.fault("*", path, name, times)


# --- the user -------------------------------------------------------------------------------------


@case("The user presses Cancel at Xero")
def _(anna):
    anna.comes_back(anna.begun(decision="cancel"))


@case("The user presses Cancel while reconnecting")
def _(anna):
    anna.world.connect()
    anna.comes_back(anna.begun(decision="cancel"))


@case("The Xero user has no organisation")
def _(anna):
    anna.comes_back(anna.begun(organisation="No organisation"))


@case("A reconnect brings back another organisation")
def _(anna):
    anna.world.connect(UK)
    anna.world.connect(US)


@case("A reconnect brings back a Demo Company that was reset")
def _(anna):
    anna.world.connect(UK)
    XeroConnection.update(tenant_id="before-the-reset").execute()
    anna.world.connect(UK)


@case("A reconnect brings back one that another TrueBooks connected before")
def _(anna):
    anna.world.connect(US)
    XeroConnection.delete().execute()
    anna.world.connect(UK)
    anna.world.connect(US)


@case("A reconnect ticks its own organisation and another one")
def _(anna):
    anna.world.connect(UK)
    anna.world.switch(consent_organisations="several")
    return anna.world.connect((UK, US))


@case("Xero names no organisation for a reconnect")
def _(anna):
    anna.world.connect(UK)
    anna.world.rewrite = lambda path, answer: b"[]" if path == "/connections" else answer
    anna.world.connect(UK)


@case("The same organisation again, which keeps its first authEventId at Xero")
def _(anna):
    anna.world.connect(UK)
    return anna.world.connect(UK)


@case("Several organisations come with one consent")
def _(anna):
    anna.world.connect(UNREGISTERED)
    XeroConnection.delete().execute()
    anna.world.connect(US)
    XeroConnection.delete().execute()
    return anna.world.connect(US)


@case("Several are ticked, one of which Xero knew before")
def _(anna):
    anna.world.connect(UK)
    XeroConnection.delete().execute()
    anna.world.switch(consent_organisations="several")
    return anna.world.connect((UK, US))


@case("One is chosen two months later, when the sign-in has died")
def _(anna):
    anna.world.switch(consent_organisations="several")
    anna.world.connect((UK, US))
    anna.world.clock.advance(days=61)
    tenant = xero_connection.card(anna.world.parts).choices[0].tenant_id
    xero_connection.choose(anna.world.parts, tenant, ANNA)


@case("An organisation that was not offered is chosen")
def _(anna):
    xero_connection.choose(anna.world.parts, "another-tenant", ANNA)


@case("A permission is left out at the consent page")
def _(anna):
    anna.answered(scope="openid profile email offline_access accounting.invoices accounting.settings.read")


@case("The permission to stay connected is left out")
def _(anna):
    anna.answered(refresh_token=None)


# --- the callback ---------------------------------------------------------------------------------


@case("The callback is opened a second time (replay)")
def _(anna):
    query = anna.begun()
    anna.comes_back(query)
    anna.comes_back(query)


@case("The callback is opened in another browser")
def _(anna):
    anna.comes_back(anna.begun(), browser="mallory's browser")


@case("The callback carries a state nobody started (forged)")
def _(anna):
    anna.comes_back(anna.begun() | {"state": "forged"})


@case("The callback carries no state")
def _(anna):
    anna.comes_back({name: value for name, value in anna.begun().items() if name != "state"})


@case("The callback carries no code")
def _(anna):
    anna.comes_back({name: value for name, value in anna.begun().items() if name != "code"})


@case("Xero answers with an error of its own on the way back")
def _(anna):
    anna.comes_back({"state": anna.begun()["state"], "error": "server_error"})


@case("Somebody else's code is slipped into Anna's callback (code injection)")
def _(anna):
    stolen = anna.begun()["code"]
    anna.comes_back(anna.begun() | {"code": stolen})


@case("The callback names another issuer (mix-up)")
def _(anna):
    anna.comes_back(anna.begun() | {"iss": "https://evil.example"})


@case("The callback comes more than half an hour after the start")
def _(anna):
    query = anna.begun()
    anna.world.clock.advance(minutes=31)
    anna.comes_back(query)


@case("The code is older than Xero's five minutes")
def _(anna):
    query = anna.begun()
    anna.world.clock.advance(minutes=6)
    anna.comes_back(query)


# --- the ID token ---------------------------------------------------------------------------------


@case("The answer holds no ID token")
def _(anna):
    anna.answered(id_token=None)


@case("The ID token is for another sign-in (nonce)")
def _(anna):
    anna.with_claims(nonce="another")


@case("The ID token has no nonce")
def _(anna):
    anna.with_claims(nonce=None)


@case("The ID token is for another app (aud)")
def _(anna):
    anna.with_claims(aud="another-app")


@case("The ID token is for another app and names ours as azp")
def _(anna):
    anna.with_claims(aud="another-app", azp="TRUEBOOKS-SANDBOX")


@case("The ID token is by another issuer")
def _(anna):
    anna.with_claims(iss="https://evil.example")


@case("The ID token ran out a minute ago")
def _(anna):
    anna.with_claims(exp=int(anna.world.clock.now().timestamp()) - 60)


@case("The ID token belongs to another access token (at_hash)")
def _(anna):
    anna.with_claims(at_hash="bm90IHRoaXMgdG9rZW4")


@case("The ID token is not signed (alg none)")
def _(anna):
    def unsigned(claims: dict) -> str:
        head, body = (urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                      for part in ({"alg": "none"}, claims))
        return f"{head}.{body}."

    anna.with_claims(unsigned)


@case("The ID token is signed with another key")
def _(anna):
    other = anna.world.parts.config.data / "mallory"
    other.mkdir()
    anna.with_claims(lambda claims: SigningKey(other).sign(claims, "JWT"))


# --- Xero -----------------------------------------------------------------------------------------


@case("Xero cannot be reached for the tokens")
def _(anna):
    query = anna.begun()
    anna.fault("drop_before")
    anna.comes_back(query)


@case("The answer with the tokens gets lost")
def _(anna):
    query = anna.begun()
    anna.fault("drop_after")
    anna.comes_back(query)


@case("Xero is down for maintenance")
def _(anna):
    query = anna.begun()
    anna.fault("503")
    anna.comes_back(query)


@case("Xero has an error of its own")
def _(anna):
    query = anna.begun()
    anna.fault("500_before")
    anna.comes_back(query)


@case("The answer is a web page instead of tokens")
def _(anna):
    query = anna.begun()
    anna.world.rewrite = lambda path, answer: b"<html>" if path == "/connect/token" else answer
    anna.comes_back(query)


@case("The list of organisations cannot be read")
def _(anna):
    query = anna.begun()
    anna.world.rewrite = lambda path, answer: b"{}" if path == "/connections" else answer
    anna.comes_back(query)


def _turned_away(path: str) -> Callable[[Visitor], object]:
    """A CDN's 403 with a web page."""
    def act(anna):
        query = anna.begun()
        anna.world.turned_away = path
        anna.comes_back(query)

    return act


for host, path in {"The token endpoint": "/connect/token", "The list of organisations": "/connections",
                   "Xero's published keys": "/.well-known/openid-configuration/jwks"}.items():
    case(f"{host}: turned away with a web page (403)")(_turned_away(path))


@case("The access token cannot be carried by HTTP")
def _(anna):
    anna.answered(access_token="a\u20acb")


@case("The access token is half a character")
def _(anna):
    anna.answered(access_token="\ud800")


# --- held against the table -----------------------------------------------------------------------


@pytest.fixture
def anna(parts, tmp_path) -> Visitor:
    id_token._kept.clear()
    return Visitor(ConsentWorld(parts, tmp_path / "sandbox"), tmp_path)


def outcome(anna: Visitor, act: Callable) -> tuple[str, str]:
    """What is told, and how the card stands afterwards."""
    try:
        came = act(anna)
        told = {"connected": "Xero connected successfully", "choosing": "(the organisations to choose from)"}[came]
    except AppError as error:
        told = error.message
    return told, xero_connection.card(anna.world.parts).state.replace("_", " ")


def listed() -> dict[str, tuple[str, str]]:
    row = re.compile(r"^\| (?!What happened)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
    rows = row.findall(TABLE.read_text(encoding="utf-8"))
    return {name: (told, state) for name, told, state in rows}


@pytest.mark.parametrize("name", CASES)
def test_what_the_user_sees_is_what_the_table_says(anna, name):
    came = outcome(anna, CASES[name])
    if os.environ.get("TRUEBOOKS_WRITE_TABLE"):
        with Path(os.environ["TRUEBOOKS_WRITE_TABLE"]).open("a", encoding="utf-8") as rows:
            rows.write(f"| {name} | {came[0]} | {came[1]} |\n")
        return
    assert came == listed()[name]


def test_the_table_lists_every_case_and_no_other():
    assert list(listed()) == list(CASES)


def test_every_refusal_says_what_to_do_next():
    for name, (told, _) in listed().items():
        assert re.search(r"press|Try again|again|connected successfully|to choose from|Reconnect", told), name
