"""What a where expression says, as a tree: tested against one row, or turned into SQL by where_sql."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}


@dataclass(frozen=True)
class Field:
    name: str
    kind: str  # text, number, day, moment, guid or flag

    def value(self, row: Row) -> Any:
        return _plain(row.get(self.name))


@dataclass(frozen=True)
class Literal:
    kind: str  # as above, or null; moments are naive and mean UTC
    content: Any

    def value(self, row: Row) -> Any:
        return _plain(self.content)


Term = Field | Literal


@dataclass(frozen=True)
class Compare:
    left: Term
    mark: str
    right: Term

    def matches(self, row: Row) -> bool:
        one, other = self.left.value(row), self.right.value(row)
        if one is None or other is None:
            return (one is other) if self.mark == "==" else (one is not other) if self.mark == "!=" else False
        return COMPARISONS[self.mark](one, other)


@dataclass(frozen=True)
class TextTest:
    term: Term
    method: str
    part: str  # casefolded

    def matches(self, row: Row) -> bool:
        text = self.term.value(row)
        return text is not None and TEXT_TESTS[self.method](text, self.part)


@dataclass(frozen=True)
class IsTrue:
    term: Term

    def matches(self, row: Row) -> bool:
        return bool(self.term.value(row))


@dataclass(frozen=True)
class Not:
    inner: "Tree"

    def matches(self, row: Row) -> bool:
        return not self.inner.matches(row)


@dataclass(frozen=True)
class Both:
    parts: tuple["Tree", ...]

    def matches(self, row: Row) -> bool:
        return all(part.matches(row) for part in self.parts)


@dataclass(frozen=True)
class Either:
    parts: tuple["Tree", ...]

    def matches(self, row: Row) -> bool:
        return any(part.matches(row) for part in self.parts)


Tree = Compare | TextTest | IsTrue | Not | Both | Either


def leaves(tree: Tree) -> Iterator[Compare | TextTest | IsTrue]:
    if isinstance(tree, Not):
        yield from leaves(tree.inner)
    elif isinstance(tree, Both | Either):
        for part in tree.parts:
            yield from leaves(part)
    else:
        yield tree


def is_optimised(tree: Tree, fields: set[str]) -> bool:
    """Whether Xero looks this up quickly: ``fields`` compared with values, joined with AND [INV-DOC].

    OR is quick on ids alone; the text methods never are.
    """
    if isinstance(tree, Both):
        return all(is_optimised(part, fields) for part in tree.parts)
    if isinstance(tree, Either):
        return all(isinstance(leaf, Compare) and _names_a_guid(leaf) for leaf in leaves(tree))
    return isinstance(tree, Compare) and isinstance(tree.left, Field) and tree.left.name in fields


def _names_a_guid(leaf: Compare) -> bool:
    return isinstance(leaf.left, Field) and leaf.left.kind == "guid"


def _plain(value: Any) -> Any:
    """Text is compared without regard to case."""
    return value.casefold() if isinstance(value, str) else value
