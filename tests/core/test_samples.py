"""The sample settlements: always the same, over everything a seller meets, and ready to try."""

import pytest

from services import samples
from services.audit import COMMAND_LINE
from services.core.catalogue import standard
from services.samples.generate import write
from tests.core.books_text import plan_of
from tests.core.settlement_text import read_one

UNKNOWN, NEGATIVE, OCTOBER, GERMAN = (path.read_bytes() for path in samples.sample_files())
# Amazon withholds no income tax in the UK; what folds away has no amount of its own.
NOT_IN_THE_UK = {"WITHHOLDING_TAX", "SALES_TAX", "UNKNOWN"}


def test_generating_them_again_gives_the_same_bytes(tmp_path):
    written = write(tmp_path)
    assert [path.name for path in written] == [path.name for path in samples.sample_files()]
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in samples.sample_files()]


@pytest.mark.parametrize("path", samples.sample_files(), ids=lambda path: path.stem)
def test_each_adds_up_and_lies_in_the_autumn_of_2026(path):
    settlement = read_one(path.read_bytes())
    assert settlement.lines_total == settlement.total != 0
    assert "2026-09-01" < settlement.start_date < settlement.end_date < settlement.deposit_date < "2026-11-01"


def test_the_large_one_has_some_3000_lines_over_every_main_category():
    settlement = read_one(OCTOBER)
    plan = plan_of(settlement)
    assert 2900 <= settlement.line_count <= 3100
    assert {line.category for line in plan.lines} == set(standard().categories) - NOT_IN_THE_UK
    assert plan.is_postable and plan.kind == "invoice"
    assert any("&" in cell or "#" in cell for cell in OCTOBER.decode().split("\t")), "free text as sellers write it"


def test_in_the_large_one_amazons_tax_cancels():
    plan = plan_of(read_one(OCTOBER))
    (withheld,) = [line for line in plan.lines if line.category == "MF_TAX_WITHHELD"]
    assert (withheld.gross, withheld.lines > 50) == (0, True)


def test_the_negative_one_becomes_a_credit_note_and_opens_the_next_settlement():
    negative, october = read_one(NEGATIVE), read_one(OCTOBER)
    assert negative.total < 0
    assert plan_of(negative).kind == "credit_note"
    owed = [group.amount for group in october.groups if group.line_type.amount_description == "Payable to Amazon"]
    assert owed == [negative.total]
    assert (negative.end_date, read_one(UNKNOWN).end_date) == (october.start_date, negative.start_date)


def test_the_one_with_an_unknown_line_type_waits_for_its_category_and_nothing_else():
    (problem,) = plan_of(read_one(UNKNOWN)).problems
    assert problem.code == "needs_category"


def test_the_german_one_has_commas_and_belongs_to_amazon_de():
    assert b",99\t" in GERMAN and b".99\t" not in GERMAN
    plan = plan_of(read_one(GERMAN))
    assert (plan.currency, plan.contact) == ("EUR", "Amazon.de")
    assert "TBDE-" in plan.reference and plan.is_postable


def test_loading_them_takes_all_in_and_loading_them_again_changes_nothing(parts):
    first = samples.load(parts, COMMAND_LINE)
    assert [taken.outcome for taken in first] == ["imported"] * 4
    assert [taken.outcome for taken in samples.load(parts, COMMAND_LINE)] == ["known"] * 4
