"""Which permissions this workspace needs in Xero: only what it uses is asked for."""

from models import XeroConnection
from services.posting_tasks import posts_journals
from services.xero import scopes
from services.xero.scopes import Permission


def needed() -> tuple[Permission, ...]:
    """Manual journals only where the workspace posts them."""
    return scopes.needed(frozenset({"manual_journals"}) if posts_journals() else frozenset())


def asked_for() -> tuple[str, ...]:
    """The scopes of a sign-in that starts now."""
    return scopes.names(needed())


def lacking(granted: str) -> list[Permission]:
    """What the scopes ``granted`` (as Xero named them) leave out; nothing where Xero named none."""
    return scopes.missing(granted, needed()) if granted else []


def lacking_now(link: XeroConnection) -> str:
    """What the connection does not cover yet, as half a sentence; empty when it covers everything."""
    return "; ".join(permission.asks for permission in lacking(link.scopes))
