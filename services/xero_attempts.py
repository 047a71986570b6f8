"""Sign-ins at Xero that were started here: each good once, for half an hour, in the browser that started it."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from models import OAuthAttempt
from services import token_vault
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError
from services.parts import Parts

TIME_TO_CONSENT = timedelta(minutes=30)
KEEP_ATTEMPTS = timedelta(days=1)


class CallbackRefused(AppError):
    """An answer from Xero that does not belong to a sign-in started here, by this browser, just now."""


@dataclass(frozen=True)
class Secrets:
    """What only this server knows of a sign-in (RFC 9700: state, nonce, PKCE)."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def start(parts: Parts, actor: Actor, browser: str) -> Secrets:
    """A new attempt, bound to ``browser``, an opaque id of the browser's session."""
    if not browser:
        raise ValueError("a sign-in is bound to a browser")
    now = parts.clock.now()
    made = Secrets(*(secrets.token_urlsafe(48) for _ in range(3)))
    with write_txn():
        sealed = token_vault.of(parts.config).seal(made.verifier, place(_hash(made.state)))
        OAuthAttempt.delete().where(OAuthAttempt.started_at < now - KEEP_ATTEMPTS).execute()
        OAuthAttempt.create(
            state_hash=_hash(made.state), browser_hash=_hash(browser), nonce=made.nonce, verifier_sealed=sealed,
            started_by=actor.name, started_at=now)
    return made


def take(parts: Parts, query: Mapping[str, str], browser: str) -> Secrets:
    """The attempt this callback belongs to, used up by taking it. Raises CallbackRefused in words.

    Read, opened and used up in one transaction, in which no key can be rotated away; one that cannot
    be opened (CannotOpen) is not used up.
    """
    now = parts.clock.now()
    with write_txn():
        attempt = _of_this_browser(query.get("state", ""), browser)
        if attempt.used_at is not None:
            raise CallbackRefused("This answer from Xero was used already. Nothing was changed; "
                                  "if Xero is not connected, press Connect Xero to start again.")
        verifier = token_vault.of(parts.config).open(attempt.verifier_sealed, place(attempt.state_hash))
        OAuthAttempt.update(used_at=now, came_with=sorted(query)).where(OAuthAttempt.id == attempt.id).execute()
    if now - attempt.started_at > TIME_TO_CONSENT:
        raise CallbackRefused("This sign-in was started more than 30 minutes ago. Nothing was changed; "
                              "press Connect Xero to start again.")
    return Secrets(query["state"], attempt.nonce, verifier)


def _of_this_browser(state: str, browser: str) -> OAuthAttempt:
    attempt = OAuthAttempt.get_or_none(OAuthAttempt.state_hash == _hash(state))
    if attempt is None or not hmac.compare_digest(attempt.browser_hash, _hash(browser)):
        raise CallbackRefused("This answer from Xero does not belong to a sign-in that was started in this browser. "
                              "Nothing was changed; press Connect Xero here to start one.")
    return attempt


def place(state_hash: str) -> str:
    """Where a verifier is sealed to."""
    return f"oauth_attempt:{state_hash}:verifier_sealed"


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
