"""Named claims in the database that end by themselves: one worker at a time, over threads and processes.

A lease ends when it is given back, when its time is up, or when the process that took it is gone:
after a kill the next start goes on at once.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from models import Lease, database
from services.clock import Clock
from services.database import write_txn
from services.this_process import is_gone, mark


def claim(name: str, now: datetime, seconds: int) -> str | None:
    """Takes the lease ``name`` for ``seconds``; the owner's token, or None while another holds it."""
    owner = f"{mark()}/{secrets.token_hex(8)}"
    until = now + timedelta(seconds=seconds)
    with write_txn():
        if is_held(name, now):
            return None
        Lease.replace(name=name, owner=owner, until=until).execute()
    return owner


def is_held(name: str, now: datetime) -> bool:
    held = Lease.get_or_none(Lease.name == name)
    return held is not None and held.until > now and not is_gone(held.owner)


def release(name: str, owner: str) -> None:
    """Gives the lease back, if it is still ours."""
    with write_txn():
        Lease.delete().where((Lease.name == name) & (Lease.owner == owner)).execute()


def extend(name: str, owner: str, now: datetime, seconds: int) -> bool:
    """Whether it was still ours to keep for ``seconds`` more."""
    with write_txn():
        until = now + timedelta(seconds=seconds)
        return bool(Lease.update(until=until).where((Lease.name == name) & (Lease.owner == owner)).execute())


@contextmanager
def held(name: str, clock: Clock, seconds: int) -> Iterator[str | None]:
    """``with held(…) as owner``: owner is None when another holds the lease."""
    owner = claim(name, clock.now(), seconds)
    try:
        yield owner
    finally:
        if owner:
            release(name, owner)


@contextmanager
def kept(name: str, clock: Clock, seconds: int) -> Iterator[str | None]:
    """Like ``held``, for work that may last longer: the lease is renewed while the block runs."""
    with held(name, clock, seconds) as owner:
        done = threading.Event()
        if owner:
            threading.Thread(target=_renew, args=(name, owner, clock, seconds, done), daemon=True).start()
        try:
            yield owner
        finally:
            done.set()


def _renew(name: str, owner: str, clock: Clock, seconds: int, done: threading.Event) -> None:
    while not done.wait(seconds / 3):
        with database.connection_context():
            if not extend(name, owner, clock.now(), seconds):
                return
