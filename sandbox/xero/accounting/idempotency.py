"""Idempotency-Key: an answer is remembered for six minutes and given again (xero.md section 4)."""

import hashlib
import sqlite3
from collections.abc import Callable

from sandbox.xero.accounting.answers import Answer, ApiException

LIFE_MS = 6 * 60 * 1000
MAX_LENGTH = 128


def once(
    db: sqlite3.Connection,
    owner: str,
    key: str,
    request: tuple[str, str, bytes],
    now_ms: int,
    act: Callable[[], Answer],
    remember_500: bool = True,
) -> Answer:
    """``request`` is (method, address with query, body): another one under the same key is refused.

    Whatever the first call answered is given again, errors too, even when their cause is gone.
    """
    if not 0 < len(key) <= MAX_LENGTH:
        raise _refusal(f"Idempotency Key: a key must have 1 to {MAX_LENGTH} characters.")
    db.execute("DELETE FROM remembered_answers WHERE at_ms <= ?", (now_ms - LIFE_MS,))
    fingerprint = hashlib.sha256("\n".join((*request[:2], hashlib.sha256(request[2]).hexdigest())).encode()).hexdigest()
    row = db.execute("SELECT * FROM remembered_answers WHERE owner = ? AND key = ?", (owner, key)).fetchone()
    if row is None:
        answer = act()
        if answer.status < 500 or remember_500:
            _remember(db, owner, key, fingerprint, now_ms, answer)
        return answer
    if row["fingerprint"] != fingerprint:
        raise _refusal(f"Idempotency Key: {key} is used with a different request.")
    return Answer(row["status"], row["body"], row["content_type"])


def in_use(key: str) -> ApiException:
    """Another call under the key has not been answered yet."""
    return _refusal(f"Idempotency Key: {key} is used by a request that is still going on.")


def _remember(db: sqlite3.Connection, owner: str, key: str, fingerprint: str, now_ms: int, answer: Answer) -> None:
    db.execute(
        "INSERT INTO remembered_answers VALUES (?, ?, ?, ?, ?, ?, ?)",
        (owner, key, fingerprint, now_ms, answer.status, answer.content_type, answer.body),
    )


def _refusal(message: str) -> ApiException:
    return ApiException(10, "ValidationException", message)
