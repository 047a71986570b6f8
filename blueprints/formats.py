"""How values are written on pages: dates as people read them, moments with their zone, assets with their version."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from services.core.money import format_money, minor_digits, to_decimal

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def init_app(app: Flask) -> None:
    app.jinja_env.filters |= {
        "day": day, "moment": moment, "size": size, "money": format_money, "figure": figure,
        "major_money": major_money,
    }
    app.jinja_env.globals |= {"asset": lambda name: asset(app.static_folder, name), "period": period}


def day(text: str) -> str:
    """``2026-05-28`` → ``28 May 2026``; empty stays empty, and what is no date is shown as it stands."""
    try:
        value = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def period(start: str, end: str) -> str:
    """``14 – 28 May 2026``: what both dates share is said once."""
    first, last = day(start).split(" "), day(end).split(" ")
    if len(first) != 3 or len(last) != 3 or start[:10] == end[:10]:
        return day(end)
    shared = 2 if first[1:] == last[1:] else 1 if first[2] == last[2] else 0
    return " ".join(first[: 3 - shared]) + " – " + " ".join(last)


def moment(value: datetime | None) -> str:
    """``28 May 2026, 14:05 UTC``."""
    return f"{day(value.date().isoformat())}, {value:%H:%M} UTC" if value else ""


def figure(minor: int, currency: str) -> str:
    """``-1,275.20``: an amount for a column whose head names the currency."""
    return f"{to_decimal(minor, currency):,f}"


def major_money(text: str, currency: str) -> str:
    """``1275.20``, as machines are told an amount → ``£1,275.20``."""
    return format_money(int(Decimal(text).scaleb(minor_digits(currency))), currency)


def size(count: int) -> str:
    """Bytes as people say them: ``634 kB``, ``1.2 MB``."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= factor:
            whole, tenth = divmod(count * 10 // factor, 10)
            return f"{whole}.{tenth} {unit}" if whole < 10 and tenth else f"{whole} {unit}"
    return f"{count} bytes"


@cache
def asset(folder: str, name: str) -> str:
    """The address of a static file, with its content's hash so that browsers may keep it."""
    version = hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=name, v=version)
