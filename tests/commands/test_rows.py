"""rows: from a figure of the preview to Amazon's rows, in the terminal."""

import pytest

from tests.xero_world import FEE, SALE, settlement_text

ID = "26000000001"


@pytest.fixture
def imported(run, tmp_path):
    path = tmp_path / "may.txt"
    path.write_text(settlement_text((SALE, "120.00"), (FEE, "-18.00"), (FEE, "-2.00")), encoding="utf-8")
    assert run("import", path).status == 0
    return run


def test_the_rows_behind_a_line_are_shown_with_their_sum(imported):
    shown = imported("rows", ID, "--line", "Commission")
    assert "206-0000002" in shown.out and "-18.00" in shown.out
    assert "Commission: 2 rows make -£20.00." in shown.out


def test_as_json_amounts_are_strings_in_major_units(imported):
    rows = imported("rows", ID, "--line", "commission", "--json").json
    assert [(row["line"], row["amount"], row["order_id"]) for row in rows] == [
        (4, "-18.00", "206-0000002"), (5, "-2.00", "206-0000003")]  # fmt: skip


def test_as_csv_they_can_be_sent_on(imported):
    lines = imported("rows", ID, "--line", "Commission", "--csv").out.splitlines()
    assert lines[0].startswith("line,posted,order_id") and len(lines) == 3


def test_only_rows_that_hold_the_words(imported):
    assert len(imported("rows", ID, "--line", "Commission", "--find", "206-0000003", "--json").json) == 1


def test_a_line_that_is_not_there_is_told_with_those_that_are(imported):
    refused = imported("rows", ID, "--line", "Advertising")
    assert refused.status == 1
    assert "“Product sales”, “Commission”" in refused.err
