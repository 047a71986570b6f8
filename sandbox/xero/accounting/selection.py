"""What a list call asks for: where, order, If-Modified-Since and pages (xero.md section 6)."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.xero import clock
from sandbox.xero.accounting.answers import bad_query
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.expression import Tree
from sandbox.xero.accounting.where import BadWhere, parse_where

TABLE = Path(__file__).parents[1] / "data" / "fields.toml"
MAX_PAGE_SIZE = 1000
LARGEST_PAGE_NUMBER = 10_000_000


@cache
def fields(resource: str) -> dict[str, str]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))[resource]


class Row:
    """An item as where and order see it: dates as moments, ids in lower case, empty fields as null."""

    def __init__(self, item: dict, kinds: dict[str, str]):
        self.item = item
        self.kinds = kinds

    def get(self, name: str) -> Any:
        value: Any = self.item
        for step in name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return _READ[self.kinds[name]](value) if value not in (None, "") else None


_READ: dict[str, Callable[[Any], Any]] = {
    "text": str, "guid": lambda value: value.lower(), "number": Decimal, "flag": bool,
    "day": datetime.fromisoformat, "moment": lambda ms: clock.moment(ms).replace(tzinfo=None),
}


def select(call: Call, items: list[dict], resource: str) -> list[dict]:
    """Filters and sorts a short list by the call's where, order and If-Modified-Since. Raises Refusal."""
    kinds, since = fields(resource), modified_since(call)
    if since is not None:
        items = [item for item in items if item.get("UpdatedDateUTC", since + 1) > since]
    rows, tree = [Row(item, kinds) for item in items], where(call, kinds)
    if tree is not None:
        rows = [row for row in rows if tree.matches(row)]
    for name, backwards in reversed(order(call, kinds)):
        rows.sort(key=lambda row: _sortable(row.get(name)), reverse=backwards)
    return [row.item for row in rows]


def where(call: Call, kinds: dict[str, str]) -> Tree | None:
    """Raises Refusal."""
    expression = call.query.get("where", "")
    try:
        return parse_where(expression, kinds) if expression else None
    except BadWhere as error:
        raise bad_query(str(error)) from error


def modified_since(call: Call) -> int | None:
    """``yyyy-mm-ddThh:mm:ss`` in UTC, as ms; any other form is not understood and so does nothing [INV-DOC, PYX]."""
    try:
        since = datetime.fromisoformat(call.request.headers.get("If-Modified-Since", ""))
        return int(since.replace(tzinfo=since.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def order(call: Call, kinds: dict[str, str]) -> list[tuple[str, bool]]:
    """(field, backwards) for each step. Raises Refusal."""
    known = {name.lower(): name for name in kinds}
    steps = []
    for step in filter(None, (part.strip() for part in call.query.get("order", "").split(","))):
        name, _, direction = step.partition(" ")
        if name.lower() not in known or direction.strip().upper() not in ("", "ASC", "DESC"):
            raise bad_query(f"No property or field '{name}' exists, or “{direction}” is no direction")
        steps.append((known[name.lower()], direction.strip().upper() == "DESC"))
    return steps


def _sortable(value: Any) -> tuple:
    return (value is not None, value.casefold() if isinstance(value, str) else value) if value is not None else (False,)


def page_asked(call: Call) -> tuple[int, int]:
    """(page, page size). Raises Refusal."""
    number, size = _whole(call, "page", 1), _whole(call, "pageSize", 100)
    if not 1 <= size <= MAX_PAGE_SIZE or not 1 <= number <= LARGEST_PAGE_NUMBER:
        raise bad_query(f"page starts at 1 and pageSize goes from 1 to {MAX_PAGE_SIZE}")
    return number, size


def pagination(number: int, size: int, count: int) -> dict[str, int]:
    return {"page": number, "pageSize": size, "pageCount": -(-count // size), "itemCount": count}


def page(call: Call, items: list[dict]) -> tuple[list[dict], dict]:
    """One page of a short list and its pagination object; a page past the end is empty. Raises Refusal."""
    number, size = page_asked(call)
    return items[(number - 1) * size : number * size], pagination(number, size, len(items))


def _whole(call: Call, name: str, default: int) -> int:
    try:
        return int(call.query.get(name, default))
    except ValueError as error:
        raise bad_query(f"{name} must be a whole number") from error


def listed(call: Call, name: str) -> set[str]:
    """A comma list in the query, in lower case; empty when it is not there."""
    return {part.strip().casefold() for part in call.query.get(name, "").split(",") if part.strip()}
