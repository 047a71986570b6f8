"""Months as ``2026-05``: counting on from one, and lists of them. Pure."""


def moved(month: str, by: int) -> str:
    """The month ``by`` months later (earlier when negative): ``moved("2026-01", -1)`` is ``2025-12``."""
    year, number = month.split("-")
    count = int(year) * 12 + int(number) - 1 + by
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def between(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = moved(first, 1)
    return found
