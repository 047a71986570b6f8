"""Saving several elements in one call: all or nothing, or each on its own (summarizeErrors, xero.md 3.3)."""

import uuid
from collections.abc import Callable

from sandbox.xero.accounting.answers import Answer, invalid
from sandbox.xero.accounting.call import Call
from sandbox.xero.store import savepoint

# What the specification knows of a refused element, beside its ValidationErrors [REC, OAS]
SAY_HAS_ERRORS = {"Invoices", "CreditNotes", "Contacts"}
SAY_WARNINGS = {"Invoices", "CreditNotes", "Contacts", "ManualJournals", "Payments"}
ZERO_ID = "00000000-0000-0000-0000-000000000000"


class Invalid(Exception):
    """An element breaks rules; the messages are Xero's own texts."""

    def __init__(self, *messages: str, warnings: list[str] | None = None):
        super().__init__(*messages)
        self.messages = list(messages)
        self.warnings = warnings or []


def save_all(
    call: Call, plural: str, id_field: str, save: Callable[[dict], dict], echo: Callable[[dict], dict] = dict,
    given: list[dict] | None = None,
) -> Answer:
    """``save`` gives an element as saved or raises Invalid; ``echo`` gives a refused one back as it was sent.

    Without ``summarizeErrors=false`` one refused element refuses the whole call. ``given`` are the
    elements, where they do not stand in the body.
    """
    apart = not call.flag("summarizeErrors", default=call.switch("summarize_errors_default") == "true")
    elements = call.elements(plural) if given is None else given
    results = [_save_one(call, plural, id_field, save, echo, element) for element in elements]
    refused = [element for element, ok in results if not ok]
    if refused and not apart:
        raise invalid(refused)
    if apart:
        for element, ok in results:
            element["StatusAttributeString"] = _word(element, ok)
    return call.answer(plural, [element for element, _ in results])


def _save_one(
    call: Call, plural: str, id_field: str, save: Callable, echo: Callable, given: dict
) -> tuple[dict, bool]:
    try:
        with savepoint(call.db):
            return save(given), True
    except Invalid as error:
        call.forget()
        named = {id_field: guid(given.get(id_field))} if id_field else {}
        element = {**named, **echo(given), "ValidationErrors": _messages(call, error.messages)}
        element |= {"HasErrors": True} if plural in SAY_HAS_ERRORS else {}
        element |= {"Warnings": _messages(call, error.warnings)} if plural in SAY_WARNINGS else {}
        return element, False


def guid(given: object) -> str:
    """The id as it was sent, or the zero one."""
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        return ZERO_ID


def _messages(call: Call, messages: list[str]) -> list[dict[str, str]]:
    """Whether a sentence ends with a full stop is known of few of them: the switch turns it round."""
    if call.switch("full_stops") == "turned":
        messages = [text.removesuffix(".") if text.endswith(".") else f"{text}." for text in messages]
    return [{"Message": message} for message in messages]


def _word(element: dict, ok: bool) -> str:
    if not ok:
        return "ERROR"
    return "WARNING" if element.get("Warnings") else "OK"
