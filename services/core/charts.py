"""Geometry of the pictures: whole numbers in, shapes in whole units out. Nothing here knows what is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1, 2, 5)  # times a power of ten: distances that people read at a glance
_LEAST = 1  # what is not nothing is seen, however small


@dataclass(frozen=True)
class Frame:
    """The sheet to draw on, in units that are pixels at full size; what is left of the margins is for the shapes."""

    width: int
    height: int
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0
    label_width: int = 40  # how much room a label under a column takes

    @property
    def inner_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> int:
        return self.height - self.top - self.bottom


@dataclass(frozen=True)
class Bar:
    """A rectangle that stands for an amount."""

    x: int
    y: int
    width: int
    height: int
    is_negative: bool = False


@dataclass(frozen=True)
class Column:
    """One place along the time: its bars, the first at the back, and where its label stands."""

    middle: int
    bars: tuple[Bar, ...]
    is_labelled: bool


@dataclass(frozen=True)
class Tick:
    """A line across, and the amount it stands for."""

    at: int
    amount: int


@dataclass(frozen=True)
class ColumnChart:
    frame: Frame
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    zero: int  # the height of the line that stands for nothing


@dataclass(frozen=True)
class RowChart:
    """``rows`` holds one row's bars each; ``zero`` is where nothing begins."""

    frame: Frame
    rows: tuple[tuple[Bar, ...], ...]
    tops: tuple[int, ...]  # where each row begins
    zero: int


def ticks(low: int, high: int, most: int = 4) -> list[int]:
    """Round amounts, evenly apart, from at or below ``low`` to at or above ``high``; nothing is among them."""
    low, high = min(low, 0), max(high, 0)
    if low == high:
        return [0, 1]
    step = _step(-(-(high - low) // most))
    first, last = low // step, -(-high // step)
    return [number * step for number in range(first, last + 1)]


def _step(least: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is not below ``least``."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= least:
                return step * power
        power *= 10


def column_chart(amounts: Sequence[Sequence[int]], frame: Frame) -> ColumnChart:
    """Columns side by side; the amounts of one place stand before each other, each narrower than the one behind it."""
    every = [amount for place in amounts for amount in place]
    marks = ticks(min(every, default=0), max(every, default=0))
    low, span = marks[0], marks[-1] - marks[0]

    def height(amount: int) -> int:
        return frame.top + frame.inner_height - (amount - low) * frame.inner_height // span

    zero = height(0)
    room = max(frame.inner_width // max(len(amounts), 1), 1)
    labelled_every = -(-frame.label_width // room)
    columns = tuple(
        Column(
            middle := frame.left + (2 * number + 1) * frame.inner_width // (2 * len(amounts)),
            tuple(_standing(middle, room, depth, zero, height(each), each) for depth, each in enumerate(place)),
            (len(amounts) - 1 - number) % labelled_every == 0,
        )
        for number, place in enumerate(amounts)
    )
    return ColumnChart(frame, columns, tuple(Tick(height(mark), mark) for mark in marks), zero)


def _standing(middle: int, room: int, depth: int, zero: int, end: int, amount: int) -> Bar:
    width = max(min(room * 7 // 10, 44) * (2 - depth) // 2, 2)
    height = max(abs(zero - end), _LEAST if amount else 0)
    return Bar(middle - width // 2, zero if amount < 0 else zero - height, width, height, amount < 0)


def row_chart(rows: Sequence[Sequence[tuple[int, int]]], frame: Frame, row_height: int, bar_height: int) -> RowChart:
    """Rows below each other; each bar runs from one amount to another, further ones of a row before it and thinner.

    The frame's height is ignored: the chart is as high as its rows.
    """
    ends = [end for row in rows for bar in row for end in bar]
    low, high = min(0, *ends), max(0, *ends)
    span = max(high - low, 1)

    def place(amount: int) -> int:
        return frame.left + (amount - low) * frame.inner_width // span

    tops = tuple(frame.top + number * row_height for number in range(len(rows)))
    drawn = tuple(
        tuple(_lying(place(start), place(end), start, end, top, row_height, bar_height, depth)
              for depth, (start, end) in enumerate(row))
        for top, row in zip(tops, rows, strict=True)
    )  # fmt: skip
    height = frame.top + len(rows) * row_height + frame.bottom
    whole = Frame(frame.width, height, frame.left, frame.right, frame.top, frame.bottom)
    return RowChart(whole, drawn, tops, place(0))


def _lying(
    left: int, right: int, start: int, end: int, top: int, row_height: int, bar_height: int, depth: int
) -> Bar:
    """At the foot of its row, so that there is room for words above it."""
    height = bar_height * (2 - depth) // 2
    width = max(abs(right - left), _LEAST if start != end else 0)
    y = top + row_height - bar_height + (bar_height - height) // 2
    return Bar(min(left, right), y, width, height, end < start)


def waterfall(first: int, changes: Sequence[int]) -> list[tuple[int, int]]:
    """(from, to) of each step: the first amount from nothing, every change from where the one before it ended."""
    spans, level = [(0, first)], first
    for change in changes:
        spans.append((level, level + change))
        level += change
    return spans


def tenths_of_a_per_cent(part: int, whole: int) -> int | None:
    """``part`` of ``whole``: 12.3 % is 123; halves go away from nothing. None where there is no whole."""
    if whole <= 0:
        return None
    share = (2000 * abs(part) + whole) // (2 * whole)
    return share if part >= 0 else -share
