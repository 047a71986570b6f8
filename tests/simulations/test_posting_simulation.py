"""The posting simulation itself: a seed plays the same way each time, and a guard taken out is seen.

Its seeds are in test_posting_simulation_*.py, a file for each so that two cores can share them.
"""

import pytest

from tests.simulations import posting_mutants
from tests.simulations.posting import HARM, KINDS, play, run_seed
from tests.simulations.posting_directed import DIRECTED

SEEN_BY_CHANCE = {"lookup": "bill", "every line": "bulk"}  # guard → kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_plays_the_same_way(workspaces, kind):
    told = []
    for _ in range(2):
        world = workspaces.world(kind, 7, HARM)
        play(world)
        documents = {tenant_id: line.ledger.documents for tenant_id, line in world.lines.items()}
        told.append((world.moment, world.line.calls, world.troubles, documents))
    assert told[0] == told[1]


@pytest.mark.parametrize("guard", DIRECTED)
def test_the_schedule_that_a_guard_is_there_for_does_no_harm_with_it_and_harm_without(workspaces, guard):
    assert posting_mutants.directed(workspaces, guard) == ""
    assert posting_mutants.directed(workspaces, guard, posting_mutants.MUTANTS[guard]) != ""


@pytest.mark.parametrize("guard", SEEN_BY_CHANCE)
def test_a_guard_taken_out_is_seen_by_chance_too(workspaces, guard):
    kind = SEEN_BY_CHANCE[guard]
    with posting_mutants.MUTANTS[guard]():
        assert any(run_seed(workspaces, kind, seed) for seed in range(1, 100))
