"""What a file that is no settlement looks like, from its first bytes and the marks kept as data."""

import codecs
import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

_DATA = Path(__file__).parent / "data" / "other_files.csv"


class _Mark(NamedTuple):
    starts_with: str
    contains: tuple[str, ...]
    looks_like: str


def looks_like(head: bytes) -> str:
    """``a Date Range report``, ``a PDF`` …; empty when it looks like nothing we know."""
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    start, text = head.decode("latin-1"), head.decode("utf-16" if is_utf16 else "utf-8", "replace").lower()
    for mark in _marks():
        if start.startswith(mark.starts_with) and all(part in text for part in mark.contains):
            return mark.looks_like
    return "a picture, program or other binary file" if b"\0" in head and not is_utf16 else ""


@cache
def _marks() -> tuple[_Mark, ...]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Mark(row["starts_with"].encode().decode("unicode_escape"),
                  tuple(part for part in row["contains"].split("|") if part), row["looks_like"])
            for row in csv.DictReader(file)
        )  # fmt: skip
