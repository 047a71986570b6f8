"""The command line as a script uses it: arguments in; exit status, standard output and standard error out."""

import json
import os
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from commands.__main__ import truebooks
from services.errors import AppError


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """``run("import", path, "--json")`` on a data folder of the test's own."""
    for name in [name for name in os.environ if name.startswith("XERO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRUEBOOKS_DATA", str(tmp_path / "data"))

    def run_command(*arguments) -> Ran:
        result = CliRunner().invoke(truebooks, [str(argument) for argument in arguments])
        if isinstance(result.exception, AppError):  # as commands/__main__.py tells it
            return Ran(1, result.stdout, result.exception.message)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run_command


@pytest.fixture
def connected(run):
    """Connected to the sandbox's UK organisation, which syncs too."""
    assert run("sandbox", "connect").status == 0
    return run
