"""Whether manual journals play a part in this workspace; without the network, for those who only read settlements."""

from models import KeySeen, Posting
from services import settings
from services.database import Prepared

JOURNALS = "manual_journal"
_POSTED = Prepared(lambda: Posting.select(Posting.id).where(Posting.kind == JOURNALS).limit(1))
_SEEN = Prepared(lambda: KeySeen.select(KeySeen.id).where(KeySeen.kind == JOURNALS).limit(1))


def posts_journals() -> bool:
    """Whether the workspace makes manual journals, has made one, or one was seen in Xero."""
    wanted = settings.value("post_as") == JOURNALS
    return wanted or _POSTED.first() is not None or _SEEN.first() is not None
