"""At most four calls to Xero at a time, over all threads and processes of this data folder.

Xero refuses the sixth call at once for an organisation (xero.md 3.1). A place is a locked file: taking
one costs microseconds, and whoever dies lets go of it.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.xero.errors import RateLimited

PLACES = 4
STEP_SECONDS = 0.02
MOST_SECONDS = 60.0  # longer than the slowest call


@contextmanager
def one_of_four(folder: Path, sleep: Callable[[float], None]) -> Iterator[None]:
    """Waits for a place, holds it for the block; RateLimited when none came free within a minute."""
    place = _place(folder, sleep)
    try:
        yield
    finally:
        os.close(place)  # which unlocks it


def _place(folder: Path, sleep: Callable[[float], None]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for _ in range(int(MOST_SECONDS / STEP_SECONDS)):
        for number in range(PLACES):
            taken = _try(folder / f"call-{number + 1}")
            if taken is not None:
                return taken
        sleep(STEP_SECONDS)
    raise RateLimited("concurrent", asked=False)


def _try(path: Path) -> int | None:
    """The open, locked file, or None while another has it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
