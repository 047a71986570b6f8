"""A handful of the real kills; `bin/simulate kills` does as many as are wanted."""

from tests.simulations.kills import simulate


def test_after_a_kill_at_connecting_refreshing_syncing_or_rotating_the_next_start_is_whole():
    assert simulate(kills=4, seed=7, say=lambda _: None) == []
