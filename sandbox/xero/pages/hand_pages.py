"""What somebody might do in Xero itself, behind the app's back: end, pay, unpay, archive, disconnect."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from sandbox.xero import clock, switches
from sandbox.xero.accounting import accounts, contacts, document_store, documents, journals, payments
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import JOURNALS, PAYMENTS
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.page_safety import refuse_other_sites
from sandbox.xero.pages.controls import done, sent
from sandbox.xero.pages.document_pages import by_hand, document, document_page, frame
from sandbox.xero.parts import parts
from sandbox.xero.seed import currency_names, key_of, reset_organisation

blueprint = Blueprint("hand_pages", __name__)
DOCUMENT = "/sandbox/<uuid:tenant>/<any('invoices', 'credit-notes', 'manual-journals'):slug>/<uuid:document_id>"

Answer = Response | tuple[str, int]


@blueprint.before_request
def _guard() -> None:
    refuse_other_sites()


@blueprint.post(f"{DOCUMENT}/ending")
def end(tenant: UUID, slug: str, document_id: UUID) -> Answer:
    """A draft is deleted, all else is voided."""
    return _done_to(tenant, slug, document_id, _end)


@blueprint.post(f"{DOCUMENT}/payment")
def pay(tenant: UUID, slug: str, document_id: UUID) -> Answer:
    """Pays what is open, or the ``amount`` that was sent, from the first bank account, today."""
    return _done_to(tenant, slug, document_id, _pay)


@blueprint.post(f"{DOCUMENT}/payments/<uuid:payment_id>/removal")
def unpay(tenant: UUID, slug: str, document_id: UUID, payment_id: UUID) -> Answer:
    return _done_to(tenant, slug, document_id, lambda call, _: _unpay(call, payment_id))


def _done_to(tenant: UUID, slug: str, document_id: UUID, act: Callable[[Call, Document], None]) -> Answer:
    with parts().store.write() as db:
        framed = frame(db, tenant, slug)
        try:
            act(by_hand(db, framed["book"]), document(framed, document_id))
        except Invalid as error:
            problem = " ".join(error.messages)
            return ({"error": problem} if request.is_json else document_page(framed, db, document_id, problem)), 409
    return redirect(f"/sandbox/{tenant}/{slug}/{document_id}", 303)


def _end(call: Call, ended: Document) -> None:
    if ended.family is JOURNALS:
        journals.end(call, ended)
    else:
        documents.end(call, ended, "DELETED" if ended.status in ("DRAFT", "SUBMITTED") else "VOIDED")


def _pay(call: Call, paid: Document) -> None:
    if paid.family is JOURNALS:
        abort(404, "Journals are not paid.")
    bank = next(account for account in call.ledger.accounts.values() if account["Type"] == "BANK")
    key = "Invoice" if paid.family.plural == "Invoices" else "CreditNote"
    payments.create_one(call, {
        key: {paid.family.id_field: paid.id}, "Account": {"AccountID": bank["AccountID"]},
        "Date": clock.moment(call.now_ms).date().isoformat(), "Amount": sent().get("amount") or paid.open_amount,
    })


def _unpay(call: Call, payment_id: UUID) -> None:
    payment = document_store.by_id(call.ledger, PAYMENTS, str(payment_id))
    if payment is None:
        abort(404, "There is no such payment in the sandbox.")
    payments.delete_one(call, payment)


@blueprint.post("/sandbox/<uuid:tenant>/reset")
def reset(tenant: UUID) -> Response:
    """As Xero's Demo Company is reset: its data and connections go, and its tenant id may."""
    with parts().store.write() as db:
        facts = frame(db, tenant)["organisation"]
        keeps_id = switches.value(db, "reset_tenant") == "stays"
        new = reset_organisation(db, str(tenant), key_of(facts), parts().now_ms(db), keeps_id)
    return done({"tenant_id": new})


@blueprint.post("/sandbox/<uuid:tenant>/disconnection")
def disconnect(tenant: UUID) -> Response:
    """Takes the organisation from every app that is connected to it."""
    with parts().store.write() as db:
        frame(db, tenant)
        gone = db.execute("DELETE FROM connections WHERE tenant_id = ?", (str(tenant),)).rowcount
    return done({"disconnected": gone})


@blueprint.post("/sandbox/<uuid:tenant>/accounts/<code>")
def change_account(tenant: UUID, code: str) -> Response:
    """Archives an account, or brings it back: ``Status``."""
    with parts().store.write() as db:
        book = frame(db, tenant)["book"]
        kept = book.accounts.get(code) or abort(404, "There is no such account in this organisation.")
        try:
            accounts.change(by_hand(db, book), kept, {"Status": str(sent().get("Status", ""))})
        except Invalid as error:
            abort(409, " ".join(error.messages))
    return done({"Code": code, "Status": sent().get("Status")})


@blueprint.post("/sandbox/<uuid:tenant>/contacts/<uuid:contact_id>")
def change_contact(tenant: UUID, contact_id: UUID) -> Response:
    """Archives a contact, or brings it back: ``ContactStatus``."""
    status = str(sent().get("ContactStatus", ""))
    if status not in ("ACTIVE", "ARCHIVED"):
        abort(400, "ContactStatus must be ACTIVE or ARCHIVED.")
    with parts().store.write() as db:
        book = frame(db, tenant)["book"]
        kept = book.contacts.get(str(contact_id)) or abort(404, "There is no such contact in this organisation.")
        try:
            contacts.change(by_hand(db, book), kept, {"ContactStatus": status})
        except Invalid as error:
            abort(409, " ".join(error.messages))
    return done({"ContactID": str(contact_id), "ContactStatus": status})


@blueprint.post("/sandbox/<uuid:tenant>/currencies/<code>")
def change_currency(tenant: UUID, code: str) -> Response:
    """Enables a currency, or takes it away: ``enabled`` true or false."""
    if code not in currency_names():
        abort(404, f"The sandbox knows no currency {code}.")
    with parts().store.write() as db:
        book = frame(db, tenant)["book"]
        if str(sent().get("enabled", "")).lower() == "true":
            book.keep_currency({"Code": code, "Description": currency_names()[code]})
        elif code == book.organisation["BaseCurrency"]:
            abort(409, "The base currency stays.")
        else:
            book.remove("currency", code)
        return done(sorted(book.currencies))
