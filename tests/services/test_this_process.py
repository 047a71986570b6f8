"""Whether a process that is named is still there: in doubt it is."""

import os
import subprocess
import sys

import pytest

from services.this_process import is_gone, mark


def test_this_very_process_is_there():
    assert not is_gone(mark())
    assert not is_gone(f"{mark()}/with more behind it")


def test_a_number_that_was_given_to_another_process_later_is_not_mistaken_for_it():
    machine, pid, started = mark().split("/")
    boot, _, ticks = started.partition(".")
    assert is_gone(f"{machine}/{pid}/{boot}.{int(ticks) - 1}")
    assert is_gone(f"{machine}/{pid}/00000000.{ticks}"), "the machine was started anew since"


def test_a_process_that_ended_is_gone_even_while_nobody_has_fetched_its_end():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    machine, _, _ = mark().split("/")
    started = mark_of(child.pid)
    assert not is_gone(f"{machine}/{child.pid}/{started}")
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended; its entry is still there
    assert is_gone(f"{machine}/{child.pid}/{started}")
    child.wait()
    assert is_gone(f"{machine}/{child.pid}/{started}")


def mark_of(pid: int) -> str:
    from services import this_process

    return this_process._started(pid)


@pytest.mark.parametrize("owner", ["", "0123456789abcdef", "elsewhere:1/1/x.1", "a/b/c", "test"])
def test_what_another_machine_or_an_older_version_wrote_counts_as_there(owner):
    assert not is_gone(owner)


def test_a_forked_child_is_another_process():
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, mark().encode())
        os._exit(0)
    os.wait()
    assert os.read(read, 200).decode() != mark()
