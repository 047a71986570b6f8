"""A document can only be reached in the Xero organisation it was sent to."""

from models import Posting, XeroConnection
from services.errors import Refused


def check(posting: Posting) -> None:
    """Raises Refused, naming both, when the posting belongs to another organisation than the connected one."""
    connected = XeroConnection.get_or_none(XeroConnection.id == 1)
    if connected is None or not posting.tenant_id or connected.tenant_id in ("", posting.tenant_id):
        return
    raise Refused(
        f"{posting.number} was sent to another Xero organisation, {posting.organisation}, and TrueBooks is connected "
        f"to {connected.tenant_name} now. Nothing was changed. Disconnect, connect {posting.organisation} again, then "
        "try once more."
    )
