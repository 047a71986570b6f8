"""Files attached to documents: raw bytes in, raw bytes out (xero.md 8.11)."""

import uuid

from sandbox.xero.accounting import document_store, settling
from sandbox.xero.accounting.answers import Answer, ApiException, not_found
from sandbox.xero.accounting.beside_shapes import file, files
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.documents import find
from sandbox.xero.accounting.families import JOURNALS, Family
from sandbox.xero.accounting.texts import say

MOST = 10
FORBIDDEN = set('<>:"/\\|?*+\x00')  # in file names [ATT-DOC, MNV]
MEGABYTE = 1024 * 1024


def listing(family: Family, call: Call, document_id: str) -> Answer:
    document = _document(family, call, document_id)
    return call.answer("Attachments", files(call, document))


def content(family: Family, call: Call, document_id: str, file_name: str) -> Answer:
    """By id or by file name."""
    document = _document(family, call, document_id)
    row = call.db.execute(
        "SELECT content, mime_type FROM attachments WHERE tenant_id = ? AND document_id = ? AND ? IN (id, file_name)",
        (call.ledger.tenant_id, document.id, file_name),
    ).fetchone()
    if row is None:
        raise not_found()
    return Answer(200, row["content"], row["mime_type"], {"X-Content-Type-Options": "nosniff"})


def save(family: Family, call: Call, document_id: str, file_name: str) -> Answer:
    """The same name overwrites."""
    document, content = _document(family, call, document_id), call.request.get_data()
    there = {kept["file_name"].casefold(): kept for kept in settling.beside(call, document).attachments}
    _check(call, file_name, content, len(there.keys() | {file_name.casefold()}))
    before = there.get(file_name.casefold())
    attachment_id = before["id"] if before else str(uuid.uuid4())
    online = call.flag("IncludeOnline") and document.type == "ACCREC"
    call.db.execute(
        "INSERT OR REPLACE INTO attachments VALUES (?, ?, ?, ?, ?, ?, ?)",
        (call.ledger.tenant_id, document.id, attachment_id, file_name, _mime_type(call), online, content),
    )
    document_store.keep(call.ledger, document, call.now_ms, call.caller.client_id, f"Attached the file {file_name}")
    call.gathered.pop(document.id, None)
    saved = next(kept for kept in settling.beside(call, document).attachments if kept["id"] == attachment_id)
    return call.answer("Attachments", [file(call, document, saved)])


def _mime_type(call: Call) -> str:
    """The type that was sent, if it is one."""
    sent = call.request.headers.get("Content-Type", "").partition(";")[0].strip()
    return sent if sent.isascii() and sent.isprintable() and "/" in sent else "application/octet-stream"


def _check(call: Call, file_name: str, content: bytes, count: int) -> None:
    """Raises Refusal."""
    most = int(call.switch("attachment_limit").removesuffix("MB"))
    if FORBIDDEN & set(file_name) or not file_name.isprintable():
        raise ApiException(10, "ValidationException", say("file_name_not_valid"))
    if not content:
        raise ApiException(10, "ValidationException", say("file_empty"))
    if len(content) > most * MEGABYTE:
        raise ApiException(10, "ValidationException", say("file_too_large", most=most))
    if count > MOST:
        raise ApiException(10, "ValidationException", say("too_many_files", most=MOST))


def _document(family: Family, call: Call, document_id: str) -> Document:
    if family is not JOURNALS:
        return find(family, call, document_id)
    found = document_store.by_id(call.ledger, family, document_id)
    if found is None:
        raise not_found()
    return found
