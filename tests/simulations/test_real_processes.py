"""A few seconds, which are an hour or so of the simulated time, of two real processes with the real scheduler."""

from tests.simulations.real_processes import simulate


def test_two_real_schedulers_on_the_same_data_do_nothing_twice_and_keep_the_connection():
    seen = simulate(seconds=5, seed=3)
    assert seen["violations"] == []
    assert seen["state"] == "connected"
    assert seen["overdue"] == []
    assert seen["kills"] >= 2
    assert seen["runs"]["Xero token refresh"] >= 2
    assert seen["runs"]["asking for tokens"] >= 2
