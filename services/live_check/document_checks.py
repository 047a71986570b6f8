"""The live check's questions about numbers, tax, totals, search and keys. Each gives (answer, what was seen)."""

import time
from decimal import Decimal

from services import xero_tokens
from services.live_check.probe import Probe, seconds_since
from services.xero import answers

UNIQUE = "must be unique"
LOOKS = 5
MANY = 301  # lines


def duplicate_number(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    probe.create(number)
    told = probe.create(number)
    if told.is_good:
        return "accepted", ""
    return ("known_words" if UNIQUE in told.words else "other_words"), told.words


def voided_number(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    first = probe.create(number)
    probe.change(first, Status="AUTHORISED")
    probe.change(first, Status="VOIDED")
    return _free_or_held(probe, number)


def deleted_number(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    probe.change(probe.create(number), Status="DELETED")
    return _free_or_held(probe, number)


def renamed_before_void(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    first = probe.create(number)
    probe.change(first, Status="AUTHORISED")
    probe.change(first, InvoiceNumber=f"{number}-V1")
    probe.change(first, Status="VOIDED")
    return _free_or_held(probe, number)


def _free_or_held(probe: Probe, number: str) -> tuple[str, str]:
    again = probe.create(number)
    return ("free", f"{number} was given again") if again.is_good else ("held", again.words)


def tax_amount(probe: Probe) -> tuple[str, str]:
    """A line of 120.00 with 1.23 of tax, which no rate makes of it."""
    tax_type = probe.tax_type(zero=False)
    if not tax_type:
        return "", "no rate above 0 % may stand on sales here"
    return _tax_kept(probe, tax_type, "1.23", otherwise="calculated")


def zero_rate_tax_amount(probe: Probe) -> tuple[str, str]:
    tax_type = probe.tax_type(zero=True)
    if not tax_type:
        return "", "no rate of 0 % may stand on sales here"
    return _tax_kept(probe, tax_type, "1.00", otherwise="ignored")


def _tax_kept(probe: Probe, tax_type: str, tax: str, otherwise: str) -> tuple[str, str]:
    told = probe.create(probe.number(), probe.line("120.00", tax_type, tax))
    if not told.is_good:
        return "refused", told.words
    kept = answers.amount(told.document.get("TotalTax"))
    return ("taken" if kept == Decimal(tax) else otherwise), f"{tax} sent with {tax_type}, {kept} kept"


def negative_total(probe: Probe) -> tuple[str, str]:
    draft = probe.create(probe.number(), probe.line("-5.00"))
    if not draft.is_good:
        return "refused", f"as a draft: {draft.words}"
    approved = probe.change(draft, Status="AUTHORISED")
    return ("accepted", "") if approved.is_good else ("refused", approved.words)


def zero_total(probe: Probe) -> tuple[str, str]:
    draft = probe.create(probe.number(), probe.line("5.00"), probe.line("-5.00"))
    told = probe.change(draft, Status="AUTHORISED") if draft.is_good else draft
    if not told.is_good:
        return "refused", told.words
    status = str(told.document.get("Status"))
    return ("paid" if status == "PAID" else "authorised"), status


def search_invoice(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    probe.create(number)
    return _found(probe, "Invoices", {"searchTerm": number, "page": "1"}, "InvoiceNumber", number)


def search_credit_note(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    probe.create(number, credit_note=True)
    where = f'Reference!=null AND Reference.Contains("{probe.mark}")'
    return _found(probe, "CreditNotes", {"where": where, "page": "1"}, "CreditNoteNumber", number)


def _found(probe: Probe, path: str, query: dict[str, str], field: str, number: str) -> tuple[str, str]:
    started = time.perf_counter()
    for look in range(1, LOOKS + 1):
        told = probe.call("GET", path, query=query)
        if told.is_good and any(each.get(field) == number for each in told.elements(path)):
            return ("at_once" if look == 1 else "late"), f"at look {look}, {seconds_since(started)}"
        probe.parts.clock.sleep(2)
    return "late", f"not in {LOOKS} looks, {seconds_since(started)}"


def same_key(probe: Probe) -> tuple[str, str]:
    number, key = probe.number(), probe.number()
    return _one_or_two(probe, number, key, lambda: None)


def key_after_refresh(probe: Probe) -> tuple[str, str]:
    def refresh() -> None:
        with xero_tokens.alone(probe.parts):
            xero_tokens.usable_token(probe.parts, xero_tokens.row())

    return _one_or_two(probe, probe.number(), probe.number(), refresh)


def _one_or_two(probe: Probe, number: str, key: str, between) -> tuple[str, str]:
    """The same credit-note-free body twice under one key; a refusal of the second shows that it was no replay."""
    first = probe.create(number, key=key)
    between()
    again = probe.create(number, key=key)
    if again.is_good and again.document.get("InvoiceID") == first.document.get("InvoiceID"):
        return "same", "the same document"
    return "another", again.words if not again.is_good else "a second document"


def many_lines(probe: Probe) -> tuple[str, str]:
    told = probe.create(probe.number(), *[probe.line("1.00") for _ in range(MANY)])
    return ("accepted" if told.is_good else "refused"), told.words if not told.is_good else f"{MANY} lines"
