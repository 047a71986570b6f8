"""The sign-in at Xero: what is asked for, and every answer that must not be trusted."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from services.xero import errors, id_token
from services.xero.oauth import Registration, SignIn
from services.xero.transport import network_session

IDENTITY = "https://identity.xero.example"
ISSUER = IDENTITY
CLIENT = "our-client-id"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
KEY = RSAKey.generate_key(2048, {"kid": "k-1", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k-1", "use": "sig", "alg": "RS256"})
SCOPES = ("openid", "offline_access", "accounting.invoices")


@pytest.fixture(autouse=True)
def nothing_kept_from_other_tests():
    id_token._kept.clear()


@pytest.fixture
def provider(requests_mock):
    """Xero's identity host, answering well unless a test says otherwise."""
    requests_mock.get(f"{IDENTITY}/.well-known/openid-configuration", json={"issuer": ISSUER})
    publish(requests_mock, KEY)
    answer_with(requests_mock, id_token=signed())
    return requests_mock


def publish(provider, key: RSAKey) -> None:
    url = f"{IDENTITY}/.well-known/openid-configuration/jwks"
    provider.get(url, json={"keys": [key.as_dict(private=False)]})


def answer_with(provider, **changes) -> None:
    token = {
        "access_token": ACCESS,
        "refresh_token": "refresh-1",
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": " ".join(SCOPES),
    } | changes
    given = {name: value for name, value in token.items() if value is not None}
    provider.post(f"{IDENTITY}/connect/token", json=given)


def claims(**changes) -> dict:
    now = int(NOW.timestamp())
    good = {"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "nonce": "nonce-1", "iat": now, "nbf": now, "exp": now + 300}
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(key=KEY, algorithm="RS256", **changes) -> str:
    return jwt.encode({"alg": algorithm, "kid": "k-1"}, claims(**changes), key, algorithms=[algorithm])


ACCESS = jwt.encode({"alg": "RS256", "kid": "k-1"}, {"authentication_event_id": "event-1"}, KEY)


def sign_in(secret: str = "our-secret") -> SignIn:
    registration = Registration(
        CLIENT,
        secret,
        "http://localhost:8000/xero/callback",
        "https://login.xero.example",
        IDENTITY,
        "https://api.example",
    )
    return SignIn(lambda: network_session([IDENTITY]), registration, lambda: NOW)


def exchange(**query: str):
    return sign_in().exchange({"code": "code-1", **query}, "nonce-1", "v" * 64)


# --- there ----------------------------------------------------------------------------------------


def test_the_authorise_address_carries_state_nonce_and_pkce():
    url = urlsplit(sign_in().authorise_url(SCOPES, "state-1", "nonce-1", "v" * 64))
    assert url.netloc + url.path == "login.xero.example/identity/connect/authorize"
    challenge = urlsafe_b64encode(hashlib.sha256(b"v" * 64).digest()).decode().rstrip("=")
    assert dict(parse_qsl(url.query)) == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": "http://localhost:8000/xero/callback",
        "scope": "openid offline_access accounting.invoices",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }


# --- and back -------------------------------------------------------------------------------------


def test_a_good_answer_becomes_tokens(provider):
    tokens = exchange()
    assert (tokens.access_token, tokens.refresh_token, tokens.seconds) == (ACCESS, "refresh-1", 1800)
    assert tokens.event_id == "event-1"
    form = parse_qs(next(r.text for r in provider.request_history if r.path == "/connect/token"))
    assert form["code"] == ["code-1"]
    assert form["code_verifier"] == ["v" * 64]
    assert form["redirect_uri"] == ["http://localhost:8000/xero/callback"]


def test_the_secret_goes_by_header_and_a_public_app_has_none(provider):
    exchange()
    asked = next(r for r in provider.request_history if r.path == "/connect/token")
    assert asked.headers["Authorization"].startswith("Basic ")
    assert "our-secret" not in asked.text
    sign_in(secret="").exchange({"code": "code-1"}, "nonce-1", "v" * 64)
    public = [r for r in provider.request_history if r.path == "/connect/token"][-1]
    assert "Authorization" not in public.headers
    assert parse_qs(public.text)["client_id"] == [CLIENT]


PAST = int((NOW - timedelta(seconds=60)).timestamp())


@pytest.mark.parametrize("bad", [
    {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"iss": None}, {"aud": None},
    {"aud": "other"}, {"aud": "other", "azp": CLIENT}, {"aud": [CLIENT, "other"], "azp": CLIENT}, {"azp": "other"},
    {"exp": PAST}, {"exp": None}, {"sub": None}, {"at_hash": "bm90IHRoaXMgdG9rZW4"},
], ids=str)  # fmt: skip
def test_an_id_token_that_is_not_xeros_ours_and_of_this_sign_in_is_refused(provider, bad):
    answer_with(provider, id_token=signed(**bad))
    with pytest.raises(errors.SignInRefused, match="could not be trusted"):
        exchange()


def test_eleven_seconds_too_late_is_too_late_and_nine_are_not(provider):
    answer_with(provider, id_token=signed(exp=int(NOW.timestamp()) - 9))
    exchange()
    answer_with(provider, id_token=signed(exp=int(NOW.timestamp()) - 11))
    with pytest.raises(errors.SignInRefused, match="run out"):
        exchange()


def test_a_slow_clock_here_does_not_keep_anybody_from_connecting(provider):
    ahead = int(NOW.timestamp()) + 3600
    answer_with(provider, id_token=signed(iat=ahead, nbf=ahead, exp=ahead + 300))
    assert exchange().refresh_token == "refresh-1"


@pytest.mark.parametrize("forged", [
    signed(key=OTHER_KEY),
    signed(key=OctKey.import_key("s" * 32), algorithm="HS256"),
    "eyJhbGciOiJub25lIn0." + signed().split(".")[1] + ".",
    "not a token", "a.b.c",
], ids=["other key", "HS256", "alg none", "text", "dots"])  # fmt: skip
def test_an_id_token_that_xero_did_not_sign_is_refused(provider, forged):
    answer_with(provider, id_token=forged)
    with pytest.raises(errors.SignInRefused, match="could not be trusted"):
        exchange()


def test_an_answer_without_an_id_token_is_refused(provider):
    answer_with(provider, id_token=None)
    with pytest.raises(errors.SignInRefused, match="no proof of who signed in"):
        exchange()


def test_an_answer_that_names_another_issuer_is_refused_before_the_code_is_spent(provider):
    with pytest.raises(errors.SignInRefused, match="another issuer"):
        exchange(iss="https://evil.example")
    assert not [r for r in provider.request_history if r.path == "/connect/token"]
    exchange(iss=ISSUER)


def test_an_announced_issuer_parameter_must_be_there(provider):
    provider.get(
        f"{IDENTITY}/.well-known/openid-configuration",
        json={"issuer": ISSUER, "authorization_response_iss_parameter_supported": True},
    )
    with pytest.raises(errors.SignInRefused, match="another issuer"):
        exchange()


def test_keys_and_discovery_are_fetched_once_and_again_when_xero_changes_its_keys(provider):
    exchange()
    exchange()
    paths = [r.path for r in provider.request_history]
    assert paths.count("/.well-known/openid-configuration") == 1
    assert paths.count("/.well-known/openid-configuration/jwks") == 1
    publish(provider, OTHER_KEY)
    answer_with(provider, id_token=signed(key=OTHER_KEY))
    assert exchange().refresh_token == "refresh-1"


# --- refusals of the token endpoint ---------------------------------------------------------------


@pytest.mark.parametrize("call", [lambda: exchange(), lambda: sign_in().refresh("refresh-0")], ids=["code", "refresh"])
@pytest.mark.parametrize(("answer", "kind"), [
    ({"status_code": 400, "json": {"error": "invalid_grant"}}, errors.GrantInvalid),
    ({"status_code": 400, "json": {"error": "invalid_client"}}, errors.SignInRefused),
    ({"status_code": 401, "json": {"error": "invalid_client"}}, errors.SignInRefused),
    ({"status_code": 400, "json": {"error": "unauthorized_client"}}, errors.SignInRefused),
    ({"status_code": 400, "text": "<html>"}, errors.SignInTurnedAway),
    ({"status_code": 429, "text": ""}, errors.RateLimited),
    ({"status_code": 500, "json": {"error": "invalid_grant"}}, errors.ServerError),
    ({"status_code": 503, "text": ""}, errors.Unavailable),
    ({"status_code": 200, "text": "<html>"}, errors.Unreadable),
    ({"status_code": 200, "json": {"token_type": "Bearer"}}, errors.Unreadable),
    ({"status_code": 302, "text": "", "headers": {"Location": "https://evil.example"}}, errors.Unreadable),
    ({"exc": requests.ReadTimeout}, errors.NoAnswer),
    ({"exc": requests.ConnectTimeout}, errors.NotSent),
])  # fmt: skip
def test_only_an_explicit_invalid_grant_is_one(provider, call, answer, kind):
    provider.post(f"{IDENTITY}/connect/token", **answer)
    with pytest.raises(errors.XeroError) as raised:
        call()
    assert type(raised.value) is kind


def test_an_outage_of_discovery_is_a_sentence_and_not_a_crash(provider):
    provider.get(f"{IDENTITY}/.well-known/openid-configuration", exc=requests.ConnectTimeout)
    with pytest.raises(errors.NotSent):
        exchange()


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": "none"}, []], ids=str)
def test_nonsense_instead_of_keys_is_told_and_not_kept(provider, document):
    provider.get(f"{IDENTITY}/.well-known/openid-configuration/jwks", json=document)
    with pytest.raises(errors.Unreadable):
        exchange()
    publish(provider, KEY)
    assert exchange().refresh_token == "refresh-1"


@pytest.mark.parametrize("change", [
    {"expires_in": "soon"}, {"expires_in": -1}, {"refresh_token": 7}, {"refresh_token": ""}, {"access_token": ["x"]},
    {"error": "invalid_grant"},
], ids=str)  # fmt: skip
def test_an_answer_that_contradicts_itself_is_no_token(provider, change):
    answer_with(provider, **change)
    for call in (exchange, lambda: sign_in().refresh("refresh-0")):
        with pytest.raises(errors.XeroError):
            call()


def test_refreshing_sends_the_old_token_and_returns_the_new_pair(provider):
    tokens = sign_in().refresh("refresh-0")
    assert parse_qs(provider.last_request.text)["refresh_token"] == ["refresh-0"]
    assert (tokens.access_token, tokens.refresh_token) == (ACCESS, "refresh-1")


def test_revoking_names_the_refresh_token(provider):
    provider.post(f"{IDENTITY}/connect/revocation", text="")
    sign_in().revoke("refresh-1")
    assert parse_qs(provider.last_request.text)["token"] == ["refresh-1"]
    provider.post(f"{IDENTITY}/connect/revocation", status_code=503, text="")
    with pytest.raises(errors.Unavailable):
        sign_in().revoke("refresh-1")


def test_neither_secrets_nor_tokens_show_in_what_is_printed(provider):
    printed = f"{exchange()!r} {sign_in()._registration!r}"
    for secret in (ACCESS, "refresh-1", "our-secret"):
        assert secret not in printed
