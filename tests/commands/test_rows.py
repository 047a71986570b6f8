"""rows: from a figure of the preview to Amazon's rows, in the terminal."""

import re

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


def test_one_row_makes_its_sum(imported):
    assert "Product sales: 1 row makes £120.00." in imported("rows", ID, "--line", "Product sales").out


def test_lines_of_the_same_name_are_chosen_by_their_place(connected, tmp_path):
    """A mapping of a marketplace's own parts what its name does not."""
    french = ("Order", "Amazon.fr", "ItemPrice", "Principal")
    path = tmp_path / "may.txt"
    path.write_text(settlement_text((SALE, "120.00"), (french, "60.00")), encoding="utf-8")
    connected("mappings", "suggest", "--apply")
    connected("mappings", "set", "SALES", "200", "NONE", "--marketplace", "Amazon.fr")
    connected("import", path)
    refused = connected("rows", ID, "--line", "Product sales")
    assert refused.status == 1
    place = re.search(r"(\d) is “Product sales” on 200 NONE, £60.00", refused.err)[1]
    rows = connected("rows", ID, "--line", place, "--json").json
    assert [row["marketplace"] for row in rows] == ["Amazon.fr"]
