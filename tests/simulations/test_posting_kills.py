"""A few real kills of the real server while it posts; `bin/simulate posting_kills` does as many as are wanted."""

from tests.simulations.posting_kills import simulate
from tests.simulations.posting_presses import simulate as presses


def test_a_server_killed_while_it_posts_many_settles_all_of_it_after_the_restart():
    assert simulate(kills=3, seed=11, say=lambda _: None) == []


def test_two_processes_pressing_post_together_make_one_document_each_time():
    assert presses(times=6, say=lambda _: None) == []
