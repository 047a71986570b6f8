"""The sandbox in a process of its own, as ``python -m sandbox.xero`` serves it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def served(state: Path, *arguments: str) -> Iterator[str]:
    """Gives its address once it listens; ends it afterwards."""
    process = start(state, "--port", "0", *arguments)
    try:
        said = process.stdout.readline()
        found = re.search(r"http://\S+", said)
        assert found, f"{said}{process.stderr.read()}"
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=20)


def start(state: Path, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "sandbox.xero", "--state", str(state), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
