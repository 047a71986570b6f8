"""How months, days and amounts are written on pictures, where there is little room."""

from blueprints.formats import MONTHS, day
from services.core.money import format_money, minor_digits


def month_name(month: str) -> str:
    """``2026-05`` → ``May 2026``."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def short_month(month: str) -> str:
    """``2026-05`` → ``May``; January bears its year: ``Jan 2026``."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}" if number == "01" else MONTHS[int(number) - 1]


def month_span(first: str, last: str) -> str:
    """``June 2025 to May 2026`` as ``Jun 2025 to May 2026``; one month is named once."""
    if first == last:
        return month_name(first)
    if first[:4] == last[:4]:
        return f"{MONTHS[int(first[5:]) - 1]} to {month_name(last)}"
    return f"{month_name(first)} to {month_name(last)}"


def short_day(text: str) -> str:
    """``2026-05-28`` → ``28 May``."""
    return day(text).rpartition(" ")[0] or text


def rounded_money(minor: int, currency: str) -> str:
    """Whole units, halves away from nothing: ``£1,275`` for £1,275.20. The table beside it has the pence."""
    one = 10 ** minor_digits(currency)
    whole = (2 * abs(minor) + one) // (2 * one) * one
    return format_money(whole if minor >= 0 else -whole, currency).partition(".")[0]


def short_money(minor: int, currency: str) -> str:
    """An amount on a scale, without decimals that say nothing: ``£2,000``, ``£0.50``."""
    is_whole = minor % 10 ** minor_digits(currency) == 0
    return rounded_money(minor, currency) if is_whole else format_money(minor, currency)


FILTERS = {
    "month_name": month_name, "short_month": short_month, "short_day": short_day, "rounded_money": rounded_money,
    "short_money": short_money,
}  # fmt: skip
