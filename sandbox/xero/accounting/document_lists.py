"""Reading invoices and credit notes: one, or a list filtered, sorted and paged (xero.md section 6)."""

from sandbox.xero.accounting import document_shapes, document_store
from sandbox.xero.accounting.answers import Answer
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.documents import find
from sandbox.xero.accounting.families import Family
from sandbox.xero.accounting.selection import listed, page, select

PAGED_BY = {"page", "pageSize", "Statuses"}


def one(family: Family, call: Call, document_id: str) -> Answer:
    return call.answer(family.plural, [document_shapes.one(call, find(family, call, document_id))])


def many(family: Family, call: Call) -> Answer:
    """Lines come only with a page; Statuses and summaryOnly switch paging on [INV-DOC]."""
    summary = call.flag("summaryOnly")
    paged = summary or bool(PAGED_BY & call.query.keys())
    found = _chosen(family, call, with_lines=paged and not summary)
    pagination = None
    if paged:
        found, pagination = page(call, found)
    shape = document_shapes.in_summary if summary else document_shapes.in_page if paged else document_shapes.in_list
    return call.answer(family.plural, [shape(call, document) for document in found], pagination)


def _chosen(family: Family, call: Call, with_lines: bool) -> list[Document]:
    documents = document_store.all_of(call.ledger, family, with_lines)
    for name, field in (
        ("IDs", family.id_field), (f"{family.number_field}s", family.number_field), ("ContactIDs", "ContactID"),
        ("Statuses", "Status"),
    ):
        wanted = listed(call, name)
        documents = [item for item in documents if not wanted or str(item.facts.get(field, "")).lower() in wanted]
    if call.flag("createdByMyApp"):
        documents = [item for item in documents if item.facts["App"] == call.caller.client_id]
    term = call.query.get("searchTerm", "").casefold()
    documents = [item for item in documents if term in f"{item.number}\n{item.facts.get('Reference', '')}".casefold()]
    by_id = {item.id: item for item in documents}
    rows = select(call, [document_shapes.row(call, item) for item in documents], family.selection)
    return [by_id[row[family.id_field]] for row in rows]
