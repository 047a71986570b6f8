"""Line types: those that need a category, with a hint; the workspace's own rules, made, changed and taken back."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from models import LineTypeRule, Settlement, SettlementGroup
from services import audit, bookkeeping, mappings, settings, settlement_sums
from services.audit import Actor
from services.core.catalogue import ANY, UNKNOWN, Category, Triple, normalise, standard
from services.core.csv_cells import csv_lines
from services.core.nearest import Nearest, nearest
from services.core.settlement import LineType
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts

EXPORT = ("transaction_type", "amount_type", "amount_description", "category", "usual_sign", "source")
_NUMBERS = re.compile(r"\d{3,}|\S+@\S+")
_SIGNS = {1: "+", -1: "-", 0: "±"}


@dataclass(frozen=True)
class Unclassified:
    """A line type no catalogue or rule knows, with what hangs on it; amounts in minor units by currency."""

    line_type: LineType
    held: dict[str, int]
    lines: int
    settlements: list[str]  # Amazon's ids
    hint: Nearest | None


@dataclass(frozen=True)
class Rule:
    """A workspace's own word on a line type; a part may end in ``*`` for all that begin so."""

    row: LineTypeRule
    line_type: LineType
    category: Category


def unclassified() -> list[Unclassified]:
    """The line types that need a category, the largest first."""
    classifier, tax_rows = bookkeeping.classifier(), settings.value("sales_tax_rows")
    held: dict[LineType, Counter] = defaultdict(Counter)
    lines: Counter = Counter()
    found: dict[LineType, dict[str, None]] = defaultdict(dict)
    for row in SettlementGroup.select(SettlementGroup, Settlement).join(Settlement):
        group = bookkeeping.group_value(row)
        if classifier.classify(group.line_type, group.amazon_accounted, tax_rows).category != UNKNOWN:
            continue
        held[group.line_type][row.settlement.currency] += group.amount
        lines[group.line_type] += group.lines
        found[group.line_type][row.settlement.settlement_id] = None
    waiting = [
        Unclassified(each, dict(sums), lines[each], list(found[each]), nearest(each, _largest(sums), standard()))
        for each, sums in held.items()
    ]
    return sorted(waiting, key=lambda item: (-abs(_largest(item.held)), item.line_type))


def _largest(held: dict[str, int]) -> int:
    return max(held.values(), key=abs)


def classify(parts: Parts, line_type: LineType, category: str, actor: Actor) -> None:
    """Gives a line type its category, here and in every settlement, by a rule of the workspace's own.

    A part that ends in ``*`` stands for all that begin so. A rule on the same line type is replaced.
    """
    known = mappings.known_category(category)
    key = _key(line_type)
    if not any(cell.strip(ANY) for cell in key):
        raise Refused("Choose a line type first: its words, or at least how they begin.")
    if known.id == UNKNOWN:
        raise Refused("Choose the category this line type belongs to.")
    with write_txn():
        now = parts.clock.now()
        LineTypeRule.delete().where(_is(key)).execute()
        LineTypeRule.create(
            transaction_type=key[0],
            amount_type=key[1],
            amount_description=key[2],
            category=known.id,
            created_at=now,
            created_by=actor.name,
            words="\t".join(astuple(line_type)),
        )
        settlement_sums.reclassify()
        told = " / ".join(astuple(line_type))
        audit.record(actor, "line_type.classified", "workspace", now, category=known.id, line_type=told)


def _key(line_type: LineType) -> Triple:
    transaction, amount, description = (
        normalise(part) + (ANY if part.rstrip().endswith(ANY) else "") for part in astuple(line_type)
    )
    return transaction, amount, description


def _is(key: Triple):
    return (
        (LineTypeRule.transaction_type == key[0])
        & (LineTypeRule.amount_type == key[1])
        & (LineTypeRule.amount_description == key[2])
    )


def rules() -> list[Rule]:
    """The workspace's own rules, the latest first."""
    rows = LineTypeRule.select().order_by(LineTypeRule.created_at.desc(), LineTypeRule.id.desc())
    return [Rule(row, _words_of(row), mappings.known_category(row.category)) for row in rows]


def _words_of(row: LineTypeRule) -> LineType:
    """As Amazon printed it; a rule from before that was kept is told by its key."""
    return LineType(
        *(row.words.split("\t") if row.words else (row.transaction_type, row.amount_type, row.amount_description))
    )


def take_back(parts: Parts, rule_id: int, actor: Actor) -> None:
    """The catalogue's word counts again, in every settlement. Raises NotFound."""
    with write_txn():
        row = LineTypeRule.get_or_none(LineTypeRule.id == rule_id)
        if row is None:
            raise NotFound("That rule is gone already.")
        told = " / ".join(astuple(_words_of(row)))
        row.delete_instance()
        settlement_sums.reclassify()
        audit.record(
            actor, "line_type.rule_removed", "workspace", parts.clock.now(), category=row.category, line_type=told
        )


def as_contribution() -> Iterator[str]:
    """Own rules and unknown line types as CSV that can be given to others: no amounts, ids or names are in it."""
    ours = ((each.line_type, each.category.id, "", "a workspace's rule") for each in rules())
    waiting = (
        (each.line_type, UNKNOWN, _SIGNS[(_largest(each.held) > 0) - (_largest(each.held) < 0)], "met, not classified")
        for each in unclassified()
    )
    told = [
        (*(_NUMBERS.sub("#", part) for part in astuple(line_type)), *rest)
        for line_type, *rest in [*ours, *waiting]
    ]
    return csv_lines(EXPORT, dict.fromkeys(told))
