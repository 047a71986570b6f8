"""How amounts, days and moments are printed on the sandbox's pages."""

from datetime import date
from decimal import Decimal

from flask import Flask

from sandbox.xero import clock

STATUS_WORDS = {
    "DRAFT": "Draft", "SUBMITTED": "Awaiting approval", "AUTHORISED": "Awaiting payment", "PAID": "Paid",
    "POSTED": "Posted", "VOIDED": "Voided", "DELETED": "Deleted",
}
TYPE_WORDS = {
    "ACCREC": "Sales invoice", "ACCPAY": "Bill", "ACCRECCREDIT": "Credit note", "ACCPAYCREDIT": "Supplier credit note",
    "ACCRECPAYMENT": "Payment received", "ACCPAYPAYMENT": "Payment made", "ARCREDITPAYMENT": "Refund made",
    "APCREDITPAYMENT": "Refund received",
}
AMOUNT_WORDS = {"Inclusive": "tax inclusive", "Exclusive": "tax exclusive", "NoTax": "without tax"}


def money(amount: Decimal) -> str:
    """1,275.20, and a true minus sign before what is negative."""
    return f"{amount:,.2f}".replace("-", "\N{MINUS SIGN}")


def day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%-d %b %Y") if iso else ""


def moment(ms: int) -> str:
    return clock.moment(ms).strftime("%-d %b %Y, %H:%M:%S UTC")


def span(seconds: int) -> str:
    """2 days 3 h 4 min 5 s, with a true minus sign before what lies in the past."""
    days, rest = divmod(abs(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    parts = [f"{days} days" if days != 1 else "1 day"] if days else []
    parts += [f"{count} {unit}" for count, unit in ((hours, "h"), (rest // 60, "min"), (rest % 60, "s")) if count]
    return ("\N{MINUS SIGN}" if seconds < 0 else "") + " ".join(parts)


def teach(flask: Flask) -> None:
    """Makes these available in every template."""
    flask.jinja_env.filters.update(
        money=money, day=day, moment=moment, span=span, status_words=STATUS_WORDS.__getitem__,
        type_words=TYPE_WORDS.__getitem__, amount_words=AMOUNT_WORDS.__getitem__,
    )
