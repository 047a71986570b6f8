"""Presses on *Post* at the same moment; `bin/simulate posting_presses` makes as many as are wanted."""

import pytest

from tests.browser.conftest import CHROMIUM, REQUIRED
from tests.simulations.posting_presses import simulate
from tests.simulations.posting_threads import simulate as threads


@pytest.mark.skipif(
    not (CHROMIUM or REQUIRED), reason="CHROMIUM IS MISSING: two browsers did not press (apt-get install chromium)"
)
def test_two_browsers_on_two_servers_pressing_post_together_make_one_document_each_time():
    assert simulate(times=8, say=lambda _: None) == []


def test_two_processes_of_two_threads_pressing_post_together_make_one_document_each_time():
    assert threads(times=6, say=lambda _: None) == []
