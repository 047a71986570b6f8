"""Reading documents: one, or a list filtered, sorted and paged (xero.md section 6)."""

from collections.abc import Callable
from typing import Any

from sandbox.xero.accounting import document_shapes, limits, selection, settling
from sandbox.xero.accounting.answers import Answer, bad_query
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_query import Query, query
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.documents import find
from sandbox.xero.accounting.families import Family

PAGED_BY = {"page", "pageSize", "Statuses"}
Shape = Callable[[Call, Document], dict[str, Any]]


def one(family: Family, call: Call, document_id: str) -> Answer:
    return call.answer(family.plural, [document_shapes.one(call, find(family, call, document_id))])


def many(family: Family, call: Call) -> Answer:
    """Lines come only with a page; Statuses and summaryOnly switch paging on [INV-DOC]."""
    summary = call.flag("summaryOnly")
    paged = summary or is_paged(call)
    shape = document_shapes.in_summary if summary else document_shapes.in_page if paged else document_shapes.in_list
    asked = query(family, call)
    if not paged:
        found = all_of(call, asked)
        settling.gather(call, found)
        return call.answer(family.plural, [shape(call, document) for document in found])
    found, pagination = one_page(call, asked, with_lines=not summary)
    settling.gather(call, found)
    return call.answer(family.plural, [shape(call, document) for document in found], pagination)


def is_paged(call: Call) -> bool:
    return bool(PAGED_BY & call.query.keys())


def all_of(call: Call, asked: Query, with_lines: bool = False) -> list[Document]:
    """Raises Refusal when there are more than Xero gives at once [LIM-DOC]."""
    most = limits.value(call.db, "filter")
    if asked.count(call) > most:
        raise bad_query(f"There are more than {most} records. Ask for pages.")
    return asked.documents(call, with_lines=with_lines)


def one_page(call: Call, asked: Query, with_lines: bool = True) -> tuple[list[Document], dict[str, int]]:
    number, size = selection.page_asked(call)
    found = asked.documents(call, (number - 1) * size, size, with_lines)
    return found, selection.pagination(number, size, asked.count(call))
