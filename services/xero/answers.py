"""Reads what Xero's hosts answer: exact numbers, dates as printed, and each kind of refusal as its own error.

Bodies come as JSON of two families, HTML, plain text or nothing (xero.md section 7); nothing here
trusts a body to be what its status suggests.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import requests

from services.xero import errors

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_WORDS = 500
_MOST_PLACES = 28  # before or after the decimal point: 1E+999999999 is good JSON too


def read(response: requests.Response) -> Any:
    """The JSON of a good answer (None when it is empty, as after a DELETE); raises XeroError otherwise."""
    raise_for_refusal(response)
    if not response.content.strip():
        return None
    answer = as_json(response)
    if answer is None:
        raise errors.Unreadable(xero_words=_text(response))
    return answer


def as_json(response: requests.Response) -> Any | None:
    """The body as JSON with numbers as Decimal, or None when it is not JSON."""
    try:
        return json.loads(response.content, parse_float=Decimal, parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        return None


def _not_a_number(word: str) -> None:
    raise ValueError(f"{word} is not an amount")


def raise_for_refusal(response: requests.Response) -> None:
    """Raises the XeroError that the status and body stand for, unless the status is 2xx."""
    status = response.status_code
    if 200 <= status < 300:
        return
    if status == 429:
        raise _rate_limited(response)
    if status in (401, 403):
        raise _denied(response)
    if status == 404:
        raise errors.NotFoundInXero(xero_words=_text(response))
    if status == 503:
        raise errors.Unavailable(xero_words=_text(response))
    if status >= 500:
        raise errors.ServerError(xero_words=_text(response))
    if status >= 400:
        raise _rejected(response)
    raise errors.Unreadable(xero_words=f"HTTP {status}")


def _rate_limited(response: requests.Response) -> errors.RateLimited:
    waiting = response.headers.get("Retry-After", "")
    kind = response.headers.get("X-Rate-Limit-Problem", "").lower()
    return errors.RateLimited(kind, whole(waiting))


def whole(header: str) -> int | None:
    """A header's whole number; None where it is absent or no number of a sensible length."""
    return int(header) if header.isascii() and header.isdigit() and len(header) < 10 else None


def _denied(response: requests.Response) -> errors.XeroError:
    # Xero's own pages spell it insufficent_scope; both are met (xero.md 2.5).
    if re.search(r"insuffici?ent_scope", response.headers.get("WWW-Authenticate", "")):
        return errors.ScopeMissing(xero_words=_text(response))
    words = _text(response)
    # The token is known and the user may not do this: a new token would not help.
    is_allowed_at_all = response.status_code == 401 and "AuthorizationUnsuccessful" not in words
    return (errors.TokenExpired if is_allowed_at_all else errors.AccessRefused)(xero_words=words)


def _rejected(response: requests.Response) -> errors.Rejected:
    body = as_json(response)
    elements = [element for element in _list(body, "Elements") if isinstance(element, dict)]
    messages = [message for element in elements for message in validation_messages(element)]
    return errors.Rejected(messages or [words for words in [_text(response)] if words], elements)


def validation_messages(element: dict) -> list[str]:
    """Xero's words about one element, its lines and its contact included; each once."""
    parts = [element, *_list(element, "LineItems"), element.get("Contact")]
    return list(dict.fromkeys(message for part in parts for message in _messages(part, "ValidationErrors")))


def warning_messages(element: dict) -> tuple[str, ...]:
    """What Xero remarks without refusing; each once."""
    return tuple(dict.fromkeys(_messages(element, "Warnings")))


def _messages(part: Any, name: str) -> list[str]:
    found = (each.get("Message") for each in _list(part, name) if isinstance(each, dict))
    return [str(message) for message in found if message]


def _list(body: Any, name: str) -> list:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, list) else []


def _text(response: requests.Response) -> str:
    """The words of an error body, short; empty for HTML and for JSON that holds none."""
    body = as_json(response)
    if isinstance(body, dict):
        words = [body.get(name) for name in ("Detail", "Message", "error_description", "error")]
        return next((word for word in words if isinstance(word, str) and word), "")[:_LONGEST_WORDS]
    if body is not None or "html" in response.headers.get("Content-Type", "").lower():
        return ""
    return response.content.decode("utf-8", "replace").strip()[:_LONGEST_WORDS]


def elements_of(answer: Any, name: str) -> list[dict]:
    """``answer[name]`` as a list of objects; raises Unreadable when it is anything else."""
    elements = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise errors.Unreadable(xero_words=f"no {name} in the answer")
    return elements


def amount(value: Any) -> Decimal:
    """An amount or rate, exact; absent ones are zero. Raises Unreadable, also for one with an absurd exponent."""
    try:
        number = Decimal(str(value if value is not None else 0))
    except (InvalidOperation, ValueError):  # ValueError: a whole number of thousands of digits
        raise _no_amount(value) from None
    if not number.is_finite() or not -_MOST_PLACES <= number.as_tuple().exponent <= _MOST_PLACES:
        raise _no_amount(value)
    return number


def _no_amount(value: Any) -> errors.Unreadable:
    return errors.Unreadable(xero_words=f"{repr(value)[:60]} is not an amount")


def text(element: dict, name: str) -> str:
    """A text field; empty where it is absent or null. Raises Unreadable for a list or an object in its place."""
    value = element.get(name)
    if isinstance(value, dict | list):
        raise errors.Unreadable(xero_words=f"{name} is no text")
    # Half a surrogate pair is good JSON, and no text that can be stored or shown.
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def parts_of(element: dict, name: str) -> list[dict]:
    """The objects of a list within an element; none where it is absent or null. Raises Unreadable."""
    found = element.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
        raise errors.Unreadable(xero_words=f"{name} is no list")
    return found


def day(element: dict, name: str) -> str:
    """A document date as YYYY-MM-DD, never shifted: ``DateString`` if there, else the UTC day of ``/Date(…)/``."""
    printed = _DAY.match(text(element, f"{name}String"))
    if printed:
        return printed[0]
    value = text(element, name)
    moved = moment(value) if _TICKS.match(value) else None
    if moved:
        return moved.date().isoformat()
    plain = _DAY.match(value)
    return plain[0] if plain else ""


def moment(value: Any) -> datetime | None:
    """``/Date(1789378199100+0000)/`` or ISO text as an aware UTC moment; None where there is none.

    Raises Unreadable for one that no calendar has.
    """
    printed = str(value or "")
    ticks = _TICKS.fullmatch(printed)
    try:
        if ticks:
            return _EPOCH + timedelta(milliseconds=int(ticks[1]))
        return _iso(printed)
    except (OverflowError, ValueError):  # ValueError: ticks of thousands of digits
        raise errors.Unreadable(xero_words=f"{printed[:60]!r} is no moment") from None


def _iso(printed: str) -> datetime | None:
    try:
        # Xero prints seven fractional digits and leaves the zone out: it is UTC (xero.md 1.6).
        read_as = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", printed))
    except ValueError:
        return None
    return read_as.replace(tzinfo=read_as.tzinfo or UTC).astimezone(UTC)
