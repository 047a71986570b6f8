"""What a settlement's document was sent as, from what its posting froze."""

import json

from models import Contact, Posting
from services import bookkeeping
from services.core.plans import Plan
from services.core.posted_plan import Sent, as_sent


def of(posting: Posting, plan: Plan) -> Plan:
    """The posting's document as a plan; ``plan`` is the settlement's as it stands now."""
    (elements,) = json.loads(posting.payload).values()
    body = elements[0]
    sent = Sent(
        kind=posting.kind,
        number=posting.number,
        reference=posting.reference,
        contact=_name(body.get("Contact", {})) or plan.contact,
        date=body.get("Date", plan.date),
        due_date=body.get("DueDate", ""),
        currency=posting.currency,
        total=posting.total,
        stays_draft=bool(posting.stays_draft),
        lines=posting.plan["lines"],
    )
    return as_sent(sent, plan, bookkeeping.books())


def _name(contact: dict) -> str:
    """As it was sent, or as Xero's own contact is called now."""
    known = Contact.get_or_none(Contact.contact_id == contact.get("ContactID", ""))
    return known.name if known else contact.get("Name", "")
