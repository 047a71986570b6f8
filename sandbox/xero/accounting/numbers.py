"""Numbers of documents: unique for sales, whatever is on it for purchases (xero.md 5.3)."""

from sandbox.xero.accounting import document_store
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import Family
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.statuses import FINAL
from sandbox.xero.accounting.texts import say

MAX_LENGTH = 255


def check_number(call: Call, document: Document, number: str) -> str:
    """The number, if the document may bear it. Raises Invalid."""
    family = document.family
    if len(number) > MAX_LENGTH or not (number.isascii() and number.isprintable()):
        raise Invalid(say("number_not_valid", **family.words))
    holder = same_number(call, family, number, besides=document.id) if document.is_sale else None
    if holder:
        raise Invalid(say("must_be_unique", **family.words))
    return number


def same_number(call: Call, family: Family, number: str, besides: str = "") -> Document | None:
    """The sale that holds the number; voided and deleted ones hold theirs only if a switch says so."""
    for document in document_store.by_number(call.ledger, family, number):
        if document.is_sale and document.id != besides and _holds(call, document):
            return document
    return None


def _holds(call: Call, document: Document) -> bool:
    if document.status not in FINAL:
        return True
    deleted = call.switch("deleted_numbers") if document.status == "DELETED" else "like_voided"
    return (call.switch("voided_numbers") if deleted == "like_voided" else deleted) == "held"
