"""The live check's questions about what posting leans on: partial changes, repeats, keys, lists, journals.

Each gives (answer, what was seen). A journal is no list that the clearing knows, so each is ended here.
"""

from datetime import timedelta
from decimal import Decimal

from services.live_check.document_checks import UNIQUE, _found
from services.live_check.probe import CONTACT, Probe, Told

NO_PERMISSION = ("no_permission", "the permission for manual journals was not given")


def partial_change(probe: Probe) -> tuple[str, str]:
    """Approves naming nothing but the id and the status, as TrueBooks does."""
    number = probe.number()
    draft = probe.create(number, probe.line("12.34"), probe.line("-2.34"))
    told = probe.change(draft, Status="AUTHORISED")
    if not told.is_good:
        return "refused", told.words
    kept = told.document
    probe.change(draft, Status="VOIDED")
    same = kept.get("InvoiceNumber") == number and kept.get("Reference") == probe.mark
    lines = [str(Decimal(str(line.get("LineAmount")))) for line in kept.get("LineItems", [])]
    whole = same and sorted(lines) == ["-2.34", "12.34"]
    return ("kept" if whole else "changed"), f"{kept.get('InvoiceNumber')}, lines {', '.join(lines)}"


def approved_twice(probe: Probe) -> tuple[str, str]:
    draft = probe.create(probe.number())
    probe.change(draft, Status="AUTHORISED")
    again = probe.change(draft, Status="AUTHORISED")
    probe.change(draft, Status="VOIDED")
    return _taken(again)


def voided_twice(probe: Probe) -> tuple[str, str]:
    draft = probe.create(probe.number())
    probe.change(draft, Status="AUTHORISED")
    probe.change(draft, Status="VOIDED")
    return _taken(probe.change(draft, Status="VOIDED"))


def void_of_a_draft(probe: Probe) -> tuple[str, str]:
    return _taken(probe.change(probe.create(probe.number()), Status="VOIDED"))


def _taken(told: Told) -> tuple[str, str]:
    return ("accepted", "") if told.is_good else ("refused", told.words)


def voided_credit_note_number(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    first = probe.create(number, credit_note=True)
    probe.change(first, Status="AUTHORISED")
    probe.change(first, Status="VOIDED")
    again = probe.create(number, credit_note=True)
    return ("free", f"{number} was given again") if again.is_good else ("held", again.words)


def number_over_kinds(probe: Probe) -> tuple[str, str]:
    """A credit note under the number of an active invoice."""
    number = probe.number()
    probe.create(number)
    again = probe.create(number, credit_note=True)
    return ("free", "") if again.is_good else ("held", again.words)


def bill_numbers(probe: Probe) -> tuple[str, str]:
    number = probe.number()
    first, second = (_bills(probe, number) for _ in range(2))
    if not first.is_good:
        return "refused", first.words
    return ("shared", "") if second.is_good else ("unique", second.words)


def _bills(probe: Probe, number: str) -> Told:
    today = probe._today()
    bill = {"Type": "ACCPAY", "Status": "DRAFT", "InvoiceNumber": number, "Date": today, "DueDate": today,
            "Contact": {"Name": f"{CONTACT} {probe.mark}"}, "LineAmountTypes": "Inclusive",
            "LineItems": [probe.line("10.00")]}
    return _remembered(probe, probe.call("PUT", "Invoices", {"Invoices": [bill]}))


def _remembered(probe: Probe, told: Told) -> Told:
    for each in told.elements("Invoices") if told.is_good else []:
        if each.get("InvoiceID") and not each.get("HasErrors"):
            probe.made.append(("Invoices", str(each["InvoiceID"]), str(each.get("InvoiceNumber", ""))))
    return told


def each_for_itself(probe: Probe) -> tuple[str, str]:
    """Two invoices in one call, one under a number that is taken."""
    taken, free, today = probe.number(), probe.number(), probe._today()
    probe.create(taken)
    both = [{"Type": "ACCREC", "Status": "DRAFT", "InvoiceNumber": number, "Reference": probe.mark, "Date": today,
             "DueDate": today, "Contact": {"Name": f"{CONTACT} {probe.mark}"}, "LineAmountTypes": "Inclusive",
             "LineItems": [probe.line("10.00")]} for number in (taken, free)]
    told = _remembered(probe, probe.call("PUT", "Invoices", {"Invoices": both}, query={"summarizeErrors": "false"}))
    marks = [each.get("StatusAttributeString") for each in told.elements("Invoices")]
    if told.is_good and len(marks) == 2:
        refused = [mark == "ERROR" for mark in marks]
        return ("each" if refused == [True, False] else "order" if any(refused) else "other"), f"{marks}"
    return ("whole" if UNIQUE in told.words else "other"), f"status {told.status} {told.words}"


def key_with_another_body(probe: Probe) -> tuple[str, str]:
    key = probe.number()
    probe.create(probe.number(), key=key)
    again = probe.create(probe.number(), key=key)
    return ("made", "a second document") if again.is_good else ("refused", again.words)


def key_remembers_errors(probe: Probe) -> tuple[str, str]:
    """The same request under the same key, refused first and right by then."""
    number, key = probe.number(), probe.number()
    first = probe.create(number)
    probe.create(number, key=key)
    probe.change(first, Status="DELETED")
    again = probe.create(number, key=key)
    return ("forgets", "") if again.is_good else ("remembers", again.words)


def search_reference(probe: Probe) -> tuple[str, str]:
    """By the reference, in the short list that the lookups of many read."""
    number = probe.number()
    probe.create(number)
    query = {"searchTerm": probe.mark, "summaryOnly": "true", "pageSize": "1000", "page": "1"}
    return _found(probe, "Invoices", query, "InvoiceNumber", number)


def filter_credit_notes(probe: Probe) -> tuple[str, str]:
    """By number or reference in one condition, as the lookups of many do."""
    number = probe.number()
    probe.create(number, credit_note=True)
    where = (f'(CreditNoteNumber.Contains("{probe.mark}") OR '
             f'(Reference!=null AND Reference.Contains("{probe.mark}")))')
    return _found(probe, "CreditNotes", {"where": where, "page": "1", "pageSize": "1000"}, "CreditNoteNumber", number)


def lines_by_ids(probe: Probe) -> tuple[str, str]:
    made = [probe.create(probe.number()).document.get("InvoiceID") for _ in range(2)]
    told = probe.call("GET", "Invoices", query={"IDs": ",".join(made), "page": "1", "pageSize": "100"})
    found = told.elements("Invoices")
    if not told.is_good or {each.get("InvoiceID") for each in found} != set(made):
        return "other", f"status {told.status}, {len(found)} documents"
    return ("with_lines" if all(each.get("LineItems") for each in found) else "without_lines"), ""


def invoices_changed(probe: Probe) -> tuple[str, str]:
    """Asks for invoices changed from tomorrow on: there are none."""
    probe.create(probe.number())
    tomorrow = (probe.parts.clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    query = {"searchTerm": probe.mark, "summaryOnly": "true", "page": "1"}
    told = probe.call("GET", "Invoices", query=query, headers={"If-Modified-Since": tomorrow})
    if told.status == 304:
        return "honoured", "status 304"
    if not told.is_good:
        return "refused", f"status {told.status} {told.words}"
    found = told.elements("Invoices")
    return ("ignored" if found else "honoured"), f"{len(found)} invoices"


# --- journals -----------------------------------------------------------------------------------


def journal_statuses(probe: Probe) -> tuple[str, str]:
    """Draft, posted, voided; and a draft that is deleted."""
    posted, draft = _journal(probe), _journal(probe)
    if posted.status in (401, 403):
        return NO_PERMISSION
    if not (posted.is_good and draft.is_good):
        return "refused", posted.words or draft.words
    steps = [_journal_to(probe, posted, "POSTED"), _journal_to(probe, posted, "VOIDED"),
             _journal_to(probe, draft, "DELETED")]
    refused = next((told.words or f"status {told.status}" for told in steps if not told.is_good), "")
    return ("refused", refused) if refused else ("taken", "POSTED, VOIDED, DELETED")


def filter_journals(probe: Probe) -> tuple[str, str]:
    draft = _journal(probe)
    if draft.status in (401, 403):
        return NO_PERMISSION
    found = _found(probe, "ManualJournals", {"where": f'Narration.Contains("{probe.mark}")', "page": "1"},
                   "ManualJournalID", _journal_id(draft))
    _journal_to(probe, draft, "DELETED")
    return found


def _journal(probe: Probe) -> Told:
    lines = [{"Description": "Live check", "LineAmount": Decimal(amount), "AccountCode": probe.account().code,
              "TaxType": probe.tax_type(zero=True)} for amount in ("10.00", "-10.00")]
    journal = {"Narration": f"{probe.number()} {probe.mark}", "Status": "DRAFT", "Date": probe._today(),
               "LineAmountTypes": "Inclusive", "JournalLines": lines}
    return probe.call("PUT", "ManualJournals", {"ManualJournals": [journal]})


def _journal_id(told: Told) -> str:
    return str(next(iter(told.elements("ManualJournals")), {}).get("ManualJournalID", ""))


def _journal_to(probe: Probe, told: Told, status: str) -> Told:
    element = {"ManualJournalID": _journal_id(told), "Status": status}
    return probe.call("POST", f"ManualJournals/{_journal_id(told)}", {"ManualJournals": [element]})
