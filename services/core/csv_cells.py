"""CSV that is safe to open in a spreadsheet: no cell of it can become a formula. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"  # and their full-width twins, which a spreadsheet takes for the same
_STARTS_A_FORMULA = re.compile(rf"[{_SIGNS}\t\r\n]|[\s\u00a0]+[{_SIGNS}]")  # OWASP, "CSV injection"
_HARMLESS = re.compile(r"-?\d+(\.\d+)?|[+-]")  # figures, and a sign that stands alone


def cell(value: object) -> str:
    """The value as a cell: text that a spreadsheet would run gets an apostrophe before it; figures stay figures."""
    text = "" if value is None else str(value)
    return f"'{text}" if _STARTS_A_FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Line by line, so that a million rows need no more memory than one. Lines end as RFC 4180 has it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in chain([header], rows):
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
