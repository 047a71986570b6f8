"""What every test may ask for: parts over a data folder of its own, with a clock that stands still."""

from datetime import UTC, datetime

import pytest
from pytest_socket import socket_allow_hosts

from app import assemble
from models import database
from services.clock import FixedClock
from services.config import Config

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def pytest_runtest_setup():
    """No test leaves the loopback."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def config(tmp_path) -> Config:
    """Sandbox mode, as on a fresh machine, in a data folder of the test's own."""
    return make_config(tmp_path / "data")


def make_config(data, **changes) -> Config:
    data.mkdir(parents=True, exist_ok=True)
    base = "http://localhost:8000"
    values = {
        "public_url": base, "port": 8000, "host": "127.0.0.1", "data": data, "database_path": data / "truebooks.db",
        "mode": "sandbox", "secret_key": "k" * 64, "token_keys": "1:" + "ab" * 32,
        "xero_client_id": "TRUEBOOKS-SANDBOX", "xero_client_secret": "",
        "xero_login_url": base, "xero_identity_url": base, "xero_api_url": base, "built_in_sandbox": True,
    }
    return Config(**(values | changes))


@pytest.fixture
def parts(config, clock):
    """The joined parts; the database closes with the test."""
    yield assemble(config, clock)
    if not database.is_closed():
        database.close()
