"""Dates as Amazon prints them, taken as they stand: never shifted by a time zone."""

import re
from datetime import date

# 14.03.2023 07:49:55 UTC · 2023-01-15 10:11:12 UTC · 2026/09/15 08:03:13 UTC · 2025-08-14T22:07:18+00:00
_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[A-Z]{1,5}|[+-]\d{2}:?\d{2})?)?"
_STYLES = (
    re.compile(rf"(?P<day>\d{{2}})\.(?P<month>\d{{2}})\.(?P<year>\d{{4}}){_TIME}"),
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}}){_TIME}"),
    re.compile(rf"(?P<year>\d{{4}})/(?P<month>\d{{2}})/(?P<day>\d{{2}}){_TIME}"),
)


def printed_date(text: str) -> str:
    """``14.03.2023 23:49:55 UTC`` → ``2023-03-14``. Raises ValueError when it is no such date."""
    for style in _STYLES:
        match = style.fullmatch(text.strip())
        if match:
            return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    raise ValueError(f"not a date as Amazon prints it: {text!r}")
