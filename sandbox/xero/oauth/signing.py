"""The RS256 key that signs the sandbox's tokens, kept in the state folder for its owner alone."""

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

FILE_NAME = "signing_key.pem"
ALGORITHMS = ["RS256"]


class BadToken(ValueError):
    """Not a token that this sandbox signed."""


class SigningKey:
    def __init__(self, folder: Path):
        path = folder / FILE_NAME
        if not path.exists():
            _make(path)
        self._key = _read(path.read_bytes())
        self.key_id = self._key.thumbprint()

    def sign(self, claims: dict, token_type: str) -> str:
        header = {"alg": "RS256", "kid": self.key_id, "typ": token_type}
        return jwt.encode(header, claims, self._key, algorithms=ALGORITHMS)

    def claims(self, token: str) -> dict:
        """What a token of ours says; whether it has expired is for the caller. Raises BadToken."""
        try:
            return dict(jwt.decode(token, self._key, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError) as error:
            raise BadToken("This token was not signed here.") from error

    def seal(self, secret: bytes) -> bytes:
        """What only this sandbox opens again: AES-256-GCM, a 96-bit nonce in front."""
        nonce = secrets.token_bytes(12)
        return nonce + self._sealing().encrypt(nonce, secret, None)

    def open(self, sealed: bytes) -> bytes:
        return self._sealing().decrypt(sealed[:12], sealed[12:], None)

    def _sealing(self) -> AESGCM:
        return AESGCM(hashlib.sha256(b"late requests" + self._key.as_pem(private=True)).digest())

    def public(self) -> dict:
        """The JSON Web Key Set."""
        return {"keys": [{**self._key.as_dict(private=False), "kid": self.key_id, "use": "sig", "alg": "RS256"}]}


@cache
def _read(pem: bytes) -> RSAKey:
    return RSAKey.import_key(pem)


def _make(path: Path) -> None:
    """Written aside and linked into place: of two processes that start at once, one key wins."""
    aside = path.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(RSAKey.generate_key(2048).as_pem(private=True))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
