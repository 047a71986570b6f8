"""Manual journals: create, change, post, void, read (xero.md 8.9)."""

import uuid
from decimal import Decimal
from typing import Any

from sandbox.xero import clock, wire
from sandbox.xero.accounting import document_lists, document_store, locks, reading, settling
from sandbox.xero.accounting.amounts import ZERO
from sandbox.xero.accounting.answers import Answer, not_found
from sandbox.xero.accounting.beside_shapes import files
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_query import query
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import JOURNALS
from sandbox.xero.accounting.lines import Setting, lines
from sandbox.xero.accounting.saving import ZERO_ID, Invalid, save_all
from sandbox.xero.accounting.texts import say
from sandbox.xero.accounting.urls import is_valid

NEXT = {
    "DRAFT": ("DRAFT", "POSTED", "DELETED"), "POSTED": ("POSTED", "VOIDED"), "VOIDED": (), "DELETED": (),
}
LINE_AMOUNT_TYPES = ("NoTax", "Inclusive", "Exclusive")
FEWEST_LINES = 2


def many(call: Call) -> Answer:
    """Lines come only with a page."""
    asked = query(JOURNALS, call)
    if not document_lists.is_paged(call):
        found = document_lists.all_of(call, asked)
        settling.gather(call, found)
        return call.answer("ManualJournals", [_shown(call, item) | {"JournalLines": []} for item in found])
    found, pagination = document_lists.one_page(call, asked)
    settling.gather(call, found)
    return call.answer("ManualJournals", [_shown(call, item) for item in found], pagination)


def one(call: Call, document_id: str) -> Answer:
    journal = _find(call, document_id)
    attached = files(call, journal)
    return call.answer("ManualJournals", [_shown(call, journal) | ({"Attachments": attached} if attached else {})])


def create(call: Call) -> Answer:
    return _save_all(call, lambda given: _create(call, given))


def create_or_update(call: Call) -> Answer:
    """Without a ManualJournalID always a new one: journals have no number, and nothing else is unique."""
    return _save_all(call, lambda given: _create_or_update(call, given))


def update(call: Call, document_id: str) -> Answer:
    journal = _find(call, document_id)
    return _save_all(call, lambda given: _change(call, journal, given))


def _find(call: Call, document_id: str) -> Document:
    found = document_store.by_id(call.ledger, JOURNALS, document_id)
    if found is None:
        raise not_found()
    return found


def _save_all(call: Call, save: Any) -> Answer:
    return save_all(call, "ManualJournals", "ManualJournalID", save, _echo)


def _echo(given: dict) -> dict:
    names = ("Narration", "Date", "Status", "LineAmountTypes", "Url")
    kept = {"Narration": "", **{name: given[name] for name in names if isinstance(given.get(name), str)}}
    sent = given["JournalLines"] if isinstance(given.get("JournalLines"), list) else []
    return {**kept, "JournalLines": [_echoed(line) for line in sent if isinstance(line, dict)]}


def _echoed(line: dict) -> dict:
    names = ("LineAmount", "AccountCode", "Description", "TaxType", "TaxAmount")
    return {name: line[name] for name in names if isinstance(line.get(name), str | int | Decimal)}


def _create_or_update(call: Call, given: dict) -> dict:
    journal_id = str(given.get("ManualJournalID") or ZERO_ID)
    if journal_id == ZERO_ID:
        return _create(call, given)
    found = document_store.by_id(call.ledger, JOURNALS, journal_id)
    if found is None:
        raise Invalid(say("id_unknown", **JOURNALS.words))
    return _change(call, found, given)


def _create(call: Call, given: dict) -> dict:
    status = given.get("Status") or "DRAFT"
    if status not in ("DRAFT", "POSTED"):
        raise Invalid(say("not_for_creation", **JOURNALS.words))
    facts = {
        "ManualJournalID": str(uuid.uuid4()), "Status": status, "Narration": "", "LineAmountTypes": "NoTax",
        "Date": clock.moment(call.now_ms).date().isoformat(), "ShowOnCashBasisReports": True,
        "App": call.caller.client_id, "Total": ZERO,
    }
    journal = Document(JOURNALS, facts, [])
    warnings = _apply(call, journal, given)
    return _keep(call, journal, warnings, f"Created as {status}, total {facts['Total']:,}")


def _change(call: Call, journal: Document, given: dict) -> dict:
    old, new = journal.status, given.get("Status") or journal.status
    if new not in NEXT[old]:
        raise Invalid(say("not_for_modification", **JOURNALS.words))
    if old == "POSTED":
        locks.check(call, journal.facts["Date"])
    journal.facts["Status"] = new
    ended = new in ("VOIDED", "DELETED")
    warnings = [] if ended else _apply(call, journal, given)
    return _keep(call, journal, warnings, f"{old} → {new}" if old != new else "Edited")


def end(call: Call, journal: Document) -> None:
    """As somebody would by hand: a draft is deleted, a posted one voided. Raises Invalid."""
    _change(call, journal, {"Status": "DELETED" if journal.status == "DRAFT" else "VOIDED"})


def _keep(call: Call, journal: Document, warnings: list[str], what: str) -> dict:
    document_store.keep(call.ledger, journal, call.now_ms, call.caller.client_id, what)
    shown = _shown(call, journal)
    return {**shown, "Warnings": [{"Message": message} for message in warnings]} if warnings else shown


def _apply(call: Call, journal: Document, given: dict) -> list[str]:
    """Takes over what was sent and checks everything. Gives warnings; raises Invalid."""
    facts, setting = journal.facts, Setting(call, journal, [])
    if "Narration" in given:
        facts["Narration"] = reading.text(given, "Narration", 4000)
    if given.get("Date"):
        facts["Date"] = reading.day(given, "Date")
    retyped = given.get("LineAmountTypes") not in (None, "", facts["LineAmountTypes"])
    facts["LineAmountTypes"] = given.get("LineAmountTypes") or facts["LineAmountTypes"]
    facts["ShowOnCashBasisReports"] = bool(given.get("ShowOnCashBasisReports", facts["ShowOnCashBasisReports"]))
    if given.get("Url"):
        facts["Url"] = str(given["Url"])
    if facts["LineAmountTypes"] in LINE_AMOUNT_TYPES:
        _take_lines(setting, given, retyped)
    problems = _problems(call, journal)
    if problems:
        raise Invalid(*problems, warnings=setting.warnings)
    return setting.warnings


def _take_lines(setting: Setting, given: dict, retyped: bool) -> None:
    journal = setting.document
    if given.get("JournalLines") is not None:
        journal.lines = lines(setting, _as_line_items(reading.objects(given, "JournalLines")))
    elif retyped or setting.strict:
        again = [{"LineItemID": line["LineItemID"], **({"TaxType": line.get("TaxType")} if retyped else {})}
                 for line in journal.lines]
        journal.lines = lines(setting, again)
    journal.facts["Total"] = _sides(journal)[0]


def _as_line_items(given: list[dict]) -> list[dict]:
    """A journal's line has an amount and no quantity."""
    return [{**line, "Quantity": 1, "UnitAmount": line.get("LineAmount"), "LineItemID": None} for line in given]


def _sides(journal: Document) -> tuple[Decimal, Decimal]:
    """Debits (positive) and credits (negative), tax included."""
    added = journal.facts["LineAmountTypes"] == "Exclusive"
    amounts = [line["LineAmount"] + (line["TaxAmount"] if added else ZERO) for line in journal.lines]
    return sum((each for each in amounts if each > 0), ZERO), sum((each for each in amounts if each < 0), ZERO)


def _problems(call: Call, journal: Document) -> list[str]:
    facts, problems = journal.facts, []
    posted = journal.status == "POSTED"
    if not facts["Narration"].strip():
        problems.append(say("narration_missing"))
    if facts["LineAmountTypes"] not in LINE_AMOUNT_TYPES:
        problems.append(say("line_amount_types_unknown"))
    if len(journal.lines) < FEWEST_LINES:
        problems.append(say("journal_lines_missing"))
    if facts.get("Url") and not is_valid(facts["Url"]):
        problems.append(say("url_not_valid"))
    debits, credits = _sides(journal)
    if debits + credits and (posted or call.switch("unbalanced_draft_journal") == "refused"):
        problems.append(say("journal_unbalanced", debits=debits, credits=credits))
    if posted or call.switch("draft_in_locked_period") == "refused":
        problems += locks.problems(call, facts["Date"])
    return problems


def _shown(call: Call, journal: Document) -> dict[str, Any]:
    facts = journal.facts
    return {
        "Date": wire.day_pair("Date", facts["Date"])["Date"], "Status": facts["Status"],
        "LineAmountTypes": facts["LineAmountTypes"], "UpdatedDateUTC": wire.moment(facts["UpdatedDateUTC"]),
        "ManualJournalID": journal.id, "Narration": facts["Narration"],
        "JournalLines": [_line(line) for line in journal.lines], **({"Url": facts["Url"]} if facts.get("Url") else {}),
        "ShowOnCashBasisReports": facts["ShowOnCashBasisReports"],
        "HasAttachments": bool(settling.beside(call, journal).attachments),
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    names = ("Description", "TaxType", "TaxAmount", "LineAmount", "AccountCode", "Tracking", "AccountID")
    return {**{name: line[name] for name in names if name in line}, "IsBlank": False}
