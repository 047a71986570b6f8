"""What a settlement in hand is ready for: told by its plan, kept beside it, worked out anew when its basis changes.

What is kept serves lists and counts alone; preview and posting make the plan itself. It is true as long as
its ``basis`` is today's: the mark of everything plans depend on (services/change_marks.py) and of the code and
catalogue that decide. A settlement's own facts need no mark: when they change, the database forgets its row.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models import Readiness, Settlement
from services import bookkeeping, change_marks
from services.bookkeeping import Bookkeeping
from services.core.catalogue import UNKNOWN
from services.core.plan_lines import mapping_marketplace
from services.core.plan_problems import account_problem, tax_rate_problem, tracking_problem
from services.core.plans import Plan
from services.core.settlement import Group
from services.database import write_txn

WAITING = ("in_hand", "draft", "failed")  # the states in which what a settlement is ready for matters
AT_ONCE = 250  # settlements worked out in one transaction, some 60 ms
_WORST = ("booked_elsewhere", "does_not_add_up", "needs_category")


@dataclass(frozen=True)
class Ready:
    """``status`` as product.md section 9 names it, with its reason in words; ``problems`` says how many there are."""

    status: str
    reason: str = ""
    code: str = ""  # of the problem that ``reason`` tells
    category: str = ""  # and its category
    problems: int = 0


def told_by(plan: Plan) -> Ready:
    """The worst of the plan's problems, or that nothing stands in its way."""
    if plan.problems:
        by_code = {problem.code: problem for problem in reversed(plan.problems)}
        worst = next((by_code[code] for code in _WORST if code in by_code), plan.problems[0])
        status = worst.code if worst.code in _WORST else "needs_mapping"
        return Ready(status, worst.message, worst.code, worst.category, len(plan.problems))
    if plan.kind == "nothing":
        return Ready("nothing_to_post", "Every line of this settlement is zero.")
    return Ready("ready")


def basis() -> str:
    """The mark of all that readiness is worked out from today."""
    return f"{change_marks.mark(change_marks.PLANS)}-{_deciders()}"


@cache
def _deciders() -> str:
    """A hash of the code and the catalogue that make plans: another version may decide otherwise."""
    core = Path(__file__).parent / "core"
    told = hashlib.sha256()
    for path in sorted([*core.glob("*.py"), *(core / "data").iterdir(), Path(__file__)]):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:12]


def bring_up_to_date(most: int | None = None) -> int:
    """Works out what is not true any more, ``most`` settlements at most; how many are left after that."""
    if is_up_to_date():
        return 0
    done = 0
    while most is None or done < most:
        worked_out = _work_out_some(AT_ONCE if most is None else min(AT_ONCE, most - done))
        done += worked_out
        if not worked_out:
            return 0
    return _outdated(basis()).count()


def is_up_to_date() -> bool:
    marks = change_marks.marks()
    return marks[change_marks.READINESS] == f"{marks[change_marks.PLANS]}-{_deciders()}"


def _work_out_some(most: int) -> int:
    """One transaction: nothing can change between the reading and the keeping."""
    with write_txn():
        today = basis()
        rows = list(_outdated(today).limit(most))
        if rows:
            found = [_kept(row, ready, today) for row, ready in worked_out(rows)]
            Readiness.replace_many(found).execute()
        if len(rows) < most:
            change_marks.keep(change_marks.READINESS, today)
            return 0
    return len(rows)


def _outdated(today: str):
    """The settlements in hand of which nothing is kept, or what was true on another basis."""
    kept = (Readiness.settlement == Settlement.id) & (Readiness.basis == today)
    return (
        Settlement.select().left_outer_join(Readiness, on=kept)
        .where(Settlement.state.in_(WAITING) & Readiness.settlement.is_null())
    )  # fmt: skip


def _kept(row: Settlement, ready: Ready, today: str) -> dict:
    return {
        "settlement": row.id, "status": ready.status, "reason": ready.reason, "code": ready.code,
        "category": ready.category, "problems": ready.problems, "basis": today,
    }  # fmt: skip


def worked_out(rows: Iterable[Settlement]) -> list[tuple[Settlement, Ready]]:
    """What each settlement is ready for now."""
    rows = list(rows)
    desk = bookkeeping.gather(rows)
    groups = bookkeeping.groups_of_all(rows)
    clean = _CleanGroups(desk)
    return [(row, _one(row, desk, groups[row.id], clean)) for row in rows]


def _one(row: Settlement, desk: Bookkeeping, groups: list[Group], clean: "_CleanGroups") -> Ready:
    if clean.nothing_stands_in_the_way_of(row, groups):
        return Ready("ready")
    return told_by(desk.plan(row, groups))


class _CleanGroups:
    """Sees at a glance that a settlement is ready, without its plan: most are, and the same few hundred groups recur.

    Where it does not see that, the plan decides.
    """

    def __init__(self, desk: Bookkeeping):
        self._desk, self._ground, self._known = desk, desk.ground, {}

    def nothing_stands_in_the_way_of(self, row: Settlement, groups: list[Group]) -> bool:
        return (
            row.total != 0
            and row.lines_total == row.total
            and not self._desk.booked_elsewhere(row)
            and row.id not in self._desk.added
            and self._books_take(row)
            and all(self._is_clean(group, row.marketplace) for group in groups)
        )

    def _books_take(self, row: Settlement) -> bool:
        books = self._ground.books
        dated = row.deposit_date or row.end_date
        return (
            books.is_synced
            and not books.lacks
            and self._ground.settings.post_as == "invoice"
            and row.currency in books.currencies
            and not (books.lock_date and dated <= books.lock_date)
        )

    def _is_clean(self, group: Group, marketplace: str) -> bool:
        key = (group.line_type, group.amazon_accounted, group.marketplace, marketplace)
        if key not in self._known:
            self._known[key] = self._has_no_problem(group, marketplace)
        return self._known[key]

    def _has_no_problem(self, group: Group, marketplace: str) -> bool:
        books, settings = self._ground.books, self._ground.settings
        category = self._ground.classifier.classify(
            group.line_type, group.amazon_accounted, settings.sales_tax_rows).category
        mapped = books.mapped(category, mapping_marketplace(group, marketplace))
        if category == UNKNOWN or mapped is None or account_problem(mapped.account_code, books):
            return False
        account = books.accounts[mapped.account_code]
        return not (tax_rate_problem(mapped.tax_type, account, books) or tracking_problem(mapped.tracking, books))
