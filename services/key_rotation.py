"""A new key for the sealed tokens, in passing: made, everything re-sealed row by row, the old one dropped.

Whatever it is interrupted by, the ring opens everything: a key is kept, durably, before anything is
sealed with it, and dropped only once nothing in the database needs it. Running it again ends the work.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models import OAuthAttempt, Table, XeroConnection
from services import audit, token_vault, xero_attempts, xero_tokens
from services.audit import Actor
from services.database import write_txn
from services.errors import AppError, Refused
from services.parts import Parts
from services.token_vault import CannotOpen, TokenVault

MOST_ID = 255
FROM_ENVIRONMENT = (
    "TOKEN_KEYS comes from the environment, so TrueBooks cannot change it. Put a new key in front of the old one there "
    "(a number of its own, a colon, 64 hex digits made at random, a comma, then what stands there now), restart "
    "TrueBooks, and run `bin/truebooks keys reseal`. When it says that nothing needs the old key, take the old one out."
)


@dataclass(frozen=True)
class Sealed:
    """A column of sealed secrets; ``place(row)`` is what they are bound to."""

    table: type[Table]
    column: str
    place: Callable[[Table], str]


@dataclass(frozen=True)
class Rotation:
    """``resealed`` secrets; ``newest`` seals from now on; ``kept`` are older keys something still needs."""

    resealed: int
    newest: int
    kept: tuple[int, ...]
    unreadable: int  # sealed with a key that is not there any more


EVERYTHING_SEALED: tuple[Sealed, ...] = (
    *(Sealed(XeroConnection, f"{column}_sealed", lambda row, column=column: xero_tokens.place(column))
      for column in ("access", "refresh", "previous_refresh")),
    Sealed(OAuthAttempt, "verifier_sealed", lambda row: xero_attempts.place(row.state_hash)),
)


def rotate(parts: Parts, actor: Actor) -> Rotation:
    """Raises Refused where the keys are given by the environment, in words that say what to do instead."""
    if parts.config.token_keys_file is None:
        raise Refused(FROM_ENVIRONMENT)
    with write_txn():
        _put_in_front(parts.config.token_keys_file)
    return reseal(parts, actor)


def reseal(parts: Parts, actor: Actor) -> Rotation:
    """Seals with the newest key what an older one sealed, and drops the keys nothing needs any more."""
    with xero_tokens.alone(parts):  # a refresher that compares what it read with what stands there must find it
        outcomes = [_resealed(parts, sealed, row_id) for sealed in EVERYTHING_SEALED for row_id in _rows(sealed)]
    with write_txn():
        vault = token_vault.of(parts.config)
        needed = _keys_needed(vault)
        if parts.config.token_keys_file is not None:
            _drop_all_but({vault.newest} | needed, parts.config.token_keys_file)
        resealed = outcomes.count("resealed")
        audit.record(actor, "keys.rotated", "workspace", parts.clock.now(), key=vault.newest, resealed=resealed)
    return Rotation(resealed, vault.newest, tuple(sorted(needed - {vault.newest})), outcomes.count("unreadable"))


def _rows(sealed: Sealed) -> list[int]:
    column = getattr(sealed.table, sealed.column)
    return [row.id for row in sealed.table.select(sealed.table.id).where(column.is_null(False))]


def _resealed(parts: Parts, sealed: Sealed, row_id: int) -> str:
    """One secret, in a transaction of its own: resealed, unreadable, or nothing to do."""
    with write_txn():
        vault = token_vault.of(parts.config)
        row = sealed.table.get_or_none(sealed.table.id == row_id)
        secret = getattr(row, sealed.column) if row else None
        if not secret or vault.key_of(secret) == vault.newest:
            return ""
        try:
            anew = vault.seal(vault.open(secret, sealed.place(row)), sealed.place(row))
        except CannotOpen:
            return "unreadable"
        sealed.table.update({sealed.column: anew}).where(sealed.table.id == row_id).execute()
        return "resealed"


def _keys_needed(vault: TokenVault) -> set[int]:
    """The ids of the keys that something in the database is sealed with."""
    secrets_kept = (
        getattr(row, sealed.column) for sealed in EVERYTHING_SEALED for row in sealed.table.select()
    )
    return {vault.key_of(secret) for secret in secrets_kept if secret}


# --- the file of keys -------------------------------------------------------------------------


def _put_in_front(file: Path) -> None:
    ring = token_vault.ring_in(file)
    taken = {_id_of(entry) for entry in ring.split(",")}
    free = next((number for number in range(max(taken) + 1, MOST_ID + 1)), None)
    free = free or next((number for number in range(1, MOST_ID + 1) if number not in taken), None)
    if free is None:
        raise AppError("All 255 key numbers are in use. Run `bin/truebooks keys reseal` first; it drops what is old.")
    _replace(file, f"{free}:{secrets.token_hex(32)},{ring}")


def _drop_all_but(needed: set[int], file: Path) -> None:
    entries = token_vault.ring_in(file).split(",")
    kept = [entry for entry in entries if _id_of(entry) in needed]
    if kept != entries:
        _replace(file, ",".join(kept))


def _id_of(entry: str) -> int:
    return int(entry.partition(":")[0])


def _replace(file: Path, text: str) -> None:
    """The new text is on the disk, whole and for its owner alone, before it takes the old one's place."""
    aside = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(aside, file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
