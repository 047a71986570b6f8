"""Pages that show what is in "Xero" now: an organisation, its documents, one of them."""

import sqlite3
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request

from sandbox.xero.accounting import document_store, settling
from sandbox.xero.accounting.bearer import Caller
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_query import Query
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import CREDIT_NOTES, FAMILIES, INVOICES, JOURNALS
from sandbox.xero.accounting.statuses import FINAL
from sandbox.xero.ledger import Ledger
from sandbox.xero.pages.home_pages import apps, counts
from sandbox.xero.parts import parts

BY_HAND = "by hand"
PER_PAGE = 100

blueprint = Blueprint("document_pages", __name__)


@blueprint.get("/sandbox/<uuid:tenant>/")
def organisation(tenant: UUID) -> str:
    with parts().store.read() as db:
        return render_template("organisation.html", **frame(db, tenant))


@blueprint.get("/sandbox/<uuid:tenant>/<any('invoices', 'credit-notes', 'manual-journals', 'payments'):slug>")
def listing(tenant: UUID, slug: str) -> str:
    with parts().store.read() as db:
        return render_template("documents.html", **_listing(db, tenant, slug))


@blueprint.get("/sandbox/<uuid:tenant>/<any('invoices', 'credit-notes', 'manual-journals'):slug>/<uuid:document_id>")
def one(tenant: UUID, slug: str, document_id: UUID) -> str:
    with parts().store.read() as db:
        return document_page(frame(db, tenant, slug), db, document_id)


def frame(db: sqlite3.Connection, tenant: UUID, slug: str = "") -> dict[str, Any]:
    """What every page of one organisation needs; 404 when there is no such organisation."""
    book = Ledger(db, str(tenant))
    if not book.records("organisation"):
        abort(404, "There is no such organisation in the sandbox.")
    return {
        "book": book, "organisation": book.organisation, "slug": slug, "family": FAMILIES.get(slug),
        "counts": counts(db, str(tenant)), "apps": apps(db, str(tenant)),
    }


def by_hand(db: sqlite3.Connection, book: Ledger) -> Call:
    """A call as if somebody worked in Xero itself."""
    return Call(db, request, Caller(BY_HAND, [], ""), book, parts().now_ms(db), "")


def document(frame: dict[str, Any], document_id: UUID) -> Document:
    found = document_store.by_id(frame["book"], frame["family"], str(document_id))
    return found or abort(404, "There is no such document in the sandbox.")


def document_page(frame: dict[str, Any], db: sqlite3.Connection, document_id: UUID, problem: str = "") -> str:
    shown, book = document(frame, document_id), frame["book"]
    common = {"document": shown, "problem": problem, "final": FINAL, "open_drafts": ("DRAFT", "SUBMITTED"),
              "history": document_store.history(book, shown.id)}
    beside = settling.beside(by_hand(db, book), shown)
    if frame["family"] is JOURNALS:
        return render_template("journal.html", **frame, **common, beside=beside)
    return render_template(
        "document.html", **frame, **common, beside=beside, contact=book.contacts[shown.facts["ContactID"]],
        others=_others(book, shown, beside),
    )


def _others(book: Ledger, shown: Document, beside: settling.Beside) -> dict[str, Document]:
    """The credit notes of an invoice, or the invoices of a credit note, by id."""
    side, family = ("note_id", CREDIT_NOTES) if shown.family is INVOICES else ("invoice_id", INVOICES)
    found = (document_store.by_id(book, family, row[side]) for row in beside.allocations)
    return {each.id: each for each in found if each}


def _listing(db: sqlite3.Connection, tenant: UUID, slug: str) -> dict[str, Any]:
    framed = frame(db, tenant, slug)
    asked = Query(framed["family"], order="d.day_ms DESC, d.number DESC, d.updated_ms DESC")
    number = min(max(1, request.args.get("page", 1, type=int)), 10**9)
    call = by_hand(db, framed["book"])
    shown = asked.documents(call, (number - 1) * PER_PAGE, PER_PAGE, with_lines=False)
    count = framed["counts"][slug]
    return {**framed, "documents": shown, "page": number, "more": count > number * PER_PAGE, "final": FINAL}
