"""A client against addresses that requests-mock answers."""

import pytest

from services.xero.calls import Surroundings
from services.xero.client import XeroClient
from services.xero.transport import network_session

API = "https://api.xero.example"


class Pauses(list):
    """Stands in for sleep and notes how long it would have been."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def client(pauses) -> XeroClient:
    return XeroClient(network_session([API]), API, "tenant-1", Surroundings(lambda: "token-1", sleep=pauses))
