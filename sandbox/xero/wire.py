"""JSON as Xero writes it: pretty-printed with CRLF, exact decimals, /Date(ms+0000)/ pairs [VCR, REC]."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

CENT = Decimal("0.01")
TOO_LARGE = Decimal(10) ** 30


class NotJson(ValueError):
    """The body is no JSON, or holds numbers that are none."""


def loads(text: str | bytes) -> Any:
    """Reads JSON with every fraction as an exact Decimal. Raises NotJson."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def check_text(value: Any) -> None:
    """Raises NotJson for text that no encoding can hold: half of a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotJson("a character is only half there") from error


def _no_constant(name: str) -> None:
    raise NotJson(f"{name} is not a number")


def dumps(value: Any) -> str:
    """Compact JSON with exact decimals, for the store."""
    written: list[str] = []
    _write(value, None, written.append)
    return "".join(written)


def pretty(value: Any) -> str:
    """The same as Xero prints it on the wire."""
    written: list[str] = []
    _write(value, "\r\n", written.append)
    return "".join(written)


def _write(value: Any, line: str | None, write: Callable[[str], None]) -> None:
    """``line`` is what starts a line at this depth, or None for everything in one."""
    kind = type(value)
    if kind is str:
        write(_date(value) if value.startswith("/Date(") else _text(value))
    elif kind is Decimal:
        text = str(value)
        write(format(value, "f") if "E" in text else text)
    elif kind is dict:
        _write_items("{", value.items(), line, write)
    elif kind is list:
        _write_items("[", value, line, write)
    else:
        write(json.dumps(value))


def _write_items(bracket: str, items: Any, line: str | None, write: Callable[[str], None]) -> None:
    inner = None if line is None else line + "  "
    lead, colon = inner or "", ": " if line else ":"
    between = f",{lead}"
    write(bracket)
    for item in items:
        if bracket == "{":
            name, item = item
            write(f"{lead}{_key(name)}{colon}")
        else:
            write(lead)
        lead = between
        if type(item) is str and item[:6] != "/Date(":
            write(_text(item))
        else:
            _write(item, inner, write)
    if line and items:
        write(line)
    write("}" if bracket == "{" else "]")


def _date(text: str) -> str:
    """Xero escapes the slashes of its dates [VCR]."""
    return _text(text).replace("/", "\\/")


_text = json.encoder.encode_basestring_ascii
_key = cache(_text)


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
    if not number.is_finite() or abs(number) >= TOO_LARGE:
        raise ValueError(f"{value!r} is no number")
    return number
