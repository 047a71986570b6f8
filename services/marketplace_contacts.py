"""Which contact in Xero each marketplace's documents go to: one picked from Xero, or one named like the marketplace."""

from models import Contact, MarketplaceContact
from services import audit
from services.audit import Actor
from services.core.marketplaces import known_marketplaces
from services.database import write_txn
from services.errors import NotFound, Refused
from services.parts import Parts

MOST_OFFERED = 50


def picked() -> dict[str, MarketplaceContact]:
    """Marketplace → the contact picked for it; those without a pick are left out."""
    return {row.marketplace: row for row in MarketplaceContact.select().order_by(MarketplaceContact.marketplace)}


def name_for(marketplace: str) -> str:
    """The contact's name as the preview shows it."""
    row = MarketplaceContact.get_or_none(MarketplaceContact.marketplace == marketplace)
    if row is None:
        return marketplace
    known = Contact.get_or_none(Contact.contact_id == row.contact_id)
    return known.name if known else row.name


def as_sent(marketplace: str) -> dict[str, str]:
    """``{"ContactID": …}`` or ``{"Name": …}`` and nothing else: more would change the contact in Xero (xero.md 5.5).

    Raises Refused when the contact picked can no longer be used.
    """
    row = MarketplaceContact.get_or_none(MarketplaceContact.marketplace == marketplace)
    if row is None:
        return {"Name": marketplace}
    problem = problem_of(row)
    if problem:
        raise Refused(problem)
    return {"ContactID": row.contact_id}


def problem_of(row: MarketplaceContact) -> str:
    """Why Xero would not take a document for this contact, in words; empty when it would."""
    known = Contact.get_or_none(Contact.contact_id == row.contact_id)
    if known and known.status == "ACTIVE" and known.gone_at is None:
        return ""
    how = "is archived in Xero" if known else "is not in the connected organisation"
    return (f"The contact “{row.name}”, picked for {row.marketplace}, {how}. Restore it there and press Sync from "
            "Xero, or pick another under Settings → Account.")


def offered(search: str = "", most: int = MOST_OFFERED) -> list[Contact]:
    """The active contacts whose name holds ``search``, by name."""
    usable = (Contact.status == "ACTIVE") & Contact.gone_at.is_null()
    words = Contact.name.contains(search.strip()) if search.strip() else True
    return list(Contact.select().where(usable & words).order_by(Contact.name).limit(most))


def pick(parts: Parts, marketplace: str, contact: str, actor: Actor) -> MarketplaceContact:
    """``contact`` is a name (in any case) or a ContactID. Raises NotFound or Refused in words."""
    if marketplace not in known_marketplaces():
        raise NotFound(f"There is no marketplace “{marketplace}”. There are: {', '.join(known_marketplaces())}.")
    found = _found(contact.strip())
    now = parts.clock.now()
    with write_txn():
        before = name_for(marketplace)
        MarketplaceContact.replace(
            marketplace=marketplace, contact_id=found.contact_id, name=found.name, changed_at=now,
            changed_by=actor.name).execute()
        _record(actor, marketplace, before, found.name, now)
    return MarketplaceContact.get_by_id(marketplace)


def forget(parts: Parts, marketplace: str, actor: Actor) -> None:
    """Back to the contact that is named like the marketplace."""
    with write_txn():
        before = name_for(marketplace)
        if MarketplaceContact.delete().where(MarketplaceContact.marketplace == marketplace).execute():
            _record(actor, marketplace, before, marketplace, parts.clock.now())


def _record(actor: Actor, marketplace: str, before: str, after: str, now) -> None:
    audit.record(actor, "contact.chosen", "workspace", now, marketplace=marketplace, before=before, after=after)


def _found(contact: str) -> Contact:
    active = offered(most=100_000)
    wanted = contact.casefold()
    found = [each for each in active if wanted in (each.contact_id.casefold(), each.name.casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(each.contact_id for each in found)
        raise Refused(f"Xero has {len(found)} active contacts called “{contact}”. Name one by its ContactID: {ids}.")
    if not active:
        raise Refused("The contacts are not known yet: connect Xero and press Sync from Xero first.")
    raise NotFound(f"There is no active contact “{contact}” in Xero as last synced. Press Sync from Xero if it is new.")
