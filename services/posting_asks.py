"""Puts what a run asks to Xero and turns what comes back into answers a run understands."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models import Organisation, Posting
from services.core.money import minor_digits
from services.core.posting_moves import READS, Ask, Change, Create, Fetch, LookUp, Numbered, Refused, Silent
from services.core.posting_states import Found
from services.errors import NotConnected
from services.xero.client import XeroClient
from services.xero.documents import RESOURCES, Document, our_number
from services.xero.errors import (
    AccessRefused,
    NotFoundInXero,
    Rejected,
    ScopeMissing,
    ServerError,
    Unreadable,
    XeroError,
)
from services.xero.explanations import explain

ONLY_A_PERSON_HELPS = (ScopeMissing, AccessRefused, NotConnected)  # what waits goes on after reconnecting
REMEMBERED = (ServerError, Unreadable)  # Xero answers a repeated key with the error it gave before (xero.md 4)


def answer(client: XeroClient, ask: Ask, posting_id: int) -> Any:
    """What Xero says to one ask: Found, a list of them, Refused or Silent."""
    return answered(lambda: _put(client, ask, posting_id), writes=not isinstance(ask, READS))


def answered(call: Callable[[], Any], writes: bool = True) -> Any:
    """What a call comes to; only a write whose answer is lost may have done something."""
    try:
        return call()
    except Rejected as rejected:
        return refused(rejected)
    except NotFoundInXero as error:
        return Refused(error.message, error.xero_words, gone=True)
    except ONLY_A_PERSON_HELPS as error:
        return Silent(error.message, sent=False)
    except XeroError as error:
        if error.outcome_unknown or error.try_again:
            return Silent(error.message, writes and error.outcome_unknown, isinstance(error, REMEMBERED))
        return Refused(error.message, error.xero_words)


def refused(rejected: Rejected) -> Refused:
    return Refused(explain(rejected.xero_words), rejected.xero_words)


def _put(client: XeroClient, ask: Ask, posting_id: int) -> Any:
    match ask:
        case LookUp(kinds, key):
            return [
                found(each) for kind in kinds for each in client.find_documents(kind, key) if each.kind in RESOURCES]
        case Numbered(kind, number):
            return [found(each) for each in client.documents_numbered(kind, number)]
        case Fetch(kind, document_id):
            return found(client.get_document(kind, document_id))
        case Create(kind, _):
            posting = Posting.get_by_id(posting_id)
            return found(client.create_document(kind, posting.payload, posting.idempotency_key))
        case Change(to, kind, document_id, number):
            return found(client.change(to, kind, document_id, number))


def _own_currency() -> str:
    """The organisation's: a journal, which names none, is always in it (product.md section 13)."""
    organisation = Organisation.get_or_none(Organisation.id == 1)
    return organisation.base_currency if organisation else ""


def found(document: Document) -> Found:
    """Xero's document in our minor units."""

    currency = document.currency or _own_currency()

    def minor(amount: Decimal) -> int:
        return int(amount.scaleb(minor_digits(currency)))

    lines = tuple(
        (line.description, line.account_code, line.tax_type, minor(line.line_amount), minor(line.tax_amount),
         line.tracking)
        for line in document.lines
    )
    return Found(
        document.id, document.kind, our_number(document), document.status, currency, minor(document.total),
        minor(document.total_tax), lines, document.reference, document.warnings,
        document.updated_at, minor(document.amount_paid),
    )
