"""Lines that do not reach the stated total: a difference line in sight, and the way back."""

import pytest

from services import corrections, difference_lines, postings, settlements
from services.errors import NotFound, Refused
from tests.xero_world import ANN, SALE, settlement_text


@pytest.fixture
def short(world) -> str:
    """A settlement whose lines come to 120.00 while Amazon states 121.50."""
    return world.settlement((SALE, "120.00"), total="121.50")


def test_it_stands_in_the_preview_as_a_line_of_its_own_without_tax(world, short):
    difference_lines.add(world.parts, short, "429", "Amazon's file lacks a line", ANN)
    plan = postings.preview(short).plan
    line = plan.lines[-1]
    assert line.description == "Difference to Amazon's total: Amazon's file lacks a line"
    assert (line.account_code, line.tax_type, line.gross, line.tax) == ("429", "NONE", 150, 0)
    assert (plan.total, plan.problems, world.status(short)) == (12150, (), "ready")


def test_it_is_posted_as_shown(world, short):
    difference_lines.add(world.parts, short, "429", "Rounding by Amazon", ANN)
    assert postings.post(world.parts, short, ANN).outcome == "posted"
    (document,) = world.documents(short)
    assert document.total == postings.preview(short).plan.total / 100
    assert "Rounding by Amazon" in document.lines[-1].description


def test_it_turns_its_sign_with_a_credit_note(world):
    negative = world.settlement((SALE, "-20.00"), total="-21.00")
    difference_lines.add(world.parts, negative, "429", "A fee without a line", ANN)
    plan = postings.preview(negative).plan
    assert (plan.kind, plan.total, plan.lines[-1].gross) == ("credit_note", 2100, 100)


def test_it_can_be_taken_back_while_nothing_is_posted(world, short):
    difference_lines.add(world.parts, short, "429", "A guess", ANN)
    difference_lines.remove(world.parts, short, ANN)
    assert world.status(short) == "does_not_add_up"
    with pytest.raises(NotFound, match="gone already"):
        difference_lines.remove(world.parts, short, ANN)


def test_while_it_is_posted_it_stays(world, short):
    difference_lines.add(world.parts, short, "429", "A fee without a line", ANN)
    postings.post(world.parts, short, ANN)
    with pytest.raises(Refused, match="Roll it back first"):
        difference_lines.remove(world.parts, short, ANN)
    postings.roll_back(world.parts, short, ANN)
    difference_lines.remove(world.parts, short, ANN)


@pytest.mark.parametrize(
    ("account", "reason", "words"),
    [
        ("429", "  ", "Say in a few words why"),
        ("999", "A fee without a line", "Account 999 is not in Xero"),
        ("090", "A fee without a line", "bank account"),
    ],
)
def test_it_needs_a_reason_and_an_account_xero_takes(world, short, account, reason, words):
    with pytest.raises(Refused, match=words):
        difference_lines.add(world.parts, short, account, reason, ANN)
    assert world.status(short) == "does_not_add_up"


def test_lines_that_add_up_take_none_and_no_settlement_takes_two(world, short):
    with pytest.raises(Refused, match="add up"):
        difference_lines.add(world.parts, world.settlement(), "429", "Why not", ANN)
    difference_lines.add(world.parts, short, "429", "A fee without a line", ANN)
    with pytest.raises(Refused, match="already"):
        difference_lines.add(world.parts, short, "429", "And another", ANN)


def test_a_corrected_file_makes_it_needless(world, short):
    difference_lines.add(world.parts, short, "429", "A fee without a line", ANN)
    world.take(settlement_text((SALE, "121.50"), settlement_id=short))
    settlement = settlements.find(short)
    corrections.use(world.parts, short, corrections.of(settlement)[0].version, ANN)
    assert difference_lines.of(settlement) is None
    assert [line.gross for line in postings.preview(short).plan.lines] == [12150]
    assert world.status(short) == "ready"
