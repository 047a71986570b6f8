"""What a file that is no settlement looks like, from its first bytes and the marks kept as data."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.core.file_text import wide_encoding

_DATA = Path(__file__).parent / "data" / "other_files.csv"
_TAR = slice(257, 262)
_LONGEST_PREAMBLE = 15
_WIDE = 12  # columns at least


class _Mark(NamedTuple):
    starts_with: str
    contains: tuple[str, ...]
    looks_like: str


def looks_like(head: bytes) -> str:
    """``a Date Range report``, ``a PDF`` …; empty when it looks like nothing we know."""
    wide = wide_encoding(head)
    start, text = head.decode("latin-1"), head.decode(wide or "utf-8", "replace").lower()
    for mark in _marks():
        if start.startswith(mark.starts_with) and all(part in text for part in mark.contains):
            return mark.looks_like
    if head[_TAR] == b"ustar":
        return "a TAR archive (unpack it first)"
    if b"\0" in head and not wide:
        return "a picture, program or other binary file"
    return "a Date Range report" if _is_table_below_text(text) else ""


def _is_table_below_text(text: str) -> bool:
    """A Date Range report in any language: a few lines of text, then a wide table. Amazon translates its words."""
    lines = [line for line in text.splitlines() if line.strip()][: _LONGEST_PREAMBLE + 2]
    for separator in ",;\t":
        widths = [_width(line, separator) for line in lines]
        table = next((at for at, width in enumerate(widths) if width >= _WIDE), 0)
        if table and max(widths[:table]) <= 2 and len(widths) > table + 1 and widths[table + 1] == widths[table]:
            return True
    return False


def _width(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator)))
    except csv.Error:
        return 0


@cache
def _marks() -> tuple[_Mark, ...]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Mark(row["starts_with"].encode().decode("unicode_escape"),
                  tuple(part for part in row["contains"].split("|") if part), row["looks_like"])
            for row in csv.DictReader(file)
        )  # fmt: skip
