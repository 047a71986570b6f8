"""The difference line: what an admin adds, in sight, when a settlement's lines do not reach its stated total."""

from models import DifferenceLine, Settlement
from services import audit, bookkeeping, settlements
from services.audit import Actor
from services.core.money import format_money
from services.core.plan_problems import account_problem, tax_rate_problem
from services.core.tax import without_tax
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts

MAY_CHANGE = (settlements.IN_HAND, settlements.DRAFT, settlements.FAILED)


def of(settlement: Settlement) -> DifferenceLine | None:
    return DifferenceLine.get_or_none(DifferenceLine.settlement == settlement)


def add(parts: Parts, settlement_id: str, account_code: str, reason: str, actor: Actor) -> DifferenceLine:
    """Adds the difference to the stated total as a line without tax on an account, by its code or name.

    Raises Refused in words.
    """
    reason = " ".join(reason.split())[:500]
    with write_txn():
        account_code = bookkeeping.books().account_code(account_code)
        settlement = settlements.find(settlement_id)
        _check(settlement, account_code, reason)
        now = parts.clock.now()
        line = DifferenceLine.create(
            settlement=settlement,
            amount=settlement.total - settlement.lines_total,
            account_code=account_code,
            reason=reason,
            added_at=now,
            added_by=actor.name,
        )
        audit.record(
            actor,
            "difference_line.added",
            f"settlement:{settlement.settlement_id}",
            now,
            amount=format_money(line.amount, settlement.currency),
            account_code=account_code,
            reason=reason,
        )
    return line


def _check(settlement: Settlement, account_code: str, reason: str) -> None:
    if settlement.total == settlement.lines_total:
        raise Refused("The lines of this settlement add up: there is no difference to add.")
    if of(settlement):
        raise Refused("This settlement has its difference line already. Take that back first to add another.")
    _check_not_posted(settlement)
    if not reason:
        raise Refused("Say in a few words why the lines do not reach the total; it will stand in the document.")
    books = bookkeeping.books()
    if not books.is_synced:
        raise Refused("The accounts are not known yet: connect Xero and press Sync from Xero first.")
    problem = account_problem(account_code, books) or tax_rate_problem(
        without_tax(books.tax_rates), books.accounts[account_code], books
    )
    if problem:
        raise Refused(f"{problem} Choose another account for the difference.")


def _check_not_posted(settlement: Settlement) -> None:
    if settlement.state not in MAY_CHANGE:
        raise Refused("It is posted, or being posted. Roll it back first; then the difference line can be changed.")


def remove(parts: Parts, settlement_id: str, actor: Actor) -> None:
    """Takes the difference line back, while the settlement is not posted."""
    with write_txn():
        settlement = settlements.find(settlement_id)
        line = of(settlement)
        if line is None:
            raise NotFound("The difference line is gone already.")
        _check_not_posted(settlement)
        forget(parts, line, settlement, actor)


def forget(parts: Parts, line: DifferenceLine, settlement: Settlement, actor: Actor) -> None:
    """Drops the line and says so in the audit log; call it inside a writing transaction."""
    line.delete_instance()
    audit.record(
        actor,
        "difference_line.removed",
        f"settlement:{settlement.settlement_id}",
        parts.clock.now(),
        amount=format_money(line.amount, settlement.currency),
    )
