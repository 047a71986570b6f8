"""A browser in front of a workspace that is connected, mapped and at hand."""

import pytest

from tests.xero_world import World


@pytest.fixture
def world(ada, parts) -> World:
    """Xero connected and every category mapped, with Ada's browser signed in."""
    world = World(parts)
    world.connect_and_map()
    return world
