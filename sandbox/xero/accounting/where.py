"""Xero's where expressions, read into a tree (xero.md section 6).

``==`` or ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``AND``/``&&``, ``OR``/``||``, ``!``, brackets, ``null``,
``guid("…")``, ``DateTime(2026,9,1)``, ``.Contains("")``, ``.StartsWith("")``, ``.EndsWith("")``, ``.ToLower()``,
``.ToUpper()``.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.xero.accounting.expression import (
    COMPARISONS,
    TEXT_TESTS,
    Both,
    Compare,
    Either,
    Field,
    IsTrue,
    Literal,
    Not,
    Term,
    TextTest,
    Tree,
)

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<mark>==|!=|<>|<=|>=|&&|\|\||[=<>!().,]))"""
)
SAME = {"=": "==", "<>": "!="}
LITERALS = {"true": ("flag", True), "false": ("flag", False), "null": ("null", None)}
DEEPEST = 50


class BadWhere(ValueError):
    """An expression Xero would refuse; the message says where it stops making sense."""


def parse_where(expression: str, fields: Mapping[str, str]) -> Tree:
    """``fields`` maps each field's name to its kind. Raises BadWhere."""
    return _Reader(expression, fields).whole()


class _Reader:
    def __init__(self, expression: str, fields: Mapping[str, str]):
        self.tokens = _tokens(expression)
        self.place = self.depth = 0
        self.fields = {name.lower(): (name, kind) for name, kind in fields.items()}

    def whole(self) -> Tree:
        tree = self.either()
        if self.peek():
            raise BadWhere(f"Syntax error at “{self.peek()}”")
        return tree

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

    def either(self) -> Tree:
        parts = [self.both()]
        while self.took("OR", "||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self) -> Tree:
        parts = [self.single()]
        while self.took("AND", "&&"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def single(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadWhere("The expression is nested too deeply")
        tree = self._single()
        self.depth -= 1
        return tree

    def _single(self) -> Tree:
        if self.took("!"):
            return Not(self.single())
        if self.took("("):
            tree = self.either()
            self.demand(")")
            return tree
        return self.comparison()

    def comparison(self) -> Tree:
        left = self.term()
        if isinstance(left, TextTest):
            return self.compared_with_a_flag(left)
        mark = SAME.get(self.peek(), self.peek())
        if mark not in COMPARISONS:
            if left.kind != "flag":
                raise BadWhere("Expression of type 'Boolean' expected")
            return IsTrue(left)
        self.take()
        return _compare(left, mark, self.term())

    def compared_with_a_flag(self, test: TextTest) -> Tree:
        """``Name.Contains("x") == false`` says the same as ``!Name.Contains("x")``."""
        mark = SAME.get(self.peek(), self.peek())
        if mark not in ("==", "!="):
            return test
        self.take()
        wanted = self.term()
        if not isinstance(wanted, Literal) or wanted.kind != "flag":
            raise BadWhere(f"Operator '{mark}' incompatible with operand types 'Boolean' and other")
        return test if wanted.content == (mark == "==") else Not(test)

    def term(self) -> Any:
        token = self.take()
        if token.startswith('"'):
            return self.methods(Literal("text", re.sub(r"\\(.)", r"\1", token[1:-1])))
        if re.fullmatch(r"-?\d.*", token):
            return Literal("number", Decimal(token))
        if token.lower() in LITERALS:
            return Literal(*LITERALS[token.lower()])
        if token.lower() in ("guid", "datetime") and self.peek() == "(":
            return _made(token.lower(), self.arguments())
        return self.field(token)

    def arguments(self) -> list[Any]:
        self.demand("(")
        values: list[Any] = []
        while not self.took(")"):
            argument = self.term()
            if not isinstance(argument, Literal):
                raise BadWhere("Only plain values can stand in brackets")
            values.append(argument.content)
            if self.peek() != ")":
                self.demand(",")
        return values

    def field(self, name: str) -> Any:
        while self.peek() == "." and not self.method_follows():
            self.take()
            name = f"{name}.{self.take()}"
        if name.lower() not in self.fields:
            raise BadWhere(f"No property or field '{name}' exists")
        return self.methods(Field(*self.fields[name.lower()]))

    def method_follows(self) -> bool:
        return self.place + 2 < len(self.tokens) and self.tokens[self.place + 2] == "("

    def methods(self, term: Any) -> Any:
        while self.took("."):
            term = _method(term, self.take(), self.arguments())
        return term


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


def _made(kind: str, arguments: list[Any]) -> Literal:
    try:
        if kind == "guid":
            return Literal("guid", str(arguments[0]).lower())
        return Literal("moment", datetime(*[int(part) for part in arguments]))  # noqa: DTZ001 all are UTC here
    except (TypeError, ValueError, IndexError, OverflowError) as error:
        raise BadWhere(f"No applicable constructor exists in type '{kind}'") from error


def _method(term: Any, name: str, arguments: list[Any]) -> Term | TextTest:
    if not isinstance(term, Field | Literal) or term.kind != "text":
        raise BadWhere(f"No applicable method '{name}' exists")
    if name.lower() in ("tolower", "toupper") and not arguments:
        return term  # text is compared without regard to case anyway
    if name.lower() not in TEXT_TESTS or len(arguments) != 1 or not isinstance(arguments[0], str):
        raise BadWhere(f"No applicable method '{name}' exists in type 'String'")
    return TextTest(term, name.lower(), arguments[0].casefold())


def _compare(left: Term, mark: str, right: Any) -> Compare:
    if not isinstance(right, Field | Literal):
        raise BadWhere(f"Operator '{mark}' incompatible with operand types '{left.kind}' and 'Boolean'")
    kinds = {"moment" if term.kind == "day" else term.kind for term in (left, right)} - {"null"}
    if len(kinds) > 1:
        raise BadWhere(f"Operator '{mark}' incompatible with operand types '{left.kind}' and '{right.kind}'")
    return Compare(left, mark, right)
