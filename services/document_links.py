"""Where a document can be looked at: in Xero, or in the sandbox's pages."""

from collections.abc import Iterable
from urllib.parse import quote

from models import Organisation, Posting, XeroConnection
from services.database import Prepared
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
    return of_documents(parts, [(posting.kind, posting.document_id)])[0] if posting else ""


def of_documents(parts: Parts, documents: Iterable[tuple[str, str | None]]) -> list[str]:
    """The same for many, kind and id each, in their order, asking once where they lead; empty where there is no id."""
    in_sandbox = parts.config.mode == "sandbox"
    tenant = _TENANT.first() if in_sandbox else None
    organisation = None if in_sandbox else Organisation.get_or_none(Organisation.id == 1)

    def address(kind: str, document_id: str | None) -> str:
        if not document_id:
            return ""
        if in_sandbox:
            return _in_sandbox(parts, tenant[0] if tenant else "", kind, document_id)
        return _in_xero(_PAGES[kind].format(quote(document_id)), organisation)

    return [address(*document) for document in documents]


_TENANT = Prepared(lambda: XeroConnection.select(XeroConnection.tenant_id).where(XeroConnection.id == 1))


def _in_sandbox(parts: Parts, tenant_id: str, kind: str, document_id: str) -> str:
    if not tenant_id:
        return ""
    kind = {"bill": "invoice", "supplier_credit_note": "credit_note"}.get(kind, kind)  # they share Xero's list
    shelf = kind.replace("_", "-") + "s"
    return f"{parts.config.xero_login_url}/sandbox/{quote(tenant_id)}/{shelf}/{quote(document_id)}"


def _in_xero(page: str, organisation: Organisation | None) -> str:
    """Xero's deep link: with the organisation's short code it opens there, whichever one the user saw last."""
    if organisation is None or not organisation.short_code:
        return f"https://go.xero.com{page}"
    code = quote(organisation.short_code, safe="")
    return f"https://go.xero.com/organisationlogin/default.aspx?shortcode={code}&redirecturl={quote(page)}"
