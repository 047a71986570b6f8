"""Pages that show what is in "Xero" now: organisations, invoices, credit notes, one document."""

import sqlite3
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.xero import clock, faults, ledger, switches
from sandbox.xero.accounting import document_store, documents
from sandbox.xero.accounting.bearer import Caller
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import FAMILIES
from sandbox.xero.accounting.saving import Invalid
from sandbox.xero.accounting.statuses import FINAL
from sandbox.xero.ledger import Ledger
from sandbox.xero.page_safety import refuse_other_sites
from sandbox.xero.parts import parts

BY_HAND = "by hand"
PER_PAGE = 100

blueprint = Blueprint("ledger_pages", __name__)


@blueprint.get("/sandbox/")
def home() -> str:
    with parts().store.read() as db:
        return render_template("home.html", **_overview(db))


@blueprint.get("/sandbox/<uuid:tenant>/")
def organisation(tenant: UUID) -> str:
    with parts().store.read() as db:
        return render_template("organisation.html", **_frame(db, tenant))


@blueprint.get("/sandbox/<uuid:tenant>/<any('invoices', 'credit-notes'):slug>")
def listing(tenant: UUID, slug: str) -> str:
    with parts().store.read() as db:
        return render_template("documents.html", **_listing(db, tenant, slug))


@blueprint.get("/sandbox/<uuid:tenant>/<any('invoices', 'credit-notes'):slug>/<uuid:document_id>")
def one(tenant: UUID, slug: str, document_id: UUID) -> str:
    with parts().store.read() as db:
        return _document_page(_frame(db, tenant, slug), db, document_id)


@blueprint.post("/sandbox/<uuid:tenant>/<any('invoices', 'credit-notes'):slug>/<uuid:document_id>/ending")
def end(tenant: UUID, slug: str, document_id: UUID) -> Response | tuple[str, int]:
    refuse_other_sites()
    with parts().store.write() as db:
        frame = _frame(db, tenant, slug)
        try:
            _end_by_hand(db, frame, document_id)
        except Invalid as error:
            return _document_page(frame, db, document_id, problem=" ".join(error.messages)), 409
    return redirect(f"/sandbox/{tenant}/{slug}/{document_id}", 303)


def _overview(db: sqlite3.Connection) -> dict[str, Any]:
    organisations = [
        {**facts, "counts": _counts(db, facts["OrganisationID"]), "apps": _apps(db, facts["OrganisationID"])}
        for facts in ledger.organisations(db)
    ]
    return {
        "organisations": organisations, "switches": switches.switches(), "values": switches.values(db),
        "now_ms": parts().now_ms(db), "offset_seconds": clock.offset_seconds(db),
        "ordered": faults.ordered(db), "faults": faults.FAULTS,
    }


def _counts(db: sqlite3.Connection, tenant_id: str) -> dict[str, int]:
    rows = db.execute("SELECT family, count(*) AS n FROM documents WHERE tenant_id = ? GROUP BY family", (tenant_id,))
    found = {row["family"]: row["n"] for row in rows}
    return {slug: found.get(family.plural, 0) for slug, family in FAMILIES.items()}


def _apps(db: sqlite3.Connection, tenant_id: str) -> list[str]:
    rows = db.execute("SELECT client_id FROM connections WHERE tenant_id = ? ORDER BY created_ms", (tenant_id,))
    return [row["client_id"] for row in rows]


def _frame(db: sqlite3.Connection, tenant: UUID, slug: str = "") -> dict[str, Any]:
    """What every page of one organisation needs."""
    book = Ledger(db, str(tenant))
    if not book.records("organisation"):
        abort(404, "There is no such organisation in the sandbox.")
    return {
        "book": book, "organisation": book.organisation, "slug": slug, "family": FAMILIES.get(slug),
        "counts": _counts(db, str(tenant)), "apps": _apps(db, str(tenant)),
    }


def _listing(db: sqlite3.Connection, tenant: UUID, slug: str) -> dict[str, Any]:
    frame = _frame(db, tenant, slug)
    found = document_store.all_of(frame["book"], frame["family"], with_lines=False)
    found.sort(key=lambda item: (item.facts["Date"], item.number), reverse=True)
    number = max(1, request.args.get("page", 1, type=int))
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return {**frame, "documents": shown, "page": number, "more": len(found) > number * PER_PAGE, "final": FINAL}


def _document(frame: dict[str, Any], document_id: UUID) -> Document:
    found = document_store.by_id(frame["book"], frame["family"], str(document_id))
    return found or abort(404, "There is no such document in the sandbox.")


def _document_page(frame: dict[str, Any], db: sqlite3.Connection, document_id: UUID, problem: str = "") -> str:
    document = _document(frame, document_id)
    return render_template(
        "document.html", **frame, document=document, problem=problem, final=FINAL,
        contact=frame["book"].contacts[document.facts["ContactID"]],
        history=document_store.history(frame["book"], document.id),
    )


def _end_by_hand(db: sqlite3.Connection, frame: dict[str, Any], document_id: UUID) -> None:
    """As somebody would in Xero itself: a draft is deleted, all else is voided. Raises Invalid."""
    document = _document(frame, document_id)
    call = Call(db, request, Caller(BY_HAND, [], ""), frame["book"], parts().now_ms(db), "")
    documents.end(call, document, "DELETED" if document.status in ("DRAFT", "SUBMITTED") else "VOIDED")


