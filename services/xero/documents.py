"""Invoices, bills, credit notes and journals as Xero states them: typed, exact, dates as printed."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.xero import answers, errors


@dataclass(frozen=True)
class Resource:
    """How one kind of document is called in Xero's addresses and fields."""

    path: str
    id: str
    number: str


INVOICES = Resource("Invoices", "InvoiceID", "InvoiceNumber")
CREDIT_NOTES = Resource("CreditNotes", "CreditNoteID", "CreditNoteNumber")
JOURNALS = Resource("ManualJournals", "ManualJournalID", "Narration")
RESOURCES = {
    "invoice": INVOICES, "bill": INVOICES, "credit_note": CREDIT_NOTES, "supplier_credit_note": CREDIT_NOTES,
    "manual_journal": JOURNALS,
}  # fmt: skip
TYPES = {"invoice": "ACCREC", "bill": "ACCPAY", "credit_note": "ACCRECCREDIT"}
_KINDS = {type_: kind for kind, type_ in TYPES.items()} | {"ACCPAYCREDIT": "supplier_credit_note"}


@dataclass(frozen=True)
class DocumentLine:
    """One line; amounts are gross where the document is tax-inclusive. Tracking: (category id, option id) pairs."""

    description: str
    account_code: str
    tax_type: str
    line_amount: Decimal
    tax_amount: Decimal
    tracking: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Document:
    """A document in Xero; amounts in major units.

    ``kind``: invoice, bill, credit_note, supplier_credit_note or manual_journal. A journal has its
    narration for a number and no currency: it is in the organisation's own.
    """

    kind: str
    id: str
    number: str
    reference: str
    status: str  # DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED, DELETED; a journal is POSTED once approved
    currency: str
    total: Decimal
    total_tax: Decimal
    contact_name: str
    date: str  # YYYY-MM-DD
    lines: tuple[DocumentLine, ...]  # empty in lists that leave lines out
    warnings: tuple[str, ...] = ()
    updated_at: datetime | None = None
    due_date: str = ""
    contact_id: str = ""
    amount_paid: Decimal = Decimal(0)
    line_amount_types: str = ""  # Inclusive, Exclusive, NoTax


def read_document(element: dict, resource: Resource) -> Document:
    """One element of an answer; Rejected when Xero marked it as refused (a 200 is not yet a yes: xero.md 3.3)."""
    if element.get("HasErrors") is True or element.get("StatusAttributeString") == "ERROR":
        raise errors.Rejected(answers.validation_messages(element), [element])
    if resource is JOURNALS:
        return _read_journal(element)
    if not _are_texts(element, resource.id, "Status", "Type") or element.get("Total") is None:
        raise errors.Unreadable(xero_words="a document without id, type, status or total")
    contact = element.get("Contact") if isinstance(element.get("Contact"), dict) else {}
    return Document(
        kind=_kind(answers.text(element, "Type")), id=answers.text(element, resource.id),
        number=answers.text(element, resource.number), reference=answers.text(element, "Reference"),
        status=answers.text(element, "Status"), currency=answers.text(element, "CurrencyCode"),
        total=answers.amount(element["Total"]), total_tax=answers.amount(element.get("TotalTax")),
        contact_name=answers.text(contact, "Name"), contact_id=answers.text(contact, "ContactID"),
        date=answers.day(element, "Date"), due_date=answers.day(element, "DueDate"), lines=_lines(element),
        warnings=answers.warning_messages(element), updated_at=answers.moment(element.get("UpdatedDateUTC")),
        amount_paid=answers.amount(element.get("AmountPaid")),
        line_amount_types=answers.text(element, "LineAmountTypes"),
    )


def _kind(type_: str) -> str:
    return _KINDS.get(type_, type_.lower())


def _are_texts(element: dict, *names: str) -> bool:
    return all(isinstance(element.get(name), str) and element[name] for name in names)


def _read_journal(element: dict) -> Document:
    if not _are_texts(element, JOURNALS.id, "Status", "Narration"):
        raise errors.Unreadable(xero_words="a journal without id, narration or status")
    lines = _lines(element, "JournalLines")
    return Document(
        kind="manual_journal", id=answers.text(element, JOURNALS.id), number=answers.text(element, "Narration"),
        reference="", status=answers.text(element, "Status"), currency="",
        total=sum((line.line_amount for line in lines), Decimal(0)),
        total_tax=sum((line.tax_amount for line in lines), Decimal(0)), contact_name="",
        date=answers.day(element, "Date"), lines=lines, warnings=answers.warning_messages(element),
        updated_at=answers.moment(element.get("UpdatedDateUTC")),
        line_amount_types=answers.text(element, "LineAmountTypes"),
    )


def our_number(document: Document) -> str:
    """Our number of it: bills and journals, which have no reference field, say more behind it."""
    if document.kind in ("bill", "manual_journal"):
        return document.number.partition(" ")[0]
    return document.number


def _lines(element: dict, name: str = "LineItems") -> tuple[DocumentLine, ...]:
    return tuple(
        DocumentLine(
            description=answers.text(line, "Description"), account_code=answers.text(line, "AccountCode"),
            tax_type=answers.text(line, "TaxType"), line_amount=answers.amount(line.get("LineAmount")),
            tax_amount=answers.amount(line.get("TaxAmount")), tracking=_tracking(line))
        for line in answers.parts_of(element, name)
    )


def _tracking(line: dict) -> tuple[tuple[str, str], ...]:
    chosen = answers.parts_of(line, "Tracking")
    ids = ((answers.text(part, "TrackingCategoryID"), answers.text(part, "TrackingOptionID")) for part in chosen)
    return tuple(sorted(ids))


KEY = re.compile(r"(?<!\w)TB[A-Z]{2}-\w+(?!\w)", re.IGNORECASE)


def keys_of(document: Document) -> set[str]:
    """The settlement keys (TBUK-26881161592) its reference or number holds, in upper case."""
    return {found.upper() for found in KEY.findall(f"{document.reference} {document.number}")}


def carries(document: Document, key: str) -> bool:
    """Whether the reference or the number holds ``key`` as a word of its own, whatever its case.

    Xero searches by "contains": a settlement id that begins with another one must not match it.
    """
    word = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)", re.IGNORECASE)
    return bool(word.search(document.reference) or word.search(document.number))
