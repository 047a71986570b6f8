"""The rows of a list: each settlement with its posting and what it is ready for, a page of them in one reading."""

from dataclasses import replace
from typing import NamedTuple

from peewee import JOIN

from models import Posting, Readiness, Settlement
from services import corrections, readiness
from services.database import GIVEN, Prepared
from services.readiness import WAITING, Ready
from services.settlements import Row, row_of

AT_ONCE = 50  # settlements in one reading: a page of the list


class Shown(NamedTuple):
    """As much of a settlement as lists show, under the names of its row."""

    id: int
    settlement_id: str
    marketplace: str
    currency: str
    start_date: str
    end_date: str
    deposit_date: str
    total: int
    lines_total: int
    number: str
    reference: str
    state: str
    state_reason: str


class Document(NamedTuple):
    """As much of its active posting."""

    active: int
    number: str
    state: str
    kind: str
    total: int
    currency: str


_SHOWN = [getattr(Settlement, name) for name in Shown._fields]
_POSTING = [getattr(Posting, name) for name in Document._fields]
_KEPT = (
    Readiness.status, Readiness.reason, Readiness.code, Readiness.category, Readiness.problems, Readiness.basis,
)  # fmt: skip  # as services.readiness.Ready has them, then the basis
_END = len(_SHOWN)
_SOME = Prepared(lambda: (
    Settlement.select(*_SHOWN, *_POSTING, *_KEPT)
    .join(Posting, JOIN.LEFT_OUTER, on=Posting.active == Settlement.id)
    .join_from(Settlement, Readiness, JOIN.LEFT_OUTER, on=Readiness.settlement == Settlement.id)
    .where(Settlement.id.in_([GIVEN] * AT_ONCE))
))  # fmt: skip


def of(ids) -> list[Row]:
    """The settlements of a page with their postings and what they are ready for, in the order of ``ids``."""
    wanted = [row for (row,) in ids.tuples()]
    settlements, postings, found = _read(wanted)
    wanted = [row for row in wanted if row in settlements]  # not removed meanwhile
    missing = [row for row in wanted if row not in found and settlements[row].state in WAITING]
    found |= _worked_out(missing)
    remarks = corrections.remarks(settlements.values(), postings)
    rows = [row_of(settlements[row], postings.get(row), found.get(row)) for row in wanted]
    return [_remarked(row, remarks) for row in rows]


def _read(wanted: list[int]) -> tuple[dict[int, Shown], dict[int, Document], dict[int, Ready]]:
    """Under each row id what lists show of the settlement, of its posting, and what is known of its readiness."""
    settlements, postings, found, today = {}, {}, {}, readiness.basis()
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        for row in _SOME.rows(*some, *some[:1] * (AT_ONCE - len(some))):
            shown, document, (*kept, basis) = Shown(*row[:_END]), Document(*row[_END:-6]), row[-6:]
            settlements[shown.id] = shown
            if document.active:
                postings[shown.id] = document
            if basis == today and shown.state in WAITING:
                found[shown.id] = Ready(*kept)
    return settlements, postings, found


def _worked_out(missing: list[int]) -> dict[int, Ready]:
    """Of what is not kept or not true any more, so that what is shown is never stale."""
    if not missing:
        return {}
    rows = [row for first in range(0, len(missing), AT_ONCE)
            for row in Settlement.select().where(Settlement.id.in_(missing[first : first + AT_ONCE]))]  # fmt: skip
    return {row.id: ready for row, ready in readiness.worked_out(rows)}


def _remarked(row: Row, remarks: dict[int, str]) -> Row:
    remark = remarks.get(row.settlement.id)
    return replace(row, reason=f"{row.reason} {remark}".strip()) if remark else row
