"""Codes and tokens: what is given for them, how long they live, and what ends them."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from sandbox.xero import create_sandbox
from sandbox.xero.oauth.signing import FILE_NAME
from tests.sandbox.xero_app import XeroApp

INVALID_GRANT = {"error": "invalid_grant"}


def claims(app: XeroApp, token: str) -> dict:
    """What the token says, if the published keys vouch for it."""
    discovery = app.client.get("/.well-known/openid-configuration").json
    keys = KeySet.import_key_set(app.client.get(discovery["jwks_uri"]).json)
    return jwt.decode(token, keys, algorithms=["RS256"]).claims


def test_a_code_gives_tokens_of_half_an_hour(app):
    assert app.tokens.keys() == {"access_token", "expires_in", "token_type", "scope", "refresh_token", "id_token"}
    assert (app.tokens["expires_in"], app.tokens["token_type"]) == (1800, "Bearer")


def test_refresh_and_identity_tokens_come_only_with_their_scopes(stranger):
    answer = stranger.redeem(stranger.consent(scope="accounting.invoices.read")["code"]).json
    assert answer.keys() == {"access_token", "expires_in", "token_type", "scope"}


def test_the_access_token_says_what_xeros_says(app, time):
    said = claims(app, app.tokens["access_token"])
    assert said["exp"] == said["nbf"] + 1800 == time.now.timestamp() + 1800
    assert (said["iss"], said["aud"]) == ("http://localhost", "http://localhost/resources")
    assert said["client_id"] == "an-app"
    assert "accounting.invoices" in said["scope"]
    assert said["authentication_event_id"] == app.connections()[0]["authEventId"]
    assert {"sub", "auth_time", "xero_userid", "global_session_id", "jti"} <= said.keys()


def test_the_identity_token_carries_the_nonce_and_is_for_the_app(app):
    said = claims(app, app.tokens["id_token"])
    assert (said["nonce"], said["aud"], said["iss"]) == ("a nonce", "an-app", "http://localhost")
    assert said["exp"] - said["iat"] == 300
    assert "authentication_event_id" not in said


def test_the_issuer_is_the_base_that_was_given(tmp_path):
    app = XeroApp(create_sandbox(tmp_path, base_url="https://sandbox.example/"))
    discovery = app.client.get("/.well-known/openid-configuration").json
    assert discovery["issuer"] == "https://sandbox.example"
    assert discovery["token_endpoint"] == "https://sandbox.example/connect/token"


def test_a_code_is_good_once(stranger):
    code = stranger.consent()["code"]
    assert stranger.redeem(code).status_code == 200
    again = stranger.redeem(code)
    assert (again.status_code, again.json) == (400, INVALID_GRANT)


def test_a_code_lives_five_minutes(stranger, time):
    code = stranger.consent()["code"]
    time.move(minutes=5)
    assert stranger.redeem(code).json == INVALID_GRANT


@pytest.mark.parametrize("changes", [
    {"redirect_uri": "http://localhost:8000/xero/callback/"}, {"client_id": "another-app"},
    {"code_verifier": "another-verifier-of-more-than-forty-three-characters"}, {"code_verifier": ""},
])
def test_a_code_is_bound_to_its_address_app_and_verifier(stranger, changes):
    answer = stranger.redeem(stranger.consent()["code"], **changes)
    assert (answer.status_code, answer.json) == (400, INVALID_GRANT)


def test_without_pkce_an_app_must_show_a_secret(stranger):
    plain = {"code_challenge": "", "code_challenge_method": ""}
    assert stranger.redeem(stranger.consent(**plain)["code"], code_verifier="").json == {"error": "invalid_client"}
    answer = stranger.redeem(stranger.consent(**plain)["code"], code_verifier="", client_secret="any")
    assert answer.status_code == 200


def test_an_app_may_sign_in_with_basic_or_in_the_form(tmp_path):
    app = XeroApp(create_sandbox(tmp_path, client_id="an-app", client_secret="s3:cret"))
    basic = base64.b64encode(b"an-app:s3%3Acret").decode()
    form = {"grant_type": "authorization_code", "code": app.consent()["code"], "code_verifier": "x"}
    assert app.redeem(app.consent()["code"]).json == {"error": "invalid_client"}
    assert app.redeem(app.consent()["code"], client_secret="wrong").json == {"error": "invalid_client"}
    assert app.redeem(app.consent()["code"], client_secret="s3:cret").status_code == 200
    answer = app.client.post("/connect/token", data=form, headers={"Authorization": f"Basic {basic}"})
    assert answer.json == INVALID_GRANT  # let in, and then the verifier is wrong


def test_an_unknown_app_and_an_unknown_grant_are_named(tmp_path):
    app = XeroApp(create_sandbox(tmp_path, client_id="the-app"))
    assert app.refresh("x").json == {"error": "unauthorized_client"}
    assert app.refresh("x", client_id="the-app", grant_type="password").json == {"error": "unsupported_grant_type"}


def test_refreshing_rotates_the_refresh_token(app):
    answer = app.refresh()
    assert answer.status_code == 200
    assert answer.json["refresh_token"] != app.tokens["refresh_token"]
    assert answer.json["scope"] == app.tokens["scope"]
    assert "id_token" in answer.json


def test_the_old_refresh_token_works_for_half_an_hour_more(app, time):
    assert app.refresh().status_code == 200
    time.move(minutes=29)
    assert app.refresh().status_code == 200
    time.move(minutes=1)
    assert app.refresh().json == INVALID_GRANT


def test_a_refresh_token_dies_after_sixty_days_unused(app, time):
    time.move(days=60)
    assert app.refresh().json == INVALID_GRANT


def test_a_refresh_token_belongs_to_its_app(app):
    assert app.refresh(client_id="another-app").json == INVALID_GRANT


def test_access_ends_after_half_an_hour_and_says_when(app, time):
    time.move(minutes=29, seconds=59)
    assert app.call("GET", "/Organisation").status_code == 200
    time.move(seconds=1)
    answer = app.call("GET", "/Organisation")
    assert (answer.status_code, answer.json["Title"]) == (401, "Unauthorized")
    assert answer.json["Detail"] == "TokenExpired: token expired at 06/01/2026 12:30:00"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Bearer e30.e30.e30"])
def test_no_token_or_a_strange_one_is_refused(app, authorization):
    answer = app.call("GET", "/Organisation", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json["Detail"]) == (401, "AuthenticationUnsuccessful")


def test_a_token_of_another_sandbox_is_refused(app, tmp_path, time):
    other = XeroApp(create_sandbox(tmp_path / "other", now=time)).connect()
    answer = app.call("GET", "/Organisation", headers={"Authorization": f"Bearer {other.tokens['access_token']}"})
    assert answer.status_code == 401


def test_scopes_accumulate_over_consents(stranger):
    stranger.connect(scope="offline_access accounting.invoices")
    stranger.connect(scope="accounting.contacts.read")
    granted = set(stranger.tokens["scope"].split())
    assert granted == {"offline_access", "accounting.invoices", "accounting.contacts.read"}


def test_revoking_ends_the_refresh_token_and_every_connection(app):
    form = {"token": app.tokens["refresh_token"], "client_id": "an-app"}
    answer = app.client.post("/connect/revocation", data=form)
    assert (answer.status_code, answer.data) == (200, b"")
    assert app.refresh().json == INVALID_GRANT
    assert app.connections() == []
    assert app.call("GET", "/Organisation").status_code == 403


def test_revoking_touches_no_other_app(app, sandbox):
    other = XeroApp(sandbox, "another-app").connect()
    form = {"token": app.tokens["refresh_token"], "client_id": "another-app"}
    assert app.client.post("/connect/revocation", data=form).status_code == 200
    assert len(app.connections()) == len(other.connections()) == 1


def test_the_signing_key_is_its_owners_alone_and_survives_a_restart(app, sandbox, time):
    folder = sandbox.parts.store.folder
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    again = XeroApp(create_sandbox(folder, now=time))
    again.tokens, again.tenant = app.tokens, app.tenant
    assert again.call("GET", "/Organisation").status_code == 200


def test_of_two_that_start_at_once_one_key_wins(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: create_sandbox(tmp_path / "state").parts.signing.key_id, range(4)))
    assert len(set(made)) == 1
    assert [path.name for path in (tmp_path / "state").glob("*.pem*")] == [FILE_NAME]
