"""A sandbox of each test's own, its clock standing still, and an app connected to it."""

import pytest

from sandbox.xero import Sandbox, create_sandbox
from tests.sandbox.xero_app import Clock, XeroApp


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(tmp_path, time) -> Sandbox:
    return create_sandbox(tmp_path / "state", now=time)


@pytest.fixture
def stranger(sandbox) -> XeroApp:
    """An app that is not connected."""
    return XeroApp(sandbox)


@pytest.fixture
def app(sandbox) -> XeroApp:
    """An app connected to the UK organisation."""
    return XeroApp(sandbox).connect()
