"""One workspace for all seeds of a file."""

import pytest

from tests.simulations.posting import Workspaces


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory):
    made = Workspaces(tmp_path_factory.mktemp("simulation"))
    yield made
    made.close()
