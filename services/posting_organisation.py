"""A document can only be reached in the Xero organisation it was sent to."""

from models import Posting, XeroConnection
from services.errors import Refused


def check(posting: Posting) -> None:
    """Raises Refused, naming both, when the posting belongs to another organisation than the connected one.

    Whoever is about to send makes the client first and checks then: a client stays with its organisation.
    """
    words = elsewhere(posting)
    if words:
        raise Refused(words)


def elsewhere(posting: Posting) -> str:
    """Which organisation the posting belongs to, and which is connected, in a sentence; empty where they are one."""
    connected = XeroConnection.get_or_none(XeroConnection.id == 1)
    if connected is None or not posting.tenant_id or connected.tenant_id in ("", posting.tenant_id):
        return ""
    was_sent = posting.document_id or posting.sends
    return (
        f"{posting.number} {'was sent to' if was_sent else 'is meant for'} another Xero organisation, "
        f"{posting.organisation}, and TrueBooks is connected to {connected.tenant_name} now. Nothing was changed. "
        f"Disconnect, connect {posting.organisation} again, then try once more."
    )
