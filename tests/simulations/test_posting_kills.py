"""Twenty real kills of the real server while it posts; `bin/simulate posting_kills` does as many as are wanted."""

from tests.simulations.posting_kills import side_by_side


def test_a_server_killed_while_it_posts_many_settles_all_of_it_after_the_restart():
    assert side_by_side(chains=4, kills=5, seed=11, say=lambda _: None) == []
