"""Signing in and out, and the first admin, as a visitor sees them."""

import pytest

from services import users
from tests.conftest import EMAIL, PASSWORD, Browser, in_words


@pytest.fixture
def newcomer(app) -> Browser:
    """The first visitor of a new installation."""
    return Browser(app)


def first_admin(newcomer, code: str, **changes):
    form = {"code": code, "name": "Ada Lovelace", "email": EMAIL, "password": PASSWORD} | changes
    return newcomer.post("/first-admin", form)


def test_a_new_installation_leads_to_the_first_admin(newcomer):
    assert newcomer.get("/").location == "/first-admin"
    assert newcomer.get("/sign-in").location == "/first-admin"


def test_the_printed_code_makes_the_first_admin_who_is_signed_in_at_once(newcomer, parts):
    code = users.new_setup_code(parts)
    assert first_admin(newcomer, code).location == "/"
    assert "Ada Lovelace" in in_words(newcomer.get("/settlements"))


def test_a_wrong_code_is_told_and_what_was_typed_stays(newcomer, parts):
    users.new_setup_code(parts)
    answer = first_admin(newcomer, "11111-22222-33333-44444-55555")
    assert answer.status_code == 403
    assert "That is not the one-time code" in in_words(answer)
    assert f'value="{EMAIL}"' in answer.text
    assert PASSWORD not in answer.text


def test_a_weak_password_is_told(newcomer, parts):
    answer = first_admin(newcomer, users.new_setup_code(parts), password="TrueBooks2026")
    assert "first anybody would try" in in_words(answer)


def test_there_is_no_second_first_admin(stranger):
    assert stranger.get("/first-admin").location == "/sign-in"
    form = {"code": "x", "name": "Eve", "email": "eve@example.com", "password": PASSWORD}
    assert stranger.post("/first-admin", form).status_code == 409


def test_signing_in_leads_back_to_where_one_wanted_to_be(stranger):
    asked = stranger.get("/mappings?x=1")
    assert asked.location == "/sign-in?next=/mappings?x%3D1"
    page = stranger.get(asked.location)
    assert 'name="next" value="/mappings?x=1"' in page.text
    assert stranger.sign_in(next="/mappings?x=1").location == "/mappings?x=1"


def test_a_wrong_password_and_an_unknown_address_look_the_same(stranger):
    answers = [stranger.sign_in(EMAIL, "not the password"), stranger.sign_in("eve@example.com", "not the password")]
    assert {answer.status_code for answer in answers} == {403}
    assert len({in_words(answer) for answer in answers}) == 1
    assert "do not belong together" in in_words(answers[0])


def test_after_five_failures_the_right_password_has_to_wait(stranger, clock):
    for _ in range(5):
        stranger.sign_in(EMAIL, "not the password")
    refused = stranger.sign_in()
    assert refused.status_code == 429
    assert "Wait 15 minutes" in in_words(refused)
    clock.advance(minutes=15)
    assert stranger.sign_in().status_code == 303


def test_one_address_cannot_try_many_accounts(stranger):
    answers = [stranger.sign_in(f"user{number}@example.com", "a common password").status_code for number in range(21)]
    assert answers[:20] == [403] * 20
    assert answers[20] == 429


def test_many_good_sign_ins_from_one_office_are_no_attack(stranger):
    for _ in range(25):
        assert stranger.sign_in().status_code == 303
        stranger.post("/sign-out")


def test_signing_out_kills_the_session_not_just_the_cookie(app, ada):
    stolen = ada.client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
    assert ada.post("/sign-out").location == "/sign-in"
    assert "You are signed out" in in_words(ada.get("/sign-in"))
    thief = Browser(app)
    thief.client.set_cookie(app.config["SESSION_COOKIE_NAME"], stolen)
    assert thief.get("/settlements").location.startswith("/sign-in")


def test_a_session_idles_out_overnight(ada, clock):
    clock.advance(hours=11, minutes=59)
    assert ada.get("/settlements").status_code == 200
    clock.advance(hours=12, minutes=1)
    assert ada.get("/settlements").status_code == 303


def test_nothing_of_the_session_before_survives_the_sign_in(app, stranger):
    before = stranger.token()
    stranger.sign_in()
    assert stranger.post("/sign-out", token=before).status_code == 400


def test_a_signed_in_user_has_no_use_for_the_sign_in_page(ada):
    assert ada.get("/sign-in").location == "/"


def test_the_sign_in_page_is_true_for_the_first_admin_too(stranger):
    assert "The first admin chose them; everybody else has them from an admin." in in_words(stranger.get("/sign-in"))
