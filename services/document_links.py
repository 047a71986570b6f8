"""Where a document can be looked at: in Xero, or in the sandbox's pages."""

from urllib.parse import quote

from models import Organisation, Posting, XeroConnection
from services.parts import Parts

_PAGES = {
    "invoice": "/AccountsReceivable/View.aspx?InvoiceID={}",
    "credit_note": "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={}",
    "bill": "/AccountsPayable/View.aspx?InvoiceID={}",
    "manual_journal": "/Journal/View.aspx?invoiceID={}",
}


def of_posting(parts: Parts, posting: Posting | None) -> str:
    """The address of the posting's document, or empty while there is none."""
    if posting is None or not posting.document_id:
        return ""
    if parts.config.mode == "sandbox":
        return _in_sandbox(parts, posting)
    return _in_xero(_PAGES[posting.kind].format(quote(posting.document_id)))


def _in_sandbox(parts: Parts, posting: Posting) -> str:
    link = XeroConnection.get_or_none(XeroConnection.id == 1)
    if link is None or not link.tenant_id:
        return ""
    kind = "invoice" if posting.kind == "bill" else posting.kind  # they share Xero's list
    shelf = kind.replace("_", "-") + "s"
    return f"{parts.config.xero_login_url}/sandbox/{quote(link.tenant_id)}/{shelf}/{quote(posting.document_id)}"


def _in_xero(page: str) -> str:
    """Xero's deep link: with the organisation's short code it opens there, whichever one the user saw last."""
    organisation = Organisation.get_or_none(Organisation.id == 1)
    if organisation is None or not organisation.short_code:
        return f"https://go.xero.com{page}"
    code = quote(organisation.short_code, safe="")
    return f"https://go.xero.com/organisationlogin/default.aspx?shortcode={code}&redirecturl={quote(page)}"
