"""Xero's where expressions, read into a test for one row (xero.md section 6).

``==`` or ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``AND``/``&&``, ``OR``/``||``, ``!``, brackets, ``null``,
``guid("…")``, ``DateTime(2026,9,1)``, ``.Contains("")``, ``.StartsWith("")``, ``.EndsWith("")``, ``.ToLower()``,
``.ToUpper()``. Text is compared without regard to case.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<mark>==|!=|<>|<=|>=|&&|\|\||[=<>!().,]))"""
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}
SAME = {"=": "==", "<>": "!="}
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}
LITERALS = {"true": ("flag", True), "false": ("flag", False), "null": ("null", None)}


class BadWhere(ValueError):
    """An expression Xero would refuse; the message says where it stops making sense."""


@dataclass(frozen=True)
class Term:
    """Something with a value for each row. kind: text, number, day, moment, guid, flag or null."""

    kind: str
    value: Callable[[Row], Any]


def parse_where(expression: str, fields: Mapping[str, str]) -> Test:
    """``fields`` maps each field's name to its kind. Raises BadWhere."""
    return _Reader(expression, fields).whole()


class _Reader:
    def __init__(self, expression: str, fields: Mapping[str, str]):
        self.tokens = _tokens(expression)
        self.place = 0
        self.fields = {name.lower(): (name, kind) for name, kind in fields.items()}

    def whole(self) -> Test:
        test = self.either()
        if self.peek():
            raise BadWhere(f"Syntax error at “{self.peek()}”")
        return test

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1] if self.place <= len(self.tokens) else ""

    def took(self, *wanted: str) -> bool:
        if self.peek().upper() in wanted:
            self.place += 1
            return True
        return False

    def demand(self, mark: str) -> None:
        if not self.took(mark):
            raise BadWhere(f"“{mark}” expected at “{self.peek() or 'the end'}”")

    def either(self) -> Test:
        tests = [self.both()]
        while self.took("OR", "||"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def both(self) -> Test:
        tests = [self.single()]
        while self.took("AND", "&&"):
            tests.append(self.single())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def single(self) -> Test:
        if self.took("!"):
            test = self.single()
            return lambda row: not test(row)
        if self.took("("):
            test = self.either()
            self.demand(")")
            return test
        return self.comparison()

    def comparison(self) -> Test:
        left = self.term()
        mark = SAME.get(self.peek(), self.peek())
        if mark not in COMPARISONS:
            if left.kind != "flag":
                raise BadWhere("Expression of type 'Boolean' expected")
            return lambda row: bool(left.value(row))
        self.take()
        return _compare(left, mark, self.term())

    def term(self) -> Term:
        token = self.take()
        if token.startswith('"'):
            return _constant("text", re.sub(r"\\(.)", r"\1", token[1:-1]))
        if re.fullmatch(r"-?\d.*", token):
            return _constant("number", Decimal(token))
        if token.lower() in LITERALS:
            return _constant(*LITERALS[token.lower()])
        if token.lower() in ("guid", "datetime") and self.peek() == "(":
            return _made(token.lower(), self.arguments())
        return self.field(token)

    def arguments(self) -> list[Any]:
        self.demand("(")
        values: list[Any] = []
        while not self.took(")"):
            values.append(self.term().value({}))
            if self.peek() != ")":
                self.demand(",")
        return values

    def field(self, first: str) -> Term:
        name, term = first, None
        while self.took("."):
            step = self.take()
            if self.peek() == "(":
                term = _method(term or self.named(name), step, self.arguments())
            else:
                name = f"{name}.{step}"
        return term or self.named(name)

    def named(self, name: str) -> Term:
        if name.lower() not in self.fields:
            raise BadWhere(f"No property or field '{name}' exists")
        known, kind = self.fields[name.lower()]
        return Term(kind, lambda row: row.get(known))


def _tokens(expression: str) -> list[str]:
    tokens, place = [], 0
    text = expression.strip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise BadWhere(f"Syntax error at position {place}")
        tokens.append(match.group().strip())
        place = match.end()
    return tokens


def _constant(kind: str, value: Any) -> Term:
    return Term(kind, lambda row: value)


def _made(kind: str, arguments: list[Any]) -> Term:
    try:
        if kind == "guid":
            return _constant("guid", str(arguments[0]).lower())
        return _constant("moment", datetime(*[int(part) for part in arguments]))  # noqa: DTZ001 all are UTC here
    except (TypeError, ValueError, IndexError) as error:
        raise BadWhere(f"No applicable constructor exists in type '{kind}'") from error


def _method(term: Term, name: str, arguments: list[Any]) -> Term:
    if term.kind != "text":
        raise BadWhere(f"No applicable method '{name}' exists")
    if name.lower() in ("tolower", "toupper") and not arguments:
        return term  # text is compared without regard to case anyway
    if name.lower() not in TEXT_TESTS or len(arguments) != 1 or not isinstance(arguments[0], str):
        raise BadWhere(f"No applicable method '{name}' exists in type 'String'")
    test, part = TEXT_TESTS[name.lower()], arguments[0].casefold()
    return Term("flag", lambda row: term.value(row) is not None and test(term.value(row).casefold(), part))


def _compare(left: Term, mark: str, right: Term) -> Test:
    kinds = {"moment" if term.kind == "day" else term.kind for term in (left, right)} - {"null"}
    if len(kinds) > 1:
        raise BadWhere(f"Operator '{mark}' incompatible with operand types '{left.kind}' and '{right.kind}'")
    compare = COMPARISONS[mark]

    def test(row: Row) -> bool:
        one, other = _plain(left.value(row)), _plain(right.value(row))
        if one is None or other is None:
            return (one is other) if mark == "==" else (one is not other) if mark == "!=" else False
        return compare(one, other)

    return test


def _plain(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
