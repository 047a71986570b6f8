"""Some hundred seeds of the posting simulation, and its teeth: a guard taken out is seen."""

import pytest

from models import database
from tests.simulations import posting_mutants
from tests.simulations.posting import HARM, KINDS, Workspaces, play, run_seed
from tests.simulations.posting_directed import DIRECTED

SEEDS = 200  # of each kind; bin/simulate runs thousands
TEETH = {  # guard → seeds with a kind and an amount of harm that see it soon
    "lookup": ("bill", range(60), 0.25), "lease": ("bill", range(20), 0.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory):
    made = Workspaces(tmp_path_factory.mktemp("simulation"))
    yield made
    database.close()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_doubled_lost_or_left_half_way(workspaces, kind):
    wrong = {seed: run_seed(workspaces, kind, seed) for seed in range(SEEDS)}
    assert not {seed: what for seed, what in wrong.items() if what}


def test_the_same_seed_plays_the_same_way(workspaces):
    told = []
    for _ in range(2):
        world = workspaces.world("bill", 7, HARM)
        play(world)
        told.append((world.moment, world.line.calls, world.troubles, sorted(world.ledger.documents)))
    assert told[0] == told[1]


@pytest.mark.parametrize("guard", DIRECTED)
def test_the_schedule_that_a_guard_is_there_for_does_no_harm_with_it_and_harm_without(workspaces, guard):
    assert posting_mutants.directed(workspaces, guard) == ""
    assert posting_mutants.directed(workspaces, guard, posting_mutants.MUTANTS[guard]) != ""


@pytest.mark.parametrize("guard", TEETH)
def test_a_guard_taken_out_is_seen(workspaces, guard):
    kind, seeds, harm = TEETH[guard]
    with posting_mutants.MUTANTS[guard]():
        assert any(run_seed(workspaces, kind, seed, harm) for seed in seeds)
