"""For tests of services: an open database, and a workspace that is connected and mapped."""

import pytest

from models import database
from tests.xero_world import World


@pytest.fixture
def workspace(parts):
    with database.connection_context():
        yield parts


@pytest.fixture
def world(workspace) -> World:
    """Connected to the sandbox's UK organisation, synced, the suggested mapping applied."""
    made = World(workspace)
    made.connect_and_map()
    return made
