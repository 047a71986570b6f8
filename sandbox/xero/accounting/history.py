"""The history of a document, and notes added to it (xero.md 8.12)."""

from sandbox.xero import wire
from sandbox.xero.accounting import document_store
from sandbox.xero.accounting.answers import Answer, not_found
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import Family
from sandbox.xero.accounting.saving import Invalid, save_all
from sandbox.xero.accounting.texts import say

LONGEST = 2500  # [MNV]
NOTE = "Note: "


def show(family: Family, call: Call, document_id: str) -> Answer:
    document = _find(family, call, document_id)
    rows = document_store.history(call.ledger, document.id)
    return call.answer("HistoryRecords", [_shown(row["at_ms"], row["by"], row["what"]) for row in rows])


def add(family: Family, call: Call, document_id: str) -> Answer:
    document = _find(family, call, document_id)
    return save_all(call, "HistoryRecords", "", lambda given: _add(call, document, given), _echo)


def _find(family: Family, call: Call, document_id: str) -> Document:
    found = document_store.by_id(call.ledger, family, document_id)
    if found is None:
        raise not_found()
    return found


def _echo(given: dict) -> dict:
    return {"Details": str(given.get("Details", ""))[:LONGEST]}


def _add(call: Call, document: Document, given: dict) -> dict:
    details = str(given.get("Details") or "").strip()
    if not details:
        raise Invalid(say("note_missing"))
    if len(details) > LONGEST:
        raise Invalid(say("field_too_long", field="Details", length=LONGEST))
    document_store.note(call.ledger, document.id, call.now_ms, "System Generated", NOTE + details)
    return {"Details": details, "DateUTC": wire.moment(call.now_ms), "User": "System Generated", "Changes": "Note"}


def _shown(at_ms: int, by: str, what: str) -> dict:
    changes = "Note" if what.startswith(NOTE) else what.partition(" ")[0].rstrip(":,")
    return {
        "Changes": changes, "DateUTCString": wire.iso_moment(at_ms).rstrip("Z"), "DateUTC": wire.moment(at_ms),
        "User": by, "Details": what.removeprefix(NOTE),
    }
