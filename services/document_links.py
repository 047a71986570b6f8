"""Where a document can be looked at: in Xero, or in the sandbox's pages."""

from collections.abc import Iterable
from urllib.parse import quote

from models import Organisation, Posting, XeroConnection
from services.parts import Parts

_PAGES = {
    "invoice": "/AccountsReceivable/View.aspx?InvoiceID={}",
    "credit_note": "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={}",
    "supplier_credit_note": "/AccountsPayable/ViewCreditNote.aspx?creditNoteID={}",
    "bill": "/AccountsPayable/View.aspx?InvoiceID={}",
    "manual_journal": "/Journal/View.aspx?invoiceID={}",
}


def of_posting(parts: Parts, posting: Posting | None) -> str:
    """The address of the posting's document, or empty while there is none."""
    return of_postings(parts, [posting])[0]


def of_postings(parts: Parts, postings: Iterable[Posting | None]) -> list[str]:
    """The same for many, in their order, asking once where they lead."""
    in_sandbox = parts.config.mode == "sandbox"
    link = XeroConnection.get_or_none(XeroConnection.id == 1) if in_sandbox else None
    organisation = None if in_sandbox else Organisation.get_or_none(Organisation.id == 1)

    def address(posting: Posting | None) -> str:
        if posting is None or not posting.document_id:
            return ""
        if in_sandbox:
            return _in_sandbox(parts, link, posting)
        return _in_xero(_PAGES[posting.kind].format(quote(posting.document_id)), organisation)

    return [address(posting) for posting in postings]


def _in_sandbox(parts: Parts, link: XeroConnection | None, posting: Posting) -> str:
    if link is None or not link.tenant_id:
        return ""
    shared = {"bill": "invoice", "supplier_credit_note": "credit_note"}  # they share Xero's list
    kind = shared.get(posting.kind, posting.kind)
    shelf = kind.replace("_", "-") + "s"
    return f"{parts.config.xero_login_url}/sandbox/{quote(link.tenant_id)}/{shelf}/{quote(posting.document_id)}"


def _in_xero(page: str, organisation: Organisation | None) -> str:
    """Xero's deep link: with the organisation's short code it opens there, whichever one the user saw last."""
    if organisation is None or not organisation.short_code:
        return f"https://go.xero.com{page}"
    code = quote(organisation.short_code, safe="")
    return f"https://go.xero.com/organisationlogin/default.aspx?shortcode={code}&redirecturl={quote(page)}"
