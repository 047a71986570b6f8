"""Golden cases: a settlement file, the mappings it meets, and the plan that comes of them.

``UPDATE_GOLDEN=1 bin/test tests/core/test_golden.py`` writes the plans anew; the difference is for review.
"""

import json
import os
from pathlib import Path

import pytest

from services.core.books import Mapped
from services.core.plans import PlanSettings
from tests.core.books_text import plan_of, uk_books
from tests.core.settlement_text import read

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(path.parent for path in GOLDEN.glob("*/settlement.txt"))


def test_there_are_golden_cases():
    assert len(CASES) >= 5


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_plan_is_as_it_was_reviewed(case):
    plans = written(case)
    expected = case / "expected_plan.json"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        expected.write_text(plans, encoding="utf-8")
    assert plans == expected.read_text(encoding="utf-8")


def written(case: Path) -> str:
    """The plans of every settlement in the case's file, as they are kept."""
    given = json.loads((case / "mapping.json").read_text(encoding="utf-8"))
    mappings = {tuple(key.split(" @ ")) if " @ " in key else (key, ""): to for key, to in given["mappings"].items()}
    books = uk_books({key: Mapped(*to) for key, to in mappings.items()})
    rules = {tuple(triple.split("/")): category for triple, category in given["rules"].items()}
    settings = PlanSettings(**given["settings"])
    plans = [plan_of(found, books, rules, settings).as_json() for found in read((case / "settlement.txt").read_bytes())]
    return json.dumps(plans, ensure_ascii=False, indent=1) + "\n"
