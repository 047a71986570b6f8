"""CSV that a spreadsheet cannot be made to run."""

import csv
import io

import pytest

from services.core.csv_cells import cell, csv_lines


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "--", "=-12.00",
     "\uff1d1+1", "\uff0b1", "\uff0d1+1", "\uff20SUM(A1)", " \uff1d1"],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_shown_as_text(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.00", "-", "0", "1275.20", "-1200", "plain", "(£1.00) TBUK-1", "a=b", ""])
def test_figures_and_plain_words_stay_as_they_are(text):
    assert cell(text) == text


def test_whatever_a_cell_holds_it_reads_back(tmp_path):
    rows = [["a,b", 'say "no"', "two\nlines"], [None, -5, "é"]]
    text = "".join(csv_lines(["x", "y", "z"], rows))
    assert list(csv.reader(io.StringIO(text))) == [
        ["x", "y", "z"], ["a,b", 'say "no"', "two\nlines"], ["", "-5", "é"]]  # fmt: skip


def test_rows_are_written_as_they_come():
    def endless():
        while True:
            yield ["again"]

    lines = csv_lines(["head"], endless())
    assert [next(lines), next(lines), next(lines)] == ["head\r\n", "again\r\n", "again\r\n"]
