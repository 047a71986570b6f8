"""What may still be changed on a document that is paid or credited, in part or whole (xero.md 5.2; INV-DOC, MNV)."""

from decimal import Decimal
from typing import Any

from sandbox.xero.accounting import reading
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.texts import say

FINANCIAL = ("Date", "CurrencyCode", "CurrencyRate", "LineAmountTypes")
FINANCIAL_ON_LINES = ("Quantity", "UnitAmount", "LineAmount", "TaxType", "TaxAmount", "DiscountRate", "DiscountAmount")
QUIET = {"DueDate", "SentToContact", "Status", "Type"}  # do not bump UpdatedDateUTC while part-paid [MNV]


def check(document: Document, given: dict) -> None:
    """Amounts, dates and currency stand fast; reference, due date, number, contact, links and wording may change.

    Raises Invalid.
    """
    changed = [name for name in FINANCIAL if given.get(name) and not _same(name, given, document.facts)]
    if changed or (given.get("LineItems") is not None and _lines_change(document, reading.objects(given, "LineItems"))):
        raise Invalid(say("edit_with_money"))


def is_quiet(document: Document, given: dict) -> bool:
    """Whether the edit leaves UpdatedDateUTC as it was: polling misses it."""
    return document.has_money and document.status == "AUTHORISED" and not (
        given.keys() - QUIET - {document.family.id_field}
    )


def _lines_change(document: Document, given: list[dict]) -> bool:
    kept = {line["LineItemID"]: line for line in document.lines}
    for line in given:
        line_id = str(line.get("LineItemID") or "").lower()
        if line_id not in kept:
            raise Invalid(say("edit_paid_line"))
        stated = [name for name in FINANCIAL_ON_LINES if line.get(name) not in (None, "")]
        if any(not _same(name, line, kept[line_id]) for name in stated):
            return True
        kept.pop(line_id)
    return bool(kept)


def _same(name: str, given: dict, kept: dict) -> bool:
    before: Any = kept.get(name)
    if isinstance(before, Decimal):
        return reading.number(given, name) == before
    if name == "Date":
        return reading.day(given, name) == before
    return given[name] == before
