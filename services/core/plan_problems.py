"""What stands between a plan and Xero, in sentences that name the thing and what to do about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.core.books import AccountFacts, Books
from services.core.catalogue import UNKNOWN, Category
from services.core.money import format_money
from services.core.plan_lines import CLEARING, PlanLine
from services.core.settlement import LineType

_CHOOSE_ACCOUNT = "Choose another account under Accounts & Taxes, or put it right in Xero and press Sync from Xero."
_CHOOSE_RATE = "Choose another tax rate under Accounts & Taxes, or put it right in Xero and press Sync from Xero."
_CHOOSE_TRACKING = "Choose another option under Accounts & Taxes, or put it right in Xero and press Sync from Xero."
_NO_LONGER = {"ARCHIVED": "is archived in Xero", "GONE": "is no longer in Xero"}


@dataclass(frozen=True)
class Problem:
    """One reason why a plan cannot be posted.

    ``code`` is booked_elsewhere, needs_category, needs_mapping, does_not_add_up, account_unusable,
    tax_rate_unusable, tracking_unusable, currency_not_enabled, period_locked, not_synced, needs_permission,
    no_clearing_account or journal_currency. ``amount`` is in minor units, signed as in the settlement.
    """

    code: str
    message: str
    category: str = ""
    line_type: LineType | None = None
    amount: int = 0


def adding_up_problems(total: int, lines_total: int, currency: str) -> Iterator[Problem]:
    """A settlement whose lines do not sum to the total that Amazon states."""
    if lines_total == total:
        return
    difference = total - lines_total
    yield Problem(
        "does_not_add_up",
        f"The lines add up to {format_money(lines_total, currency)}, but Amazon states "
        f"{format_money(total, currency)}: the difference is {format_money(difference, currency)}. "
        "Download the settlement from Amazon again and drop it here, or have an admin add the difference "
        "as a line of its own.",
        amount=difference,
    )


def unknown_problems(unknown: Iterable[tuple[LineType, str, int]], currency: str) -> Iterator[Problem]:
    """Line types without a category: (line type, Amazon's words, amount) each."""
    for line_type, words, amount in unknown:
        yield Problem(
            "needs_category",
            f"“{words}” ({format_money(amount, currency)}) is a line type that TrueBooks does not know yet. "
            "Give it a category under Accounts & Taxes, Needs a category.",
            category=UNKNOWN,
            line_type=line_type,
            amount=amount,
        )


def mapping_problems(
    lines: Iterable[PlanLine], categories: dict[str, Category], currency: str, sign: int
) -> Iterator[Problem]:
    """Categories that have an amount but no account, once each."""
    amounts: dict[str, int] = {}
    for line in lines:
        if line.gross and line.account_code is None and line.category not in (UNKNOWN, CLEARING):
            amounts[line.category] = amounts.get(line.category, 0) + sign * line.gross
    for category, amount in amounts.items():
        yield Problem(
            "needs_mapping",
            f"{categories[category].label} ({format_money(amount, currency)}) has no account yet. "
            "Choose its account and tax rate under Accounts & Taxes.",
            category=category,
            amount=amount,
        )


def journal_problems(lines: Iterable[PlanLine], books: Books, currency: str) -> Iterator[Problem]:
    """What a manual journal needs besides: an account that balances it, and the organisation's own currency."""
    if any(line.category == CLEARING and line.account_code is None for line in lines):
        yield Problem(
            "no_clearing_account",
            "Manual journals need a clearing account to balance them. Choose it under Settings → Account.",
        )
    if books.base_currency and currency != books.base_currency:
        yield Problem(
            "journal_currency",
            f"This settlement is in {currency}, and Xero's manual journals know only the organisation's own currency, "
            f"{books.base_currency}. Post it as an invoice: change “Post as” under Settings → Account.",
        )


def books_problems(lines: Iterable[PlanLine], books: Books, currency: str, date: str) -> Iterator[Problem]:
    """What Xero would refuse, as far as the last sync can tell."""
    if not books.is_synced:
        yield Problem(
            "not_synced",
            "Accounts and tax rates have not been read from Xero yet. "
            "Connect Xero and press Sync from Xero under Settings → Account.",
        )
        return
    if books.lacks:
        yield Problem(
            "needs_permission",
            f"Xero has not allowed TrueBooks yet {books.lacks}, which this workspace needs by now. "
            "Press Reconnect Xero under Settings → Account and allow it.",
        )
    yield from _line_problems([line for line in lines if line.gross and line.account_code is not None], books)
    if currency not in books.currencies:
        yield Problem(
            "currency_not_enabled",
            f"{currency} is not enabled in your Xero organisation. "
            f"Add {currency} in Xero under Settings → Currencies, then press Sync from Xero.",
        )
    if books.lock_date and date <= books.lock_date:
        yield Problem(
            "period_locked",
            f"The document would be dated {date}, but the books are locked up to {books.lock_date}. "
            "Move the lock date in Xero, then press Sync from Xero.",
        )


def account_problem(code: str, books: Books) -> str:
    """Why Xero would not take account ``code`` on a line, in a sentence; empty when it would.

    Bank accounts and Xero's system accounts other than ROUNDING are refused on documents
    (Xero's accounts guide).
    """
    if not code:
        return "No account was chosen: give its code or its name."
    account = books.accounts.get(code)
    if account is None:
        alike = sum(each.name.casefold() == code.casefold() for each in books.accounts.values())
        return f"Account {code} is not in Xero." if alike < 2 else f"{alike} accounts are called {code}: give its code."
    name = f"Account {code} – {account.name}"
    if account.status != "ACTIVE":
        return f"{name} {_NO_LONGER.get(account.status, 'is not active in Xero')}."
    if account.type == "BANK":
        return f"{name} is a bank account, which Xero does not take on a document's lines."
    if account.system_account not in ("", "ROUNDING"):
        return f"{name} is one of Xero's own system accounts, which it does not take on a document's lines."
    return ""


def tax_rate_problem(tax_type: str, account: AccountFacts | None, books: Books) -> str:
    """Why Xero would not take the tax type on a line of ``account``, in a sentence; empty when it would."""
    rate = books.tax_rates.get(tax_type)
    if rate is None:
        return f"Tax rate {tax_type} is not in Xero."
    name = f"Tax rate {rate.name} ({tax_type})"
    if rate.status != "ACTIVE":
        return f"{name} is no longer active in Xero."
    if account and account.class_ not in rate.applies_to:
        return f"{name} cannot be used with account {account.code} – {account.name}."
    return ""


def tracking_problem(tracking: Iterable[tuple[str, str]], books: Books) -> str:
    """Why Xero would not take these tracking options on a line, in a sentence; empty when it would."""
    if all(each in books.tracking for each in tracking):
        return ""
    return "A tracking option it uses is archived or gone in Xero."


def _line_problems(lines: list[PlanLine], books: Books) -> Iterator[Problem]:
    told: set[str] = set()
    for line in lines:
        code, tax_type = line.account_code or "", line.tax_type or ""
        account = account_problem(code, books)
        if account and account not in told:
            yield Problem("account_unusable", f"{account} {_CHOOSE_ACCOUNT}", category=line.category)
        rate = tax_rate_problem(tax_type, books.accounts.get(code), books)
        if rate and rate not in told:
            yield Problem("tax_rate_unusable", f"{rate} {_CHOOSE_RATE}", category=line.category)
        tracking = tracking_problem(line.tracking, books)
        if tracking and line.category not in told:
            yield Problem(
                "tracking_unusable", f"{line.description}: {tracking} {_CHOOSE_TRACKING}", category=line.category
            )
            told.add(line.category)
        told |= {account, rate}
