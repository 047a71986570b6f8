"""The settlement files beside the checkout, a real one among them: read whole, to the cent."""

from pathlib import Path

import pytest

from tests.core.books_text import plan_of
from tests.core.settlement_text import amounts, read_one

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "settlements"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the shared settlements are not beside this checkout")

REAL, DERIVED, SYNTHETIC = (
    "real-ca-v1-12746358451.txt",
    "derived-ca-v2-12746358451.txt",
    "synthetic-us-v2-28471003921.txt",
)


def settlement(name):
    return read_one((FOLDER / name).read_bytes())


def test_the_real_file_and_the_same_settlement_in_v2_say_the_same():
    real, derived = settlement(REAL), settlement(DERIVED)
    assert (real.format, derived.format) == ("V1", "V2")
    assert real.groups == derived.groups
    assert (real.total, real.start_date, real.end_date, real.deposit_date) == (
        -2999, "2020-04-24", "2020-05-22", "2020-05-24"
    )  # fmt: skip
    assert amounts(real) == {
        "other-transaction/other-transaction/Payable to Amazon": -2999,
        "other-transaction/other-transaction/Subscription Fee": -2999,
        "other-transaction/other-transaction/Successful charge": 2999,
    }


@pytest.mark.parametrize("name", [REAL, DERIVED])
def test_the_real_settlement_becomes_a_credit_note_over_29_99(name):
    preview = plan_of(settlement(name)).as_json()
    assert (preview["kind"], preview["total"], preview["settlement_total"]) == ("credit_note", "29.99", "-29.99")
    assert (preview["reference"], preview["contact"]) == ("(-CA$29.99) TBCA-12746358451", "Amazon.ca")
    assert preview["problems"] == []


def test_the_synthetic_file_adds_up_although_it_repeats_its_currency():
    plan = plan_of(settlement(SYNTHETIC))
    assert plan.as_json()["total"] == "582.89"
    assert plan.reference == "(US$582.89) TBUS-28471003921"
    assert sum(line.gross for line in plan.lines) == 58289
    assert plan.problems == ()
