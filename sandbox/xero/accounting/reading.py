"""Reads single fields of what was sent: numbers, dates and texts."""

from decimal import Decimal
from typing import Any

from sandbox.xero import wire
from sandbox.xero.accounting.answers import bad_body
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.texts import say


def number(given: dict[str, Any], name: str) -> Decimal | None:
    """None when it was not sent. Raises Refusal for what is no number."""
    if given.get(name) in (None, ""):
        return None
    try:
        return wire.read_number(given[name])
    except ValueError as error:
        raise bad_body(f"{name}: {error}") from error


def day(given: dict[str, Any], name: str) -> str:
    """ISO, never shifted. Raises Invalid."""
    try:
        return wire.read_day(given[name])
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid(say("date_not_valid", field=name, value=given[name])) from error


def text(given: dict[str, Any], name: str, length: int) -> str:
    """Raises Invalid when it is longer than Xero takes."""
    value = str(given[name] or "")
    if len(value) > length:
        raise Invalid(say("field_too_long", field=name, length=length))
    return value


def objects(given: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects. Raises Refusal for anything else."""
    found = given[name]
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise bad_body(say("not_a_list", field=name))
    return found
