"""Line types: those that need a category, with a hint; the workspace's own rules, made, changed and taken back."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from models import LineTypeRule, Settlement, SettlementGroup
from services import audit, bookkeeping, mappings, settings, settlement_sums
from services.audit import Actor
from services.core.catalogue import ANY, UNKNOWN, Category, Triple, normalise, normalised, standard
from services.core.csv_cells import csv_lines
from services.core.nearest import Nearest, nearest
from services.core.settlement import LineType
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts

EXPORT = ("transaction_type", "amount_type", "amount_description", "category", "usual_sign", "source")
OpenParts = tuple[bool, ...]  # which of a line type's three parts stand for all that begin so
NO_PART: OpenParts = (False, False, False)
_NUMBERS = re.compile(r"\d{3,}|\S+@\S+")
_MOST_ROWS = 2**63 - 1  # no table can hold more
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
    """A workspace's own word on a line type; of an open part all that begin so is meant."""

    row: LineTypeRule
    line_type: LineType
    category: Category

    @property
    def open_parts(self) -> OpenParts:
        key = (self.row.transaction_type, self.row.amount_type, self.row.amount_description)
        return tuple(cell.endswith(ANY) for cell in key) if any(map(normalise, key)) else NO_PART


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


def classify(parts: Parts, line_type: LineType, category: str, actor: Actor, open_parts: OpenParts = NO_PART) -> None:
    """Gives a line type its category, here and in every settlement, by a rule of the workspace's own.

    An open part, written with ``*`` at its end, stands for all that begin so; elsewhere a star is what Amazon
    printed. A rule on the same line type is replaced.
    """
    known = mappings.known_category(category)
    key = _key(line_type, open_parts)
    if not any(cell.strip(ANY) for cell in key) and (any(open_parts) or not _is_held(line_type)):
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


def _key(line_type: LineType, open_parts: OpenParts) -> Triple:
    if not any(open_parts):
        return normalised(line_type)
    transaction, amount, description = map(_key_of_part, astuple(line_type), open_parts)
    return transaction, amount, description


def _key_of_part(part: str, is_open: bool) -> str:
    key = normalise(part)
    if is_open and not key and part.strip(f"{ANY} "):
        raise Refused(f"“{part}” would stand for everything: say with a letter or a figure how the words begin.")
    return key + (ANY if is_open else "")


def stars_in(line_type: LineType) -> OpenParts:
    """The parts in which a star at the end means all that begin so: none where a settlement holds the very words."""
    return NO_PART if _is_held(line_type) else tuple(part.rstrip().endswith(ANY) for part in astuple(line_type))


def _is_held(line_type: LineType) -> bool:
    """Whether a settlement here holds a line type of exactly these words."""
    return (
        SettlementGroup.select()
        .where(
            (SettlementGroup.transaction_type == line_type.transaction_type)
            & (SettlementGroup.amount_type == line_type.amount_type)
            & (SettlementGroup.amount_description == line_type.amount_description)
        )
        .exists()
    )


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
        row = LineTypeRule.get_or_none(LineTypeRule.id == min(rule_id, _MOST_ROWS))
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
        (*(_NUMBERS.sub("#", part) for part in astuple(line_type)), *rest) for line_type, *rest in [*ours, *waiting]
    ]
    return csv_lines(EXPORT, dict.fromkeys(told))
