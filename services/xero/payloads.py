"""A plan as the JSON that Xero takes, amounts exact to the last digit. Pure."""

import json
from decimal import Decimal
from typing import Any

from services.core.money import to_decimal
from services.core.plans import Plan, PlanLine
from services.xero.documents import RESOURCES, TYPES, Resource


def document_payload(plan: Plan, contact: dict[str, str]) -> dict:
    """The body that creates ``plan`` as a DRAFT.

    ``contact`` is ``{"ContactID": …}`` or ``{"Name": …}`` and nothing else: any further field
    would change the contact in Xero (xero.md 5.5). Lines are tax-inclusive with quantity 1 and
    the previewed tax, so that the total is the sum of the gross lines (product.md section 8).
    """
    if plan.kind == "manual_journal":
        return journal_payload(plan)
    if len(contact) != 1 or not contact.keys() <= {"ContactID", "Name"}:
        raise ValueError("a contact is named by its ContactID or its Name alone")
    resource = RESOURCES[plan.kind]
    document = {
        "Type": TYPES[plan.kind],
        "Status": "DRAFT",
        resource.number: plan.number,
        "Reference": plan.reference,
        "Contact": dict(contact),
        "Date": plan.date,
        "DueDate": plan.due_date,
        "CurrencyCode": plan.currency,
        "LineAmountTypes": "Inclusive",
        "LineItems": [_line(line, plan.currency) for line in plan.document_lines],
    }
    if plan.kind == "credit_note":  # Xero's credit notes have no due date (xero.md 8.8)
        del document["DueDate"]
    if plan.kind == "bill":  # nor have bills a reference: their number says both (product.md section 9)
        del document["Reference"]
        document[resource.number] = f"{plan.number} {plan.key}"
    return {resource.path: [document]}


def journal_payload(plan: Plan) -> dict:
    """The body that creates ``plan`` as a draft journal: tax-inclusive, its narration number and reference."""
    journal = {
        "Narration": f"{plan.number} {plan.reference}",
        "Date": plan.date,
        "Status": "DRAFT",
        "LineAmountTypes": "Inclusive",
        "JournalLines": [_journal_line(line, plan.currency) for line in plan.document_lines],
    }
    return {RESOURCES["manual_journal"].path: [journal]}


def _journal_line(line: PlanLine, currency: str) -> dict:
    item = _line(line, currency)
    return {"LineAmount": item.pop("UnitAmount")} | {name: item[name] for name in item if name != "Quantity"}


def _line(line: PlanLine, currency: str) -> dict:
    item = {
        "Description": line.description,
        "Quantity": 1,
        "UnitAmount": to_decimal(line.gross, currency),
        "AccountCode": line.account_code,
        "TaxType": line.tax_type,
        "TaxAmount": to_decimal(line.tax, currency),
    }
    if line.tracking:
        item["Tracking"] = [
            {"TrackingCategoryID": category, "TrackingOptionID": option} for category, option in line.tracking]
    return item


def change_payload(resource: Resource, document_id: str, **fields: str) -> dict:
    """The body that changes only ``fields`` of one document; what is not sent stays (xero.md 5.2)."""
    return {resource.path: [{resource.id: document_id, **fields}]}


def renumbered(payload: str, kind: str, number: str) -> str:
    """The same creating body under another number, every other digit as it was."""
    body = json.loads(payload, parse_float=Decimal)
    field = RESOURCES[kind].number
    element = body[RESOURCES[kind].path][0]
    _, space, rest = element[field].partition(" ")
    element[field] = f"{number}{space}{rest}"
    return encode(body)


def number_of(kind: str, payload: dict | str) -> str:
    """The number that a creating body asks for; a journal's is its narration. Empty where it leaves it to Xero."""
    body = json.loads(payload, parse_float=Decimal) if isinstance(payload, str) else payload
    elements = body.get(RESOURCES[kind].path) or [{}]
    return str(elements[0].get(RESOURCES[kind].number, ""))


def together(kind: str, payloads: list[str]) -> str:
    """Several creating bodies as one, every digit as it was."""
    path = RESOURCES[kind].path
    elements = [json.loads(payload, parse_float=Decimal)[path][0] for payload in payloads]
    return encode({path: elements})


def encode(value: Any) -> str:
    """JSON text in which a Decimal stands as the number it is, digit for digit; floats are refused."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {encode(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(encode(part) for part in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; amounts are exact")
    return json.dumps(value, ensure_ascii=False)
