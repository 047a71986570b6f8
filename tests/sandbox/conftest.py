"""A sandbox of each test's own, its clock standing still, and an app connected to it."""

import shutil
from pathlib import Path

import pytest

from sandbox.xero import Sandbox, create_sandbox
from sandbox.xero.oauth.signing import FILE_NAME
from tests.sandbox.xero_app import ALL_SCOPES, Clock, XeroApp


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def signing_key(tmp_path_factory) -> Path:
    """Made once: making an RSA key takes longer than most tests."""
    folder = tmp_path_factory.mktemp("key")
    create_sandbox(folder)
    return folder / FILE_NAME


@pytest.fixture
def naps() -> list[float]:
    """How long the sandbox would have slept, each time."""
    return []


@pytest.fixture
def sandbox(tmp_path, time, naps, signing_key) -> Sandbox:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    shutil.copy2(signing_key, state)
    return create_sandbox(state, now=time, sleep=naps.append)


@pytest.fixture
def stranger(sandbox) -> XeroApp:
    """An app that is not connected."""
    return XeroApp(sandbox)


@pytest.fixture
def app(sandbox) -> XeroApp:
    """An app connected to the UK organisation."""
    return XeroApp(sandbox).connect()


@pytest.fixture
def full(sandbox) -> XeroApp:
    """An app connected to the UK organisation, with every scope it may use."""
    return XeroApp(sandbox).connect(scope=ALL_SCOPES)
