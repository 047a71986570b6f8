"""Presses on *Post* at the same moment; `bin/simulate posting_presses` makes as many as are wanted."""

import subprocess
import sys

import pytest

from tests.browser.conftest import CHROMIUM, REQUIRED, ROOT
from tests.simulations.posting_threads import simulate as threads


@pytest.mark.skipif(
    not (CHROMIUM or REQUIRED), reason="CHROMIUM IS MISSING: two browsers did not press (apt-get install chromium)"
)
def test_two_browsers_on_two_servers_pressing_post_together_make_one_document_each_time():
    command = [sys.executable, "-m", "tests.simulations.posting_presses", "--times", "8"]
    pressed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)  # one Playwright a process
    assert (pressed.returncode, pressed.stdout.splitlines()[-1]) == (0, "8 times, 0 problems")


def test_two_processes_of_two_threads_pressing_post_together_make_one_document_each_time():
    assert threads(times=6, say=lambda _: None) == []
