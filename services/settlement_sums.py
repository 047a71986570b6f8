"""What every settlement and every month holds of each slice (sales, refunds, fees …), for Home's pictures.

Written with the settlement, summed again when a rule moves a line type. The buyer's tax counts as part of
the sale it belongs to, whatever the setting for Tax rows says, so the pictures do not depend on it.
"""

import hashlib
from pathlib import Path

from peewee import EXCLUDED, JOIN, SQL, Select, Value, fn

from models import LineTypeRule, LineTypeSlice, MonthSum, Settlement, SettlementGroup, SettlementSum, Workspace
from services import bookkeeping
from services.core import catalogue
from services.core.settlement import LineType
from services.core.slices import PAYOUT, UNEXPLAINED, slice_of
from services.database import write_txn

_DATA = Path(catalogue.__file__).parent / "data"
_FILES = ("line_types.csv", "slices.csv")
_TRIPLE = ("transaction_type", "amount_type", "amount_description")
_SUM = (SettlementSum.settlement, SettlementSum.slice, SettlementSum.currency, SettlementSum.marketplace,
        SettlementSum.dated, SettlementSum.amount)  # fmt: skip
_MONTH = (MonthSum.currency, MonthSum.marketplace, MonthSum.month, MonthSum.slice, MonthSum.amount,
          MonthSum.settlements)  # fmt: skip
_CHUNK = 500


def keep(settlement: Settlement) -> None:
    """Sums the settlement as its groups now are; call it inside the transaction that wrote them."""
    forget(settlement)
    _learn(SettlementGroup.settlement == settlement.id)
    _sum(Settlement.id == settlement.id)
    _count_in_months(settlement, 1)


def forget(settlement: Settlement) -> None:
    """Takes the settlement out of all sums; call it inside the transaction that removes it."""
    _count_in_months(settlement, -1)
    SettlementSum.delete().where(SettlementSum.settlement == settlement.id).execute()
    MonthSum.delete().where(MonthSum.settlements == 0).execute()


def reclassify() -> int:
    """Sums the settlements again that hold line types which the rules have moved; how many line types moved.

    Call it inside the transaction that changed the rules.
    """
    classifier, moved = bookkeeping.classifier(), []
    for row in LineTypeSlice.select():
        now = _slice(classifier, row)
        if now != row.slice:
            row.slice = now
            moved.append(row)
    if moved:
        LineTypeSlice.bulk_update(moved, [LineTypeSlice.slice], batch_size=_CHUNK)
        for start in range(0, len(moved), _CHUNK):
            _sum_again(_holding([row.id for row in moved[start : start + _CHUNK]]))
        _count_all_months()
    Workspace.update(sums_basis=_basis()).where(Workspace.id == 1).execute()
    return len(moved)


def bring_up_to_date() -> None:
    """Makes what is missing or was made by another catalogue; costs next to nothing when all is well."""
    if Workspace.get_by_id(1).sums_basis == _basis() and _are_all_counted():
        return
    with write_txn():
        _learn(SettlementGroup.id.is_null(False))
        reclassify()
        _sum(Settlement.id.in_(_unsummed()))
        _count_all_months()


# --- which slice a line type belongs to -------------------------------------------------------


def _learn(which) -> None:
    """Gives every line type not met before its slice."""
    unmet = (
        SettlementGroup.select(*(getattr(SettlementGroup, name) for name in _TRIPLE)).distinct()
        .join(LineTypeSlice, JOIN.LEFT_OUTER, on=_same_line_type()).where(which & LineTypeSlice.id.is_null())
    )  # fmt: skip
    rows = list(unmet)
    if rows:
        classifier = bookkeeping.classifier()
        met = [{name: getattr(row, name) for name in _TRIPLE} | {"slice": _slice(classifier, row)} for row in rows]
        for start in range(0, len(met), _CHUNK):
            LineTypeSlice.insert_many(met[start : start + _CHUNK]).execute()


def _slice(classifier, row) -> str:
    return slice_of(classifier.classify(LineType(*(getattr(row, name) for name in _TRIPLE))).category)


def _same_line_type():
    first, *others = (getattr(SettlementGroup, name) == getattr(LineTypeSlice, name) for name in _TRIPLE)
    for other in others:
        first &= other
    return first


def _holding(line_type_ids: list[int]) -> Select:
    return (
        SettlementGroup.select(SettlementGroup.settlement).distinct()
        .join(LineTypeSlice, on=_same_line_type()).where(LineTypeSlice.id.in_(line_type_ids))
    )  # fmt: skip


def _basis() -> str:
    """Changes with everything a slice depends on: the catalogue, the slices, the workspace's own rules."""
    said = hashlib.sha256()
    for name in _FILES:
        said.update((_DATA / name).read_bytes())
    columns = (*(getattr(LineTypeRule, name) for name in _TRIPLE), LineTypeRule.category)
    said.update(repr(sorted(LineTypeRule.select(*columns).tuples())).encode())
    return said.hexdigest()


# --- sums, in bulk ----------------------------------------------------------------------------


def _are_all_counted() -> bool:
    counted = MonthSum.select(fn.COALESCE(fn.SUM(MonthSum.settlements), 0)).where(MonthSum.slice == PAYOUT).scalar()
    return counted == Settlement.select().count()


def _unsummed() -> Select:
    summed = SettlementSum.select(SettlementSum.settlement).where(SettlementSum.slice == PAYOUT)
    return Settlement.select(Settlement.id).where(Settlement.id.not_in(summed))


def _sum_again(which: Select) -> None:
    ids = [settlement_id for (settlement_id,) in which.tuples()]
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        SettlementSum.delete().where(SettlementSum.settlement.in_(chunk)).execute()
        _sum(Settlement.id.in_(chunk))


def _sum(which) -> None:
    """Writes the sums of the settlements for which ``which`` holds; they must have none yet."""
    dated = fn.COALESCE(fn.NULLIF(Settlement.deposit_date, ""), Settlement.end_date)
    facts = (Settlement.currency, Settlement.marketplace, dated)
    by_slice = (
        SettlementGroup.select(SettlementGroup.settlement, LineTypeSlice.slice, *facts, fn.SUM(SettlementGroup.amount))
        .join(LineTypeSlice, on=_same_line_type())
        .join(Settlement, on=(SettlementGroup.settlement == Settlement.id))
        .where(which).group_by(SettlementGroup.settlement, LineTypeSlice.slice)
    )  # fmt: skip
    missed = Settlement.total - Settlement.lines_total
    unexplained = Settlement.select(Settlement.id, Value(UNEXPLAINED), *facts, missed)
    payouts = Settlement.select(Settlement.id, Value(PAYOUT), *facts, Settlement.total)
    SettlementSum.insert_from(by_slice, _SUM).execute()
    SettlementSum.insert_from(unexplained.where(which & (missed != 0)), _SUM).execute()
    SettlementSum.insert_from(payouts.where(which), _SUM).execute()


def _count_in_months(settlement: Settlement, sign: int) -> None:
    """Adds the settlement's sums to its month's, or with ``sign`` -1 takes them out."""
    month = fn.SUBSTR(SettlementSum.dated, 1, 7)
    added = SettlementSum.select(
        SettlementSum.currency, SettlementSum.marketplace, month, SettlementSum.slice, SettlementSum.amount * sign,
        SQL(str(sign)),
    ).where(SettlementSum.settlement == settlement.id)  # fmt: skip
    MonthSum.insert_from(added, _MONTH).on_conflict(
        conflict_target=_MONTH[:4],
        update={
            MonthSum.amount: MonthSum.amount + EXCLUDED.amount,
            MonthSum.settlements: MonthSum.settlements + EXCLUDED.settlements,
        },
    ).execute()


def _count_all_months() -> None:
    month = fn.SUBSTR(SettlementSum.dated, 1, 7)
    keys = (SettlementSum.currency, SettlementSum.marketplace, month, SettlementSum.slice)
    MonthSum.delete().execute()
    MonthSum.insert_from(
        SettlementSum.select(*keys, fn.SUM(SettlementSum.amount), fn.COUNT(SettlementSum.id)).group_by(*keys), _MONTH
    ).execute()
