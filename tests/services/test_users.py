"""Signing in: who may, how long it lasts, and what stops a guesser."""

import pytest

from models import AuditEntry, SignIn, User, Workspace
from services.audit import COMMAND_LINE
from services.errors import AppError, Refused
from services.passwords import WeakPassword, check_strength
from services.users import (
    BadCode,
    TooManyFailures,
    WrongSignIn,
    add_user,
    create_first_admin,
    find_session,
    first_admin_needed,
    new_setup_code,
    sign_in,
    sign_out,
)

PASSWORD = "ink on ruled paper"


@pytest.fixture
def ada(parts):
    return add_user(parts, "Ada@Example.com", "Ada", PASSWORD, "admin", COMMAND_LINE)


def test_the_first_admin_is_made_with_the_printed_code(parts):
    code = new_setup_code(parts)
    create_first_admin(parts, code, "Ada@Example.com", "Ada", PASSWORD)
    assert [(user.email, user.role) for user in User.select()] == [("ada@example.com", "admin")]
    assert not first_admin_needed()


def test_the_code_may_be_typed_carelessly(parts):
    code = new_setup_code(parts).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert create_first_admin(parts, code, "ada@example.com", "", PASSWORD).name == "ada@example.com"


def test_a_wrong_code_makes_nobody(parts):
    new_setup_code(parts)
    with pytest.raises(BadCode):
        create_first_admin(parts, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "ada@example.com", "", PASSWORD)
    assert first_admin_needed()


def test_without_any_code_nobody_is_made(parts):
    with pytest.raises(BadCode):
        create_first_admin(parts, "", "ada@example.com", "", PASSWORD)


def test_a_code_ends_after_a_day_and_when_a_new_one_is_printed(parts, clock):
    old = new_setup_code(parts)
    current = new_setup_code(parts)
    with pytest.raises(BadCode):
        create_first_admin(parts, old, "ada@example.com", "", PASSWORD)
    clock.advance(hours=24)
    with pytest.raises(BadCode, match="expired"):
        create_first_admin(parts, current, "ada@example.com", "", PASSWORD)


def test_a_code_works_once(parts):
    code = new_setup_code(parts)
    create_first_admin(parts, code, "ada@example.com", "", PASSWORD)
    with pytest.raises(Refused):
        create_first_admin(parts, code, "eve@example.com", "", PASSWORD)
    assert new_setup_code(parts) is None


def test_a_weak_password_does_not_use_the_code_up(parts):
    code = new_setup_code(parts)
    with pytest.raises(WeakPassword):
        create_first_admin(parts, code, "ada@example.com", "", "short")
    create_first_admin(parts, code, "ada@example.com", "", PASSWORD)


def test_the_code_is_kept_only_as_a_hash(parts):
    code = new_setup_code(parts)
    assert code.replace("-", "") not in str(Workspace.get_by_id(1).__data__)


@pytest.mark.parametrize("weak", [
    "eleven char", "TrueBooks2026!!", "truebookstruebooks", "Password-1234", "123456789012", "ada@example.com",
    "ada-ada-ada-ada", "x" * 129,
])
def test_weak_passwords_are_refused(weak):
    with pytest.raises(WeakPassword):
        check_strength(weak, "ada@example.com")


@pytest.mark.parametrize("good", ["twelve chars", "correct horse battery staple", "x" * 64 + "y" * 64])
def test_long_plain_passwords_are_taken(good):
    check_strength(good, "ada@example.com")


def test_passwords_are_kept_as_argon2id_with_19_mib(ada):
    assert ada.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_address_has_one_account(parts, ada):
    with pytest.raises(Refused, match=r"ada@example\.com"):
        add_user(parts, "ADA@example.com", "Other", PASSWORD, "admin", COMMAND_LINE)


def test_what_is_not_an_address_is_refused(parts):
    with pytest.raises(AppError, match="e-mail"):
        add_user(parts, "ada", "Ada", PASSWORD, "admin", COMMAND_LINE)


def test_the_right_password_opens_a_session(parts, ada):
    token = sign_in(parts, " ADA@example.com", PASSWORD, "192.0.2.1", "a browser")
    assert find_session(parts, token).email == "ada@example.com"
    assert token not in str(SignIn.get().__data__)


def test_wrong_password_and_unknown_account_get_the_same_words(parts, ada):
    words = set()
    for email in ("ada@example.com", "nobody@example.com"):
        with pytest.raises(WrongSignIn) as refusal:
            sign_in(parts, email, "not the password")
        words.add(refusal.value.message)
    assert len(words) == 1


def test_an_unknown_account_costs_a_hash_too(parts, monkeypatch):
    import services.passwords as passwords

    class Counting:
        calls = 0

        def verify(self, *_):
            Counting.calls += 1
            raise passwords.VerifyMismatchError

    passwords._nobodys_hash()
    monkeypatch.setattr(passwords, "_hasher", Counting())
    with pytest.raises(WrongSignIn):
        sign_in(parts, "nobody@example.com", "whatever it is")
    assert Counting.calls == 1


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_five_failures_close_an_account_for_a_quarter_of_an_hour(parts, ada, clock, email):
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            sign_in(parts, email, "not the password")
    with pytest.raises(TooManyFailures):
        sign_in(parts, email, PASSWORD)
    clock.advance(minutes=15)
    if email.startswith("ada"):
        assert sign_in(parts, email, PASSWORD)


def test_a_good_sign_in_forgets_earlier_failures(parts, ada):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongSignIn):
                sign_in(parts, "ada@example.com", "not the password")
        assert sign_in(parts, "ada@example.com", PASSWORD)


def test_a_disabled_account_cannot_sign_in_and_its_sessions_end(parts, ada, clock):
    token = sign_in(parts, "ada@example.com", PASSWORD)
    User.update(disabled_at=clock.now()).execute()
    assert find_session(parts, token) is None
    with pytest.raises(WrongSignIn):
        sign_in(parts, "ada@example.com", PASSWORD)


def test_signing_out_ends_the_session_for_good(parts, ada):
    token = sign_in(parts, "ada@example.com", PASSWORD)
    sign_out(parts, token)
    assert find_session(parts, token) is None


def test_a_session_idles_out_after_twelve_hours(parts, ada, clock):
    token = sign_in(parts, "ada@example.com", PASSWORD)
    clock.advance(hours=11)
    assert find_session(parts, token)
    clock.advance(hours=11)
    assert find_session(parts, token)
    clock.advance(hours=12, seconds=1)
    assert find_session(parts, token) is None


def test_a_session_ends_after_seven_days_however_busy(parts, ada, clock):
    token = sign_in(parts, "ada@example.com", PASSWORD)
    for _ in range(16):
        clock.advance(hours=10)
        assert find_session(parts, token)
    clock.advance(hours=8, seconds=1)
    assert find_session(parts, token) is None


def test_comings_and_goings_are_in_the_audit_log(parts, ada):
    with pytest.raises(WrongSignIn):
        sign_in(parts, "ada@example.com", "not the password", "192.0.2.1")
    sign_out(parts, sign_in(parts, "ada@example.com", PASSWORD, "192.0.2.1"))
    entries = [(entry.action, entry.address) for entry in AuditEntry.select().order_by(AuditEntry.id)]
    assert entries == [
        ("user.created", ""), ("user.sign_in_refused", "192.0.2.1"),
        ("user.signed_in", "192.0.2.1"), ("user.signed_out", ""),
    ]
