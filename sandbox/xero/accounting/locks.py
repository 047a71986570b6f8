"""Lock dates: nothing dated on or before one may be approved, changed, paid or voided (xero.md 5.6, 8.2)."""

from datetime import date

from sandbox.xero.accounting import roles
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.texts import say


def problems(call: Call, day: str) -> list[str]:
    """Xero's words against this day (ISO); an adviser may work before the period lock date, not the year's."""
    locks = [("year_locked", "EndOfYearLockDate")]
    if not roles.passes_period_lock(call.db):
        locks.append(("period_locked", "PeriodLockDate"))
    for rule, field in locks:
        lock = call.ledger.organisation.get(field)
        if lock and day <= lock:
            return [say(rule, date=date.fromisoformat(lock).strftime("%d-%b-%Y"))]
    return []


def check(call: Call, day: str) -> None:
    """Raises Invalid."""
    found = problems(call, day)
    if found:
        raise Invalid(*found)
