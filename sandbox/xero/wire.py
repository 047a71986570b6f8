"""JSON as Xero writes it: pretty-printed with CRLF, exact decimals, /Date(ms+0000)/ pairs [VCR, REC]."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")


class NotJson(ValueError):
    """The body is no JSON, or holds numbers that are none."""


def loads(text: str | bytes) -> Any:
    """Reads JSON with every fraction as an exact Decimal. Raises NotJson."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def _no_constant(name: str) -> None:
    raise NotJson(f"{name} is not a number")


def dumps(value: Any) -> str:
    """Compact JSON with exact decimals, for the store."""
    return "".join(_write(value, None))


def pretty(value: Any) -> str:
    """The same as Xero prints it on the wire."""
    return "".join(_write(value, "\r\n"))


def _write(value: Any, line: str | None):
    if isinstance(value, Decimal):
        yield format(value, "f")
    elif isinstance(value, str) and value.startswith("/Date("):
        yield json.dumps(value).replace("/", "\\/")
    elif isinstance(value, dict):
        colon = ": " if line else ":"
        yield from _write_all("{}", [(json.dumps(key) + colon, item) for key, item in value.items()], line)
    elif isinstance(value, list):
        yield from _write_all("[]", [("", item) for item in value], line)
    else:
        yield json.dumps(value)


def _write_all(brackets: str, items: list[tuple[str, Any]], line: str | None):
    inner = None if line is None else line + "  "
    yield brackets[0]
    for place, (lead, item) in enumerate(items):
        yield ("," if place else "") + (inner or "") + lead
        yield from _write(item, inner)
    yield (line if line and items else "") + brackets[1]


def moment(ms: int) -> str:
    """A moment: ``/Date(1789378199100+0000)/``."""
    return f"/Date({ms}+0000)/"


def day_pair(name: str, iso: str) -> dict[str, str]:
    """A document's date both ways: ``DateString`` and ``Date``, midnight UTC, never shifted."""
    midnight = datetime.fromisoformat(iso).replace(tzinfo=UTC)
    return {f"{name}String": f"{iso}T00:00:00", name: moment(int(midnight.timestamp() * 1000))}


def iso_moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_day(value: Any) -> str:
    """A date as sent: ``2026-05-28`` (perhaps with a time) or ``/Date(ms)/``. Raises ValueError."""
    text = str(value).strip()
    if text.startswith("/Date("):
        ms = int(text.removeprefix("/Date(").removesuffix(")/").split("+")[0])
        return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat()
    return date.fromisoformat(text[:10]).isoformat()


def read_number(value: Any) -> Decimal:
    """A number as sent: JSON number or text. Raises ValueError."""
    if isinstance(value, bool):
        raise ValueError("true and false are no numbers")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is no number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is no number")
    return number
