"""Passwords: which are good enough, and how they are kept (argon2id, the OWASP minimum of 19 MiB)."""

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from services.errors import AppError

SHORTEST, LONGEST = 12, 128

# The library's default of 64 MiB a sign-in would let four at once fill a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_OBVIOUS = ("truebooks", "password", "passwort", "qwertyuiop", "qwerty", "letmein", "welcome", "admin", "xero")


class WeakPassword(AppError):
    """The password is refused; the message says which rule it breaks."""


def check_strength(password: str, email: str) -> None:
    """Raises WeakPassword for one that is too short, too long, or made of words anybody would try first."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"That password is too short: use at least {SHORTEST} characters, such as several words.")
    if len(password) > LONGEST:
        raise WeakPassword(f"That password is too long: {LONGEST} characters are the most TrueBooks takes.")
    if _is_obvious(password, email):
        raise WeakPassword(
            "That password is one of the first anybody would try: it is little more than digits, your e-mail address, "
            "or a word such as “TrueBooks”. Use several words that mean something only to you."
        )


def _is_obvious(password: str, email: str) -> bool:
    letters = _letters(password)
    words = {*_OBVIOUS, _letters(email), _letters(email.partition("@")[0])} - {""}
    return re.fullmatch("(?:" + "|".join(map(re.escape, words)) + ")*", letters) is not None


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalpha())


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; None (no such account) takes the same time and never fits."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
