"""Seals secrets for the database: AES-256-GCM, bound to the very place they are kept in."""

import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.config import Config
from services.errors import AppError, BadSetting

_NONCE_BYTES = 12


class CannotOpen(AppError):
    """A sealed secret that no key of ours opens at this place."""

    status = 500


class TokenVault:
    """A ring of keys ``"id:64 hex digits,…"``: the first seals, all open, so that keys can be changed in passing.

    A sealed secret is one byte of key id, a 96-bit nonce, then ciphertext and tag; ``place``
    (``table:row:column``) is authenticated with it, so that it opens nowhere else.
    """

    def __init__(self, keys_text: str):
        self._keys = _read_keys(keys_text)
        self._newest = next(iter(self._keys))

    def __repr__(self) -> str:
        return f"TokenVault(keys {sorted(self._keys)})"

    @property
    def newest(self) -> int:
        """The id of the key that seals."""
        return self._newest

    def key_of(self, sealed: bytes) -> int | None:
        """The id of the key that sealed it."""
        return bytes(sealed)[0] if sealed else None

    def seal(self, text: str, place: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return bytes([self._newest]) + nonce + self._keys[self._newest].encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Raises CannotOpen when the key is missing, or the bytes were changed or moved."""
        sealed = bytes(sealed)
        key = self._keys.get(sealed[0]) if sealed else None
        if key is None:
            raise CannotOpen(
                "The key that the Xero tokens were sealed with is missing from TOKEN_KEYS. Put it back, "
                "or disconnect and connect Xero again under Settings → Account.")
        try:
            return key.decrypt(sealed[1:1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen(
                "The stored Xero tokens do not fit the key in TOKEN_KEYS, or were changed. "
                "Disconnect and connect Xero again under Settings → Account.") from None


def of(config: Config) -> TokenVault:
    """The vault as its keys stand now: they may have been rotated since this process was started.

    Seal inside the transaction that writes what was sealed: a rotation drops an old key only in
    one of its own, and so never between the two (services/key_rotation.py).
    """
    return TokenVault(ring_in(config.token_keys_file) if config.token_keys_file else config.token_keys)


def ring_in(file: Path) -> str:
    """The keys that are kept in ``file``; raises CannotOpen where it is gone or damaged."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise CannotOpen(
            f"The keys that seal the Xero tokens cannot be read: the file {file.name} in the data folder is missing or "
            "damaged. Put it back from a backup. If there is none, take it away, restart TrueBooks, then disconnect "
            "and connect Xero again under Settings → Account.") from None


def _read_keys(text: str) -> dict[int, AESGCM]:
    keys: dict[int, AESGCM] = {}
    for entry in text.split(","):
        match = re.fullmatch(r"(\d{1,3}):([0-9a-fA-F]{64})", entry.strip())
        if not match or int(match[1]) > 255:
            raise BadSetting("TOKEN_KEYS must look like 1:<64 hex digits>, ids up to 255, newest first.")
        if int(match[1]) in keys:
            raise BadSetting(f"TOKEN_KEYS names key {match[1]} twice; each key has an id of its own.")
        keys[int(match[1])] = AESGCM(bytes.fromhex(match[2]))
    return keys
