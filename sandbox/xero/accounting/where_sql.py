"""A where expression as SQL, so that the database looks through many documents and not we.

Columns are given as SQL: text as it stands, guids in lower case, numbers in millionths, days and
moments in milliseconds since 1970, flags as 0 or 1.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.xero.accounting.expression import Both, Compare, Either, Field, IsTrue, Not, Term, TextTest, Tree

Sql = tuple[str, list[Any]]  # the words, and the values for their question marks
LARGEST = 2**63 - 1
MARKS = {"==": "IS", "!=": "IS NOT"}


def to_sql(tree: Tree, columns: Mapping[str, str]) -> Sql:
    """``columns`` maps each field's name to SQL. The words are true or false, never null."""
    if isinstance(tree, Not):
        words, values = to_sql(tree.inner, columns)
        return f"NOT ({words})", values
    if isinstance(tree, Both | Either):
        parts = [to_sql(part, columns) for part in tree.parts]
        joined = (" AND " if isinstance(tree, Both) else " OR ").join(f"({words})" for words, _ in parts)
        return joined, [value for _, values in parts for value in values]
    return _leaf(tree, columns)


def _leaf(tree: Compare | TextTest | IsTrue, columns: Mapping[str, str]) -> Sql:
    if isinstance(tree, IsTrue):
        words, values = _term(tree.term, columns)
        return f"coalesce({words}, 0)", values
    if isinstance(tree, TextTest):
        words, values = _term(tree.term, columns)
        return f"coalesce(text_{tree.method}({words}, ?), 0)", [*values, tree.part]
    left, left_values = _term(tree.left, columns)
    right, right_values = _term(tree.right, columns)
    mark = MARKS.get(tree.mark)
    words = f"{left} {mark} {right}" if mark else f"coalesce({left} {tree.mark} {right}, 0)"
    return words, left_values + right_values


def _term(term: Term, columns: Mapping[str, str]) -> Sql:
    if isinstance(term, Field):
        column = f"nullif({columns[term.name]}, '')" if term.kind in ("text", "guid") else columns[term.name]
        return (f"folded({column})" if term.kind == "text" else column), []
    return "?", [_value(term.content)]


def _value(content: Any) -> Any:
    if isinstance(content, str):
        return content.casefold()
    if isinstance(content, Decimal):
        return max(-LARGEST, min(LARGEST, int(content * 1_000_000)))
    if isinstance(content, datetime):
        return int(content.replace(tzinfo=UTC).timestamp() * 1000)
    return content
