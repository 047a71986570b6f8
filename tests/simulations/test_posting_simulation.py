"""Some hundred seeds of the posting simulation, and its teeth: a guard taken out is seen."""

import pytest

from models import database
from tests.simulations import posting_mutants
from tests.simulations.posting import HARM, KINDS, Workspaces, play, run_seed

SEEDS = {"invoice": 120, "bill": 120}  # the others 50; bin/simulate runs thousands
TEETH = {  # guard → seeds with a kind and an amount of harm that see it soon
    "lookup": ("bill", range(60), 0.25), "lease": ("bill", range(20), 0.0),
    "compare-and-set": ("bill", range(5, 90, 4), None),
    "approve by id (create approved at once)": ("bill", range(35, 95), 0.25),
}  # fmt: skip


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory):
    made = Workspaces(tmp_path_factory.mktemp("simulation"))
    yield made
    database.close()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_doubled_lost_or_left_half_way(workspaces, kind):
    wrong = {seed: run_seed(workspaces, kind, seed) for seed in range(SEEDS.get(kind, 50))}
    assert not {seed: what for seed, what in wrong.items() if what}


def test_the_same_seed_plays_the_same_way(workspaces):
    told = []
    for _ in range(2):
        world = workspaces.world("bill", 7, HARM)
        play(world)
        told.append((world.moment, world.line.calls, world.troubles, sorted(world.ledger.documents)))
    assert told[0] == told[1]


def test_a_void_that_arrives_late_meets_no_document_that_was_taken_again(workspaces):
    assert posting_mutants.directed(workspaces) == ""
    assert "I3" in posting_mutants.directed(workspaces, posting_mutants.MUTANTS["ends are remembered"])


@pytest.mark.parametrize("guard", TEETH)
def test_a_guard_taken_out_is_seen(workspaces, guard):
    kind, seeds, harm = TEETH[guard]
    with posting_mutants.MUTANTS[guard]():
        assert any(run_seed(workspaces, kind, seed, harm) for seed in seeds)
