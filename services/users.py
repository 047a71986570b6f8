"""Who may come in: the first admin's one-time code, accounts, signing in and out."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from models import SignIn, SignInFailure, User, Workspace
from services.audit import Actor, record
from services.database import GIVEN, Prepared, write_txn
from services.errors import AppError, Refused
from services.parts import Parts
from services.passwords import check_strength, hash_password, is_right, needs_rehash

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
CODE_LIFE = timedelta(hours=24)
FAILURES, FAILURE_WINDOW = 5, timedelta(minutes=15)

_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class WrongSignIn(AppError):
    """The address or the password is wrong; never says which."""

    status = 403


class TooManyFailures(AppError):
    status = 429


class BadCode(AppError):
    status = 403


@dataclass(frozen=True)
class SignedIn:
    """A valid session and whose it is."""

    token: str
    user_id: int
    email: str
    name: str
    role: str


# --- the first admin ------------------------------------------------------------------------


def first_admin_needed() -> bool:
    return not User.select().exists()


def new_setup_code(parts: Parts) -> str | None:
    """A fresh one-time code for the first admin (125 bits, five groups of five), or None when there is one.

    Only its hash is kept; an earlier code stops working; it ends after 24 hours.
    """
    if not first_admin_needed():
        return None
    code = "-".join("".join(secrets.choice(_CODE_LETTERS) for _ in range(5)) for _ in range(5))
    with write_txn():
        Workspace.update(
            setup_code_hash=_hash(_plain_code(code)), setup_code_expires_at=parts.clock.now() + CODE_LIFE
        ).where(Workspace.id == 1).execute()
    return code


def create_first_admin(parts: Parts, code: str, email: str, name: str, password: str, address: str = "") -> User:
    """Makes the first admin and uses the code up; raises BadCode, WeakPassword or AppError."""
    email = _clean_email(email)
    check_strength(password, email)
    password_hash = hash_password(password)
    with write_txn():
        if not first_admin_needed():
            raise Refused("TrueBooks has its first admin already. Sign in instead.")
        _use_code(parts, code)
        return _create(parts, email, name, password_hash, "admin", Actor(email, address))


def _use_code(parts: Parts, code: str) -> None:
    workspace = Workspace.get_by_id(1)
    known, expires = workspace.setup_code_hash, workspace.setup_code_expires_at
    if not known or not secrets.compare_digest(known, _hash(_plain_code(code))):
        raise BadCode("That is not the one-time code. It stands where the server was started; copy it from there.")
    if expires <= parts.clock.now():
        raise BadCode("That one-time code has expired. Restart TrueBooks: it prints a new one.")
    Workspace.update(setup_code_hash=None, setup_code_expires_at=None).where(Workspace.id == 1).execute()


def _plain_code(code: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", code.upper().translate(_LOOKALIKES))


# --- accounts -------------------------------------------------------------------------------


def add_user(parts: Parts, email: str, name: str, password: str, role: str, actor: Actor) -> User:
    """Makes an account; raises WeakPassword, or AppError when the address is bad or taken."""
    email = _clean_email(email)
    check_strength(password, email)
    password_hash = hash_password(password)
    with write_txn():
        if User.select().where(User.email == email).exists():
            raise Refused(f"{email} has an account already.")
        return _create(parts, email, name, password_hash, role, actor)


def _create(parts: Parts, email: str, name: str, password_hash: str, role: str, actor: Actor) -> User:
    now = parts.clock.now()
    user = User.create(
        email=email, name=name.strip()[:100] or email, password_hash=password_hash, role=role, created_at=now
    )
    record(actor, "user.created", f"user:{email}", now, email=email, role=role)
    return user


def _clean_email(email: str) -> str:
    email = email.strip().lower()
    if len(email) > 254 or not re.fullmatch(r"[^\s@]+@[^\s@]+", email):
        raise AppError("That is not an e-mail address. It looks like name@example.com.")
    return email


# --- signing in and out ---------------------------------------------------------------------


def sign_in(parts: Parts, email: str, password: str, address: str = "", agent: str = "") -> str:
    """The token of a new session; raises WrongSignIn or TooManyFailures, alike for unknown accounts."""
    account = email.strip().lower()[:254]
    attempt = _count_attempt(parts, account, address)
    user = User.get_or_none(User.email == account, User.disabled_at.is_null())
    if not is_right(password, user and user.password_hash):
        record_refusal(parts, account, address)
        raise WrongSignIn("That e-mail address and password do not belong together. Check both and try again.")
    return _open_session(parts, user, password, attempt, address, agent)


def _count_attempt(parts: Parts, account: str, address: str) -> SignInFailure:
    """Counts the attempt as failed before the password is looked at, so that many at once cannot slip by."""
    now = parts.clock.now()
    with write_txn():
        SignInFailure.delete().where(SignInFailure.at <= now - FAILURE_WINDOW).execute()
        if SignInFailure.select().where(SignInFailure.account == account).count() >= FAILURES:
            raise TooManyFailures("Too many sign-ins failed for this account. Wait 15 minutes, then try again.")
        return SignInFailure.create(account=account, address=address, at=now)


def record_refusal(parts: Parts, account: str, address: str) -> None:
    with write_txn():
        actor = Actor(account or "nobody", address)
        record(actor, "user.sign_in_refused", "workspace", parts.clock.now(), account=account)


def _open_session(
    parts: Parts, user: User, password: str, attempt: SignInFailure, address: str, agent: str
) -> str:
    token, now = secrets.token_urlsafe(32), parts.clock.now()
    rehashed = hash_password(password) if needs_rehash(user.password_hash) else None
    with write_txn():
        SignInFailure.delete().where(SignInFailure.account == attempt.account).execute()
        if rehashed:
            User.update(password_hash=rehashed).where(User.id == user.id).execute()
        SignIn.create(
            token_hash=_hash(token), user=user, created_at=now, seen_at=now, address=address, agent=agent[:200]
        )
        record(Actor(user.email, address), "user.signed_in", f"user:{user.email}", now)
    return token


_SESSION = Prepared(lambda: (
    SignIn.select(
        SignIn.id, SignIn.created_at, SignIn.seen_at, SignIn.ended_at, User.disabled_at,
        User.id, User.email, User.name, User.role)
    .join(User).where(SignIn.token_hash == GIVEN)
))  # fmt: skip


def find_session(parts: Parts, token: str) -> SignedIn | None:
    """Whose session this is; None when it ended, idled for 12 hours, or is older than 7 days."""
    row = _SESSION.first(_hash(token))
    if row is None:
        return None
    session, *moments, user_id, email, name, role = row
    created_at, seen_at, ended_at, disabled_at = (SignIn.seen_at.python_value(moment) for moment in moments)
    now = parts.clock.now()
    if ended_at or disabled_at or now - seen_at > IDLE or now - created_at > ABSOLUTE:
        return None
    if now - seen_at > timedelta(minutes=1):  # not on every request: a look is not worth a write
        with write_txn():
            SignIn.update(seen_at=now).where(SignIn.id == session).execute()
    return SignedIn(token, user_id, email, name, role)


def sign_out(parts: Parts, token: str, address: str = "") -> None:
    """Ends the session for good, whatever copy of the cookie is kept."""
    now = parts.clock.now()
    with write_txn():
        row = SignIn.select(SignIn, User).join(User).where(SignIn.token_hash == _hash(token)).first()
        if row and not row.ended_at:
            SignIn.update(ended_at=now).where(SignIn.id == row.id).execute()
            record(Actor(row.user.email, address), "user.signed_out", f"user:{row.user.email}", now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
