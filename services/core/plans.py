"""The plan: the document as it would be sent, decided from a settlement's groups, the mappings and the books."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from services.core.books import AccountFacts, Books, Mapped, TaxRateFacts
from services.core.catalogue import UNKNOWN
from services.core.classifier import Classifier, amazons_words
from services.core.money import format_major
from services.core.plan_lines import (
    CLEARING,
    AddedLine,
    PlanLine,
    PlanSettings,
    Rules,
    added_line,
    clearing_line,
    plan_lines,
)
from services.core.plan_problems import (
    Problem,
    adding_up_problems,
    books_problems,
    journal_problems,
    mapping_problems,
    unknown_problems,
)
from services.core.settlement import Group, LineType

__all__ = [
    "AccountFacts", "AddedLine", "Books", "Mapped", "Plan", "PlanLine", "PlanSettings", "Problem", "Subject",
    "TaxRateFacts", "plan_document",
]  # fmt: skip

Kind = Literal["invoice", "credit_note", "bill", "manual_journal", "nothing"]


@dataclass(frozen=True)
class Subject:
    """The settlement a plan is for, and what was settled when it arrived. Amounts in minor units."""

    settlement_id: str
    number: str
    reference: str
    marketplace: str
    currency: str
    total: int
    deposit_date: str  # YYYY-MM-DD as printed; empty when unknown
    end_date: str
    contact: str
    lines_total: int  # of the lines in the file
    added: AddedLine | None = None
    booked_elsewhere: str = ""  # the sentence that says so

    @property
    def whole(self) -> int:
        """What the lines come to, with the one an admin added."""
        return self.lines_total + (self.added.amount if self.added else 0)

    @property
    def date(self) -> str:
        """The day the money came, else the day the period ended."""
        return self.deposit_date or self.end_date


@dataclass(frozen=True)
class Plan:
    """A document as it would be sent; preview shows it, posting sends exactly it.

    ``lines`` holds every group, zero ones too; amounts stand as in the document, so a credit note's
    and a bill's have their signs turned, and a journal's too (debits positive), its balancing line
    among them. ``settlement_total`` is as Amazon states it.
    """

    settlement_id: str
    number: str
    reference: str
    kind: Kind
    contact: str
    date: str
    due_date: str
    currency: str
    total: int
    settlement_total: int
    lines: tuple[PlanLine, ...]
    problems: tuple[Problem, ...]
    stays_draft: bool = False  # it is left a draft in Xero

    @property
    def document_lines(self) -> tuple[PlanLine, ...]:
        """The lines that are sent: a group that sums to zero is shown and left out."""
        return tuple(line for line in self.lines if line.gross)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.document_lines)

    @property
    def lines_total(self) -> int:
        """What Amazon's lines come to, in the settlement's own signs."""
        total = sum(line.gross for line in self.lines if line.category != CLEARING)
        return total if self.kind == "invoice" else -total

    @property
    def key(self) -> str:
        """What the document is recognised by: ``TBUK-26881161592``, the reference's last word."""
        return self.reference.rpartition(" ")[2]

    @property
    def is_postable(self) -> bool:
        return not self.problems and self.kind != "nothing"

    @property
    def hash(self) -> str:
        """SHA-256 over all that would be sent and how it would stand: equal hashes, equal documents."""
        lines = [
            [line.description, line.account_code, line.tax_type, line.tracking, line.gross, line.tax]
            for line in self.document_lines
        ]
        sent = [
            self.settlement_id, self.number, self.reference, self.kind, self.contact, self.date, self.due_date,
            self.currency, self.total, self.stays_draft, lines,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(sent, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict:
        """The preview for machines (product.md, section 17): amounts are strings in major units."""
        return {
            "settlement_id": self.settlement_id,
            "number": self.number,
            "reference": self.reference,
            "kind": self.kind,
            "contact": self.contact,
            "date": self.date,
            "due_date": self.due_date,
            "currency": self.currency,
            "total": format_major(self.total, self.currency),
            "settlement_total": format_major(self.settlement_total, self.currency),
            "lines": [self._line_as_json(line) for line in self.lines],
            "problems": [problem.message for problem in self.problems],
        }

    def _line_as_json(self, line: PlanLine) -> dict:
        return {
            "description": line.description,
            "category": line.category,
            "account_code": line.account_code,
            "tax_type": line.tax_type,
            "gross": format_major(line.gross, self.currency),
            "tax": format_major(line.tax, self.currency),
            "net": format_major(line.net, self.currency),
        }


def plan_document(
    subject: Subject, groups: Iterable[Group], classifier: Classifier, books: Books, settings: PlanSettings
) -> Plan:
    """Decides the one document of a settlement, and what stands in its way. Drops nothing."""
    groups = tuple(groups)
    rules = Rules(classifier, books, settings)
    kind, sign = _kind_and_sign(subject, settings)
    lines = plan_lines(groups, subject.marketplace, rules, sign)
    if subject.added:
        lines += (added_line(subject.added, books, sign),)
    total = sum(line.gross for line in lines)
    assert total == sign * subject.whole, "the plan must hold every line of the settlement"
    nothing = not any(line.gross for line in lines)
    if kind == "manual_journal" and total:
        lines += (clearing_line(-total, settings.clearing_account, books),)
        total = 0
    return Plan(
        settlement_id=subject.settlement_id,
        number=subject.number,
        reference=subject.reference,
        kind="nothing" if nothing else kind,
        contact=subject.contact,
        date=subject.date,
        due_date=subject.date,
        currency=subject.currency,
        total=total,
        settlement_total=subject.total,
        lines=lines,
        problems=tuple(_problems(subject, groups, lines, rules, sign)),
        stays_draft=settings.document_status == "draft",
    )


def _kind_and_sign(subject: Subject, settings: PlanSettings) -> tuple[Kind, int]:
    """What the settlement becomes; -1 where every amount is turned.

    Xero has no invoice below zero, and a journal's debits are positive (product.md sections 9, 13).
    """
    if settings.post_as == "manual_journal":
        return "manual_journal", -1
    return ("invoice", 1) if subject.total >= 0 else (settings.negative_as, -1)


def _problems(
    subject: Subject, groups: tuple[Group, ...], lines: tuple[PlanLine, ...], rules: Rules, sign: int
) -> Iterator[Problem]:
    if subject.booked_elsewhere:
        yield Problem("booked_elsewhere", subject.booked_elsewhere)
        return
    categories = rules.classifier.catalogue.categories
    yield from adding_up_problems(subject.total, subject.whole, subject.currency)
    yield from unknown_problems(_unknown(groups, rules), subject.currency)
    yield from mapping_problems(lines, categories, subject.currency, sign)
    if rules.settings.post_as == "manual_journal":
        yield from journal_problems(lines, rules.books, subject.currency)
    yield from books_problems(lines, rules.books, subject.currency, subject.date)


def _unknown(groups: Iterable[Group], rules: Rules) -> Iterator[tuple[LineType, str, int]]:
    amounts: dict[LineType, int] = {}
    for group in groups:
        if rules.classify(group).category == UNKNOWN:
            amounts[group.line_type] = amounts.get(group.line_type, 0) + group.amount
    for line_type, amount in sorted(amounts.items()):
        if amount:
            yield line_type, amazons_words(line_type), amount
