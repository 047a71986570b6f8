"""Named claims in the database that end by themselves: one worker at a time, over threads and processes."""

import secrets
from contextlib import contextmanager
from datetime import datetime, timedelta

from models import Lease
from services.clock import Clock
from services.database import write_txn


def claim(name: str, now: datetime, seconds: int) -> str | None:
    """Takes the lease ``name`` for ``seconds``; the owner's token, or None while another holds it."""
    owner = secrets.token_hex(8)
    until = now + timedelta(seconds=seconds)
    with write_txn():
        taken = Lease.update(owner=owner, until=until).where((Lease.name == name) & (Lease.until <= now)).execute()
        if not taken:
            taken = Lease.insert(name=name, owner=owner, until=until).on_conflict_ignore().execute()
            taken = Lease.select().where((Lease.name == name) & (Lease.owner == owner)).exists()
    return owner if taken else None


def release(name: str, owner: str) -> None:
    """Gives the lease back, if it is still ours."""
    with write_txn():
        Lease.delete().where((Lease.name == name) & (Lease.owner == owner)).execute()


@contextmanager
def held(name: str, clock: Clock, seconds: int):
    """``with held(…) as owner``: owner is None when another holds the lease."""
    owner = claim(name, clock.now(), seconds)
    try:
        yield owner
    finally:
        if owner:
            release(name, owner)
