"""Which permissions this workspace needs in Xero: only what it uses is asked for."""

from models import XeroConnection
from services import settings
from services.journals import posts_journals
from services.xero import scopes
from services.xero.scopes import Permission

_JOURNALS = frozenset({"manual_journals"})


def needed() -> tuple[Permission, ...]:
    """Manual journals only where the workspace posts them."""
    return scopes.needed(_JOURNALS if posts_journals() else frozenset())


def asked_for() -> tuple[str, ...]:
    """The scopes of a sign-in that starts now."""
    return scopes.names(needed())


def lacking(granted: str) -> list[Permission]:
    """What the scopes ``granted`` (as Xero named them) leave out; nothing where Xero named none."""
    return scopes.missing(granted, needed()) if granted else []


def lacking_now(link: XeroConnection) -> str:
    """What the connection does not cover yet, as half a sentence; empty when it covers everything."""
    return "; ".join(permission.asks for permission in lacking(link.scopes))


def lacking_to_post(link: XeroConnection) -> str:
    """The same for what is posted as things are set now: of the settings and the connection alone, as a plan is."""
    posts_as_journals = settings.value("post_as") == "manual_journal"
    wanted = scopes.needed(_JOURNALS if posts_as_journals else frozenset())
    return "; ".join(each.asks for each in scopes.missing(link.scopes, wanted)) if link.scopes else ""
