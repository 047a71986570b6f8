"""The counter is moved past the numbers of the organisation that was asked, and of no other."""

import pytest

from models import Workspace, XeroConnection
from services import numbering, numbers_taken, xero_connection
from services.errors import Refused
from tests.xero_world import ANN


class Asked:
    """A client that is asked for numbers; another organisation is connected meanwhile."""

    def __init__(self, client):
        self.tenant_id = client.tenant_id

    def numbers_beginning(self, kind: str, prefix: str) -> list[str]:
        XeroConnection.update(tenant_id="another").execute()
        return [f"{prefix}90000"]

    def pages(self, *asked):
        return iter(())


def test_numbers_of_an_organisation_that_was_left_meanwhile_move_nothing(world):
    before = Workspace.get_by_id(1).__data__
    client = xero_connection.client(world.parts)
    with pytest.raises(Refused, match=r"Another organisation was connected .* try again"):
        numbers_taken.move_past(Asked(client), ANN, world.parts.clock.now())
    assert Workspace.get_by_id(1).__data__ == before
    assert not numbering.are_seen()


def test_those_of_the_connected_one_do(world):
    numbers_taken.move_past(xero_connection.client(world.parts), ANN, world.parts.clock.now())
    assert Workspace.get_by_id(1).numbers_seen_in == XeroConnection.get_by_id(1).tenant_id
