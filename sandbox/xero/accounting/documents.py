"""Writing invoices and credit notes: create, update, approve, void and delete (xero.md section 5)."""

import uuid
from decimal import Decimal
from typing import Any

from sandbox.xero import clock
from sandbox.xero.accounting import amounts, contacts, document_shapes, document_store, locks, paid_edits, reading
from sandbox.xero.accounting.answers import Answer, not_found
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import Family
from sandbox.xero.accounting.lines import Setting, lines
from sandbox.xero.accounting.numbers import check_number, same_number
from sandbox.xero.accounting.saving import ZERO_ID, Invalid, save_all
from sandbox.xero.accounting.statuses import APPROVAL, CREATABLE, FINAL, may_follow
from sandbox.xero.accounting.texts import say
from sandbox.xero.accounting.urls import is_valid

DAYS = ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate")
MOST_ROUNDING = Decimal("0.10")
LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")


def create(family: Family, call: Call) -> Answer:
    """PUT only creates."""
    return _save_all(family, call, lambda given: _create(family, call, given))


def create_or_update(family: Family, call: Call) -> Answer:
    """POST updates what has the id or, of a sale, the number; a trap [PYX#328]."""
    return _save_all(family, call, lambda given: _create_or_update(family, call, given))


def update(family: Family, call: Call, document_id: str) -> Answer:
    document = find(family, call, document_id)
    return _save_all(family, call, lambda given: _change(call, document, given))


def find(family: Family, call: Call, id_or_number: str) -> Document:
    """By id or by number. Raises Refusal: 404."""
    found = document_store.by_id(call.ledger, family, id_or_number)
    numbered = [] if found else document_store.by_number(call.ledger, family, id_or_number)
    if not found and not numbered:
        raise not_found()
    return found or numbered[0]


def _save_all(family: Family, call: Call, save: Any) -> Answer:
    return save_all(call, family.plural, family.id_field, save, lambda given: document_shapes.echo(family, given))


def _create_or_update(family: Family, call: Call, given: dict) -> dict:
    document_id = str(given.get(family.id_field) or ZERO_ID)
    if document_id != ZERO_ID:
        found = document_store.by_id(call.ledger, family, document_id)
        if found is None:
            raise Invalid(say("id_unknown", **family.words))
        return _change(call, found, given)
    number = str(given.get(family.number_field) or "")
    same = same_number(call, family, number) if number and given.get("Type") == family.sales_type else None
    return _change(call, same, given) if same else _create(family, call, given)


def _create(family: Family, call: Call, given: dict) -> dict:
    status = given.get("Status") or "DRAFT"
    if given.get("Type") not in family.types:
        raise Invalid(say("type_unknown", type=given.get("Type", "")))
    if status not in CREATABLE:
        raise Invalid(say("not_for_creation", **family.words))
    facts = {
        "Type": given["Type"], family.id_field: str(uuid.uuid4()), "Status": status, "SentToContact": False,
        "LineAmountTypes": "Exclusive", "AmountPaid": amounts.ZERO, "AmountCredited": amounts.ZERO,
        "Date": clock.moment(call.now_ms).date().isoformat(), "CurrencyCode": call.ledger.organisation["BaseCurrency"],
        "CurrencyRate": Decimal("1.000000"), "App": call.caller.client_id,
    }
    document = Document(family, facts, [])
    contact = contacts.for_document(call, given.get("Contact"))
    contacts.mark(call, contact, "IsCustomer" if document.is_sale else "IsSupplier")
    document.facts["ContactID"] = contact["ContactID"]
    warnings = _apply(call, document, {name: value for name, value in given.items() if name != "Contact"})
    if not document.number and document.is_sale:
        document.facts[family.number_field] = document_store.next_number(call.ledger, family)
    return _keep(call, document, warnings, f"Created as {document.status}, total {document.facts['Total']:,}")


def _change(call: Call, document: Document, given: dict) -> dict:
    old, new = document.status, given.get("Status") or document.status
    if new in FINAL:
        return end(call, document, new)
    if document.has_money and new != old:
        raise Invalid(say("void_with_money", status=new, **document.family.words))
    _demand(call, document, new)
    if document.has_money or old == "PAID":
        paid_edits.check(document, given)
    if old in ("AUTHORISED", "PAID"):
        locks.check(call, document.facts["Date"])
    touched = not paid_edits.is_quiet(document, given)
    document.facts["Status"] = new
    warnings = _apply(call, document, given)
    edited = sorted(given.keys() - {"Status", "Type", document.family.id_field})
    what = [f"{old} → {document.status}"] if old != document.status else []
    what += [f"Edited: {', '.join(edited)}"] if edited else []
    return _keep(call, document, warnings, "; ".join(what), touched)


def _demand(call: Call, document: Document, new: str) -> None:
    """Raises Invalid when the status may not follow; going back to a draft is a switch."""
    back = document.status == "AUTHORISED" and new == "DRAFT" and call.switch("authorised_to_draft") == "accepted"
    if not back and not may_follow(document.status, new):
        raise Invalid(say("not_for_modification", **document.family.words))


def end(call: Call, document: Document, status: str) -> dict:
    """Voids or deletes; everything else that was sent beside the status is left alone [RAIL]. Raises Invalid."""
    if document.has_money:
        raise Invalid(say("void_with_money", status=status, **document.family.words))
    _demand(call, document, status)
    if status == "VOIDED":
        locks.check(call, document.facts["Date"])
    old, document.facts["Status"] = document.status, status
    return _keep(call, document, [], f"{old} → {status}")


def _keep(call: Call, document: Document, warnings: list[str], what: str, touched: bool = True) -> dict:
    document_store.keep(call.ledger, document, call.now_ms, call.caller.client_id, what, touched)
    return document_shapes.saved(call, document, warnings)


def _apply(call: Call, document: Document, given: dict) -> list[str]:
    """Takes over what was sent, works out the amounts and checks everything. Gives warnings; raises Invalid."""
    setting = Setting(call, document, [])
    retyped = _take_facts(call, document, given)
    if given.get("LineItems") is not None:
        document.lines = lines(setting, reading.objects(given, "LineItems"))
    elif retyped or document.status in APPROVAL:
        untaxed = [{"LineItemID": line["LineItemID"], **({"TaxType": line.get("TaxType")} if retyped else {})}
                   for line in document.lines]
        document.lines = lines(setting, untaxed)
    total = amounts.totals(document.lines, document.facts["LineAmountTypes"])
    document.facts |= {"SubTotal": total.sub_total, "TotalTax": total.total_tax, "Total": total.total}
    _round(call, document, given)
    problems = _problems(call, document)
    if problems:
        raise Invalid(*problems, warnings=setting.warnings)
    if document.status == "AUTHORISED" and not document.facts["Total"] and call.switch("zero_total") == "paid":
        document.facts |= {"Status": "PAID", "FullyPaidOnDate": document.facts["Date"]}
    return setting.warnings


def _round(call: Call, document: Document, given: dict) -> None:
    """RoundingAmount, on approval and with totals that reconcile [MNV]; a switch, since nobody has tried it."""
    facts = document.facts
    sent = {name: reading.number(given, name) for name in ("RoundingAmount", "SubTotal", "TotalTax", "Total")}
    if None in sent.values() or call.switch("rounding_amount") == "ignored" or document.status not in APPROVAL:
        return
    rounding = sent["RoundingAmount"]
    reconciles = facts["Total"] + rounding == sent["Total"] == sent["SubTotal"] + sent["TotalTax"] + rounding
    if reconciles and abs(rounding) <= MOST_ROUNDING:
        facts |= {"RoundingAmount": amounts.rounded(rounding), "Total": amounts.rounded(sent["Total"])}


def _take_facts(call: Call, document: Document, given: dict) -> bool:
    """Whether the lines must be worked out anew, because they now hold tax another way."""
    facts, family = document.facts, document.family
    if given.get("Contact"):
        facts["ContactID"] = contacts.for_document(call, given["Contact"])["ContactID"]
    for name in DAYS:
        if given.get(name):
            facts[name] = reading.day(given, name)
    if "Reference" in given and document.is_sale:
        facts["Reference"] = reading.text(given, "Reference", 255)
    for name in ("BrandingThemeID", "Url", "CurrencyCode"):
        if given.get(name):
            facts[name] = str(given[name])
    if given.get(family.number_field):
        facts[family.number_field] = check_number(call, document, str(given[family.number_field]))
    rate = reading.number(given, "CurrencyRate")
    facts["CurrencyRate"] = facts["CurrencyRate"] if rate is None else amounts.rounded(rate, 6)
    facts["SentToContact"] = bool(given.get("SentToContact", facts["SentToContact"]))
    before = facts["LineAmountTypes"]
    facts["LineAmountTypes"] = given.get("LineAmountTypes") or before
    return before != facts["LineAmountTypes"]


def _problems(call: Call, document: Document) -> list[str]:
    """What stands against keeping the document, and against approving it if it is to be approved."""
    facts, strict = document.facts, document.status in APPROVAL
    problems = []
    if facts["LineAmountTypes"] not in LINE_AMOUNT_TYPES:
        problems.append(say("line_amount_types_unknown"))
    if facts["CurrencyCode"] not in call.ledger.currencies:
        problems.append(say("currency_not_enabled", currency=facts["CurrencyCode"]))
    if facts.get("Url") and not is_valid(facts["Url"]):
        problems.append(say("url_not_valid"))
    if strict and not document.lines:
        problems.append(say("lines_missing"))
    if strict and facts["Total"] < 0 and not _may_be_negative(call, document):
        problems.append(say("negative_total"))
    if document.status == "AUTHORISED" and document.family.needs_due_date and not facts.get("DueDate"):
        problems.append(say("due_date_missing"))
    if document.status == "AUTHORISED" or call.switch("draft_in_locked_period") == "refused":
        problems += locks.problems(call, facts["Date"])
    return problems


def _may_be_negative(call: Call, document: Document) -> bool:
    """Refused for certain only on an approved sale [KB:Neto]."""
    if document.type == "ACCPAY" and call.switch("negative_bill") == "accepted":
        return True
    return document.status == "SUBMITTED" and call.switch("negative_submitted") == "accepted"
