"""How amounts, days and moments are printed on the sandbox's pages."""

from datetime import date
from decimal import Decimal

from flask import Flask

from sandbox.xero import clock

STATUS_WORDS = {
    "DRAFT": "Draft", "SUBMITTED": "Awaiting approval", "AUTHORISED": "Awaiting payment", "PAID": "Paid",
    "VOIDED": "Voided", "DELETED": "Deleted",
}
TYPE_WORDS = {
    "ACCREC": "Sales invoice", "ACCPAY": "Bill", "ACCRECCREDIT": "Credit note", "ACCPAYCREDIT": "Supplier credit note",
}


def money(amount: Decimal) -> str:
    """1,275.20, and a true minus sign before what is negative."""
    return f"{amount:,.2f}".replace("-", "\N{MINUS SIGN}")


def day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%-d %b %Y") if iso else ""


def moment(ms: int) -> str:
    return clock.moment(ms).strftime("%-d %b %Y, %H:%M:%S UTC")


def teach(flask: Flask) -> None:
    """Makes these available in every template."""
    flask.jinja_env.filters.update(
        money=money, day=day, moment=moment, status_words=STATUS_WORDS.__getitem__, type_words=TYPE_WORDS.__getitem__
    )
