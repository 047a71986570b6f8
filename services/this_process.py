"""Who this process is on this machine, so that another can tell whether it is still there."""

import os
import socket
from functools import cache
from pathlib import Path


def _machine() -> str:
    """This machine, or this container of it: process numbers mean the same only within one."""
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:  # not Linux
        namespace = 0
    return f"{socket.gethostname()[:60]}:{namespace}"


def _started(pid: int) -> str:
    """When the process was started, counted from which start of the machine; empty where nobody can tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if facts[0] == "Z" else f"{boot}.{facts[19]}"  # proc(5): fields 3, state, and 22, starttime


@cache
def _mark(pid: int) -> str:
    return f"{_machine()}/{pid}/{_started(pid)}"


def mark() -> str:
    """``machine/pid/started``; a forked child has another one than its parent."""
    return _mark(os.getpid())


def is_gone(owner: str) -> bool:
    """Whether the process that ``owner`` begins with (a mark) has certainly ended; in doubt it has not."""
    machine, *rest = owner.split("/")
    if machine != _machine() or len(rest) < 2 or not rest[0].isdigit():
        return False
    pid, started = int(rest[0]), rest[1]
    if not Path("/proc/self").exists():
        return not _answers(pid)
    return started != _started(pid)


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's: it is there
        return True
    return True
