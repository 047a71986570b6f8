"""Which documents a list call gets, asked of the database: filters, where, order and page (xero.md section 6)."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sandbox.xero.accounting import document_store, limits, selection
from sandbox.xero.accounting.answers import bad_query
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.expression import Tree, is_optimised
from sandbox.xero.accounting.families import Family
from sandbox.xero.accounting.statuses import FINAL
from sandbox.xero.accounting.where_sql import to_sql

ENDED = ", ".join(f"'{status}'" for status in FINAL)
OPEN = f"(CASE WHEN d.status IN ({ENDED}) THEN 0 ELSE d.total - d.paid - d.credited END * 10000)"
CONTACT = (
    "(SELECT json_extract(r.body, '$.{}') FROM records r "
    "WHERE r.tenant_id = d.tenant_id AND r.kind = 'contact' AND r.id = d.contact_id)"
)
CONTENT = "(SELECT json_extract(c.body, '$.{}') FROM contents c WHERE c.tenant_id = d.tenant_id AND c.id = d.id)"
ATTACHED = "EXISTS (SELECT 1 FROM attachments a WHERE a.tenant_id = d.tenant_id AND a.document_id = d.id)"
COLUMNS = {
    "Type": "d.type", "PaymentType": "d.type", "Status": "d.status", "Reference": "d.reference",
    "Narration": "d.reference", "Date": "d.day_ms",
    "DueDate": "d.due_ms", "UpdatedDateUTC": "d.updated_ms", "SubTotal": "(d.sub_total * 10000)",
    "TotalTax": "(d.tax * 10000)", "Total": "(d.total * 10000)", "Amount": "(d.total * 10000)",
    "AmountPaid": "(d.paid * 10000)", "AmountCredited": "(d.credited * 10000)", "AppliedAmount": "(d.credited * 10000)",
    "AmountDue": OPEN, "RemainingCredit": OPEN, "HasAttachments": ATTACHED, "Contact.ContactID": "d.contact_id",
    "Invoice.InvoiceID": "d.parent_id",
}
BY_KIND = {
    "text": "{}", "guid": "{}", "flag": "{}", "number": "CAST(round({} * 1000000) AS INTEGER)",
    "day": "(CAST(strftime('%s', {}) AS INTEGER) * 1000)", "moment": "{}",
}
# Looked up quickly, joined with AND [INV-DOC; MJ-DOC for the narration]
OPTIMISED = {
    "Status", "Contact.ContactID", "Contact.Name", "Contact.ContactNumber", "Reference", "InvoiceNumber", "InvoiceID",
    "CreditNoteID", "CreditNoteNumber", "Type", "Date", "DueDate", "AmountDue", "AmountPaid", "Narration",
    "ManualJournalID", "PaymentID", "UpdatedDateUTC",
}


@cache
def columns(family: Family) -> dict[str, str]:
    """SQL for each field that a where or an order of this family may name."""
    own = {**COLUMNS, family.id_field: "d.id", **({family.number_field: "d.number"} if family.number_field else {})}
    return {name: own.get(name) or _read_from_json(name, kind)
            for name, kind in selection.fields(family.selection).items()}


def _read_from_json(name: str, kind: str) -> str:
    inner = CONTACT.format(name.removeprefix("Contact.")) if name.startswith("Contact.") else CONTENT.format(name)
    return BY_KIND[kind].format(inner)


@dataclass
class Query:
    family: Family
    words: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    order: str = "d.updated_ms, d.id"  # Xero's default [INV-DOC]

    def add(self, words: str, *values: Any) -> None:
        self.words.append(f"({words})")
        self.values += values

    @property
    def condition(self) -> str:
        return " AND ".join(self.words) or "1"

    def count(self, call: Call) -> int:
        return call.db.execute(
            f"SELECT count(*) FROM documents d WHERE d.tenant_id = ? AND d.family = ? AND {self.condition}",  # noqa: S608 our own words
            (call.ledger.tenant_id, self.family.plural, *self.values),
        ).fetchone()[0]

    def documents(self, call: Call, offset: int = 0, most: int = -1, with_lines: bool = True) -> list[Document]:
        condition = f"{self.condition} ORDER BY {self.order} LIMIT ? OFFSET ?"
        return document_store.read(call.ledger, self.family, condition, [*self.values, most, offset], with_lines)


def query(family: Family, call: Call) -> Query:
    """Raises Refusal for what cannot be read, or would take Xero too long."""
    asked = Query(family)
    lists = {"IDs": "d.id", "ContactIDs": "d.contact_id", "Statuses": "folded(d.status)"}
    if family.number_field:
        lists[f"{family.number_field}s"] = "folded(d.number)"
    for name, column in lists.items():
        wanted = sorted(selection.listed(call, name))
        if wanted:
            asked.add(f"{column} IN ({', '.join('?' * len(wanted))})", *wanted)
    if call.flag("createdByMyApp"):
        asked.add("d.app = ?", call.caller.client_id)
    if call.query.get("searchTerm"):
        asked.add("instr(folded(d.number || char(10) || d.reference), ?)", call.query["searchTerm"].casefold())
    since = selection.modified_since(call)
    if since is not None:
        asked.add("d.updated_ms > ?", since)
    _add_where(asked, call)
    _add_order(asked, call)
    return asked


def _add_where(asked: Query, call: Call) -> None:
    tree = selection.where(call, selection.fields(asked.family.selection))
    if tree is None:
        return
    _refuse_when_too_slow(tree, asked.family, call)
    words, values = to_sql(tree, columns(asked.family))
    asked.add(words, *values)


def _refuse_when_too_slow(tree: Tree, family: Family, call: Call) -> None:
    """Only a filter Xero has no quick way for, and only over very many documents [LIM-DOC, RC-DOC]."""
    most = limits.value(call.db, "filter")
    if not is_optimised(tree, OPTIMISED) and Query(family).count(call) > most:
        raise bad_query(f"This filter is not optimised, and there are more than {most} records to look through.")


def _add_order(asked: Query, call: Call) -> None:
    kinds = selection.fields(asked.family.selection)
    steps = []
    for name, backwards in selection.order(call, kinds):
        column = columns(asked.family)[name]
        column = f"nullif(folded({column}), '')" if kinds[name] == "text" else column
        steps.append(f"{column} DESC" if backwards else column)
    asked.order = ", ".join([*steps, asked.order])
