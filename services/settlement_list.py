"""The list of settlements: filtered, searched, sorted and counted by the database, a page of it at a time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from peewee import JOIN, SQL, Case, fn

from models import Posting, Readiness, Settlement
from services import change_marks, readiness, settlement_list_rows
from services.core.money import minor_digits
from services.database import Prepared
from services.readiness import WAITING
from services.settlement_filter import NEEDS_ME, STATUSES, Wanted, typed_amount
from services.settlements import IN_HAND, Row

PAGE = 50
FEW = 500  # so many found by words are named one by one, rather than looked for again
_DATED = SQL("COALESCE(NULLIF(deposit_date, ''), end_date)")  # word for word as settlement_dated, its index, has it
_OTHERS = ("draft", "failed")  # in hand again; marked as booked elsewhere they are shown as that
_JOINED = Readiness.settlement == Settlement.id
_BOOKED = "booked_elsewhere"


@dataclass(frozen=True)
class Listed:
    """A page of the list and what stands beside it."""

    wanted: Wanted
    rows: list[Row]
    found: int  # how many settlements the filter leaves
    counts: dict[str, int]  # by status, in the order of STATUSES, of all that the rest of the filter leaves
    pending: int  # settlements whose status is being worked out anew

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE))

    @property
    def everything(self) -> int:
        """How many there are whatever their status."""
        return sum(self.counts.values())

    @property
    def needing_me(self) -> int:
        return sum(self.counts.get(status, 0) for status in NEEDS_ME)


def listed(wanted: Wanted) -> Listed:
    """One page, as it stands now. A page beyond the last is the last."""
    pending = readiness.bring_up_to_date(readiness.AT_ONCE)
    narrowed = _narrowed(wanted)
    counted = _counts(narrowed)
    found = sum(counted.get(name, 0) for name in wanted.statuses) if wanted.statuses else sum(counted.values())
    page = min(wanted.page, max(1, -(-found // PAGE)))
    rows = settlement_list_rows.of(_ids(wanted, narrowed).limit(PAGE).offset((page - 1) * PAGE))
    return Listed(replace(wanted, page=page), rows, found, counted, pending)


def everything(wanted: Wanted | None = None) -> list[Row]:
    """All settlements (that the filter leaves), on whatever page, the latest deposit first, each with its status."""
    readiness.bring_up_to_date()
    wanted = wanted or Wanted()
    return settlement_list_rows.of(_ids(wanted, _narrowed(wanted)))


def named(settlement_ids: list[str]) -> list[Row]:
    """The settlements with these ids of Amazon's, the latest deposit first; those that are not here are left out."""
    query = Settlement.select(Settlement.id).where(Settlement.settlement_id.in_(settlement_ids))
    return settlement_list_rows.of(query.order_by(*_order(Wanted())))


def counts(wanted: Wanted | None = None) -> dict[str, int]:
    """How many settlements are shown with each status, in the order of STATUSES; none with 0.

    Status, order and page of ``wanted`` are left aside. What is not worked out yet counts as ready for nothing.
    """
    return _counts(_narrowed(wanted or Wanted()))


def _counts(narrowed: list) -> dict[str, int]:
    if narrowed:
        states, waiting = _by_state(narrowed).tuples(), _by_readiness(narrowed).tuples()
    else:
        states, waiting = _ALL_BY_STATE.rows(), _ALL_BY_READINESS.rows()
    found: Counter[str] = Counter()
    for state, count in states:
        if state not in WAITING:
            found[state] += count
    for state, status, count in waiting:
        found[_shown(state, status)] += count
    return {status: found[status] for status in STATUSES if found[status]}


def _by_state(narrowed: list):
    query = Settlement.select(Settlement.state, fn.COUNT(SQL("*"))).group_by(Settlement.state)
    return query.where(*narrowed) if narrowed else query


def _by_readiness(narrowed: list):
    return (
        Settlement.select(Settlement.state, Readiness.status, fn.COUNT(SQL("*")))
        .join(Readiness, JOIN.LEFT_OUTER, on=_JOINED)
        .where(Settlement.state.in_(WAITING), *narrowed)
        .group_by(Settlement.state, Readiness.status)
    )


_ALL_BY_STATE = Prepared(lambda: _by_state([]))
_ALL_BY_READINESS = Prepared(lambda: _by_readiness([]))


def _shown(state: str, status: str | None) -> str:
    if state == IN_HAND:
        return status or "needs_mapping"
    return _BOOKED if status == _BOOKED else state


def choices() -> tuple[list[str], list[str]]:
    """The marketplaces and the currencies that settlements here have."""
    mark = change_marks.mark(change_marks.PERIODS)
    if mark not in _choices:
        pairs = Settlement.select(Settlement.marketplace, Settlement.currency).distinct().tuples()
        marketplaces, currencies = zip(*pairs, strict=True) if pairs else ((), ())
        _choices.clear()
        _choices[mark] = (sorted(set(marketplaces)), sorted(set(currencies)))
    return _choices[mark]


_choices: dict[str, tuple[list[str], list[str]]] = {}  # under the mark they were read at


# --- which, in which order --------------------------------------------------------------------


def _ids(wanted: Wanted, narrowed: list):
    query = Settlement.select(Settlement.id)
    if narrowed:
        query = query.where(*narrowed)
    if wanted.statuses:
        query = query.where(_has_status(wanted.statuses))
    if wanted.statuses or wanted.sort == "status":
        query = query.join(Readiness, JOIN.LEFT_OUTER, on=_JOINED)
    return query.order_by(*_order(wanted))


def _order(wanted: Wanted) -> list:
    down = wanted.largest_first
    latest = [_DATED.desc(), Settlement.settlement_id.desc()]
    if wanted.sort == "deposit":
        return latest if down else [_DATED.asc(), Settlement.settlement_id.asc()]
    by = {
        "total": [Settlement.total],
        "number": [fn.LENGTH(Settlement.number), Settlement.number],
        "marketplace": [Settlement.marketplace],
        "status": [_place()],
    }[wanted.sort]
    return [*(each.desc() if down else each.asc() for each in by), *latest]


def _place():
    """Where a settlement stands in a list by status: the order of STATUSES."""
    status = Case(
        None,
        [
            (Settlement.state == IN_HAND, Readiness.status),
            (Settlement.state.in_(_OTHERS) & (Readiness.status == _BOOKED), _BOOKED),
        ],
        Settlement.state,
    )
    return Case(status, [(name, place) for place, name in enumerate(STATUSES)], len(STATUSES))


def _narrowed(wanted: Wanted) -> list:
    """What the filter demands, the status apart. Words are looked for once, here."""
    conditions = []
    if wanted.marketplace:
        conditions.append(Settlement.marketplace == wanted.marketplace)
    if wanted.currency:
        conditions.append(Settlement.currency == wanted.currency)
    if wanted.since:
        conditions.append(SQL("COALESCE(NULLIF(deposit_date, ''), end_date) >= ?", [wanted.since]))
    if wanted.until:
        conditions.append(SQL("COALESCE(NULLIF(deposit_date, ''), end_date) <= ?", [wanted.until]))
    if wanted.words:
        holding = Settlement.select(Settlement.id).where(_holds(wanted.words), *conditions).limit(FEW + 1).tuples()
        few = [row for (row,) in holding]
        conditions = [Settlement.id.in_(few)] if len(few) <= FEW else [*conditions, _holds(wanted.words)]
    return conditions


def _has_status(statuses: Iterable[str]):
    """Shown with one of these: the state's word, or what one in hand is ready for."""
    worked_out = [status for status in statuses if status not in _STATES]
    states = [status for status in statuses if status in _STATES]
    plain = [state for state in states if state not in _OTHERS]
    again = [state for state in states if state in _OTHERS]
    is_booked = Settlement.state.in_(_OTHERS) & (Readiness.status == _BOOKED)
    condition = Settlement.state.in_(plain)
    condition |= Settlement.state.in_(again) & (Readiness.status.is_null() | (Readiness.status != _BOOKED))
    condition |= (Settlement.state == IN_HAND) & Readiness.status.in_(worked_out)
    return condition | is_booked if _BOOKED in worked_out else condition


_STATES = frozenset(
    ("queued", "posting", "unsure", "posted", "paid", "changed_in_xero", "draft", "failed")
)  # stored as they are shown; all others are worked out


def _holds(words: str):
    """In id, number (of the document too), reference or marketplace; or the total, as typed."""
    documents = Posting.select(Posting.active).where(Posting.active.is_null(False) & Posting.number.contains(words))
    condition = (
        Settlement.settlement_id.contains(words)
        | Settlement.number.contains(words)
        | Settlement.reference.contains(words)
        | Settlement.marketplace.contains(words)
        | Settlement.id.in_(documents)
    )
    amount = typed_amount(words)
    if amount is not None:
        # A currency's own decimals count, and a total typed without its sign is meant whichever way it went.
        for digits in {minor_digits(currency) for currency in choices()[1]}:
            minor = amount.scaleb(digits)
            if minor == int(minor) and abs(minor) < 2**63:
                with_digits = [each for each in choices()[1] if minor_digits(each) == digits]
                either = {int(minor), int(abs(minor)), -int(abs(minor))} if amount > 0 else {int(minor)}
                condition |= Settlement.total.in_(sorted(either)) & Settlement.currency.in_(with_digits)
    return condition
