"""docs/sandbox.md says what there is: every switch, fault and limit, and only tests that exist."""

import re
from pathlib import Path

import pytest

from sandbox.xero.accounting.limits import limits
from sandbox.xero.faults import faults
from sandbox.xero.switches import switches

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "sandbox.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*switches(), *faults(), *limits()])
def test_it_is_explained(name):
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize("name", switches())
def test_a_switch_is_explained_as_it_is(name):
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    switch = switches()[name]
    for words in (*(f"`{value}`" for value in switch.values), switch.meaning, switch.source):
        assert words in row


def test_the_tests_it_names_exist():
    written = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    for name in set(re.findall(r"`(test_\w+(?:\.py)?)`", PAGE)):
        assert (HERE / name).is_file() if name.endswith(".py") else f"def {name}(" in written, name
