"""A few seeds of the long simulation of the connection; `bin/simulate connection` runs as many as are wanted."""

import pytest

from tests.simulations.connection import in_a_process_of_its_own


@pytest.mark.parametrize("seed", [1, 2])
def test_over_days_of_faults_and_restarts_nothing_happens_twice_and_the_connection_lives(seed):
    outcome = in_a_process_of_its_own(seed, days=1)
    assert outcome["violation"] == ""
    assert outcome["faults"] > 50
    assert outcome["refreshes"] > 50
    assert outcome["good_syncs"] >= 2
