"""Saving several elements in one call: all or nothing, or each on its own (summarizeErrors, xero.md 3.3)."""

from collections.abc import Callable

from sandbox.xero.accounting.answers import Answer, invalid
from sandbox.xero.accounting.call import Call
from sandbox.xero.store import savepoint

ZERO_ID = "00000000-0000-0000-0000-000000000000"


class Invalid(Exception):
    """An element breaks rules; the messages are Xero's own texts."""

    def __init__(self, *messages: str, warnings: list[str] | None = None):
        super().__init__(*messages)
        self.messages = list(messages)
        self.warnings = warnings or []


def save_all(
    call: Call, plural: str, id_field: str, save: Callable[[dict], dict], echo: Callable[[dict], dict] = dict
) -> Answer:
    """``save`` gives an element as saved or raises Invalid; ``echo`` gives a refused one back as it was sent.

    Without ``summarizeErrors=false`` one refused element refuses the whole call.
    """
    apart = not call.flag("summarizeErrors", default=True)
    results = [_save_one(call, id_field, save, echo, given) for given in call.elements(plural)]
    refused = [element for element, ok in results if not ok]
    if refused and not apart:
        raise invalid(refused)
    if apart:
        for element, ok in results:
            element["StatusAttributeString"] = _word(element, ok)
    return call.answer(plural, [element for element, _ in results])


def _save_one(call: Call, id_field: str, save: Callable, echo: Callable, given: dict) -> tuple[dict, bool]:
    try:
        with savepoint(call.db):
            return save(given), True
    except Invalid as error:
        call.forget()
        return {
            id_field: given.get(id_field) or ZERO_ID, **echo(given), "HasErrors": True,
            "ValidationErrors": [{"Message": message} for message in error.messages],
            "Warnings": [{"Message": message} for message in error.warnings],
        }, False


def _word(element: dict, ok: bool) -> str:
    if not ok:
        return "ERROR"
    return "WARNING" if element.get("Warnings") else "OK"
