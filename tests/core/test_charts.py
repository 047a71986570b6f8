"""The geometry of the pictures: shapes in proportion to their amounts, inside their frame, whatever the amounts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.charts import Frame, column_chart, row_chart, tenths_of_a_per_cent, ticks, waterfall

FRAME = Frame(400, 220, left=60, right=20, top=10, bottom=30)
AMOUNTS = st.integers(-(10**12), 10**12)


def test_bars_are_as_high_as_their_amounts_are_large():
    chart = column_chart([[500], [1000], [0]], FRAME)
    small, large, nothing = (column.bars[0] for column in chart.columns)
    assert large.height == 2 * small.height == FRAME.inner_height
    assert nothing.height == 0
    assert small.y + small.height == large.y + large.height == chart.zero


def test_what_was_lost_hangs_below_the_line_of_nothing():
    chart = column_chart([[1000], [-1000]], FRAME)
    up, down = (column.bars[0] for column in chart.columns)
    assert up.y + up.height == down.y == chart.zero
    assert (up.is_negative, down.is_negative) == (False, True)
    assert up.height == down.height


def test_a_penny_beside_a_million_is_still_seen():
    penny, _ = column_chart([[1], [10**8]], FRAME).columns
    assert penny.bars[0].height == 1
    assert row_chart([[(0, 1)], [(0, 10**8)]], FRAME, 30, 10).rows[0][0].width == 1


def test_a_second_amount_stands_before_the_first_and_is_narrower():
    (column,) = column_chart([[1000, 600]], FRAME).columns
    back, front = column.bars
    assert front.width < back.width
    assert back.x < front.x < front.x + front.width < back.x + back.width


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (0, 1000, [0, 500, 1000]),
        (0, 733, [0, 200, 400, 600, 800]),
        (-250, 900, [-500, 0, 500, 1000]),
        (-90, -10, [-100, -50, 0]),
        (0, 0, [0, 1]),
        (300, 400, [0, 100, 200, 300, 400]),
    ],
)
def test_lines_across_stand_for_round_amounts(low, high, marks):
    assert ticks(low, high) == marks


def test_labels_never_run_into_each_other_and_the_last_one_is_there():
    chart = column_chart([[1]] * 24, FRAME)
    labelled = [column.middle for column in chart.columns if column.is_labelled]
    assert all(later - earlier >= FRAME.label_width for earlier, later in itertools.pairwise(labelled))
    assert chart.columns[-1].is_labelled


@given(st.lists(st.lists(AMOUNTS, min_size=1, max_size=2), max_size=30))
def test_columns_stay_inside_their_frame(amounts):
    chart = column_chart(amounts, FRAME)
    for column in chart.columns:
        for bar in column.bars:
            assert FRAME.left <= bar.x
            assert bar.x + bar.width <= FRAME.width - FRAME.right
            assert FRAME.top - 1 <= bar.y
            assert bar.y + bar.height <= FRAME.height - FRAME.bottom + 1
    assert [tick.at for tick in chart.ticks] == sorted((tick.at for tick in chart.ticks), reverse=True)


@given(AMOUNTS, st.lists(AMOUNTS, max_size=8))
def test_a_waterfall_ends_at_the_sum_and_stays_inside_its_frame(first, changes):
    spans = waterfall(first, changes)
    assert spans[-1][1] == first + sum(changes)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
    for (bar,) in row_chart([[span] for span in spans], FRAME, 30, 12).rows:
        assert FRAME.left <= bar.x <= bar.x + bar.width <= FRAME.width - FRAME.right + 1


def test_rows_are_as_long_as_their_amounts_and_stand_below_each_other():
    chart = row_chart([[(0, 1000), (0, 400)], [(0, 500), (0, -500)]], Frame(150, 0), 30, 12)
    assert [bar.width for bar in chart.rows[0]] == [100, 40]
    assert [bar.x for bar in chart.rows[1]] == [chart.zero, 0]
    assert chart.rows[1][1].is_negative
    assert chart.tops == (0, 30)
    assert chart.frame.height == 60


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(125, 1000, 125), (1, 3, 333), (2, 3, 667), (-1, 3, -333), (5, 10000, 1), (-5, 10000, -1), (1, 0, None),
     (1, -5, None)],
)  # fmt: skip
def test_shares_are_tenths_of_a_per_cent_and_halves_go_away_from_nothing(part, whole, share):
    assert tenths_of_a_per_cent(part, whole) == share
