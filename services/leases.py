"""Named claims in the database that end by themselves: one worker at a time, over threads and processes.

A lease ends when it is given back, when its time is up, or when the process that took it is gone:
after a kill the next start goes on at once.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from peewee import DatabaseError

from models import Lease, database
from services.clock import Clock
from services.database import write_txn
from services.errors import Refused
from services.this_process import is_gone, mark

log = logging.getLogger(__name__)


class LeaseLost(Refused):
    """Another worker took over, since this one had not renewed its lease in time."""


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


def demand(name: str, owner: str) -> None:
    """Raises LeaseLost unless the lease is still ours; in the writing transaction of what it protects, none of
    what a worker does that was overtaken is kept. One that ran out and was not taken does no harm."""
    if not Lease.select().where((Lease.name == name) & (Lease.owner == owner)).exists():
        raise LeaseLost("Another run of this began meanwhile, since this one had stood still for too long. "
                        "Nothing of this one was kept; what the other one brings will show here.")


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
    """Like ``held``, for work that may last longer: the lease is renewed while the block runs.

    Where two workers could do harm, the work calls ``demand`` in its writing transactions.
    """
    with held(name, clock, seconds) as owner:
        done = threading.Event()
        if owner:
            threading.Thread(target=_renew, args=(name, owner, clock, seconds, done), daemon=True).start()
        try:
            yield owner
        finally:
            done.set()


def _renew(name: str, owner: str, clock: Clock, seconds: int, done: threading.Event) -> None:
    """Until the work is done or the lease was lost; a database that is locked just then is asked again soon."""
    pause = seconds / 3
    while not done.wait(pause):
        try:
            with database.connection_context():
                if not extend(name, owner, clock.now(), seconds):
                    log.warning("the lease “%s” was lost to another worker", name)
                    return
            pause = seconds / 3
        except DatabaseError as error:
            log.info("the lease “%s” could not be renewed just now: %s", name, error)
            pause = seconds / 30
