"""What a person reads while it is unknown what became of a posting: what was asked when, and what comes next. Pure."""

import re
from datetime import datetime

from services.core import posting_states as states

NEXT = (
    "TrueBooks asks again by itself, several times a minute while it can reach Xero; “Ask Xero now” asks at once. Do "
    "not enter or undo it by hand meanwhile."
)


def while_unsure(reason: str, state: str, sent_at: datetime | None, sends: int, asked_at: datetime) -> str:
    """``reason``: Xero's silence in words; ``state``: where the posting stands; moments in UTC."""
    happened = re.sub(r" ?Try again[^.]*\.", "", reason)  # TrueBooks does that itself
    return f"{happened} {_asked(state, sent_at, sends, _at(asked_at))} {NEXT}".strip()


def _asked(state: str, sent_at: datetime | None, sends: int, asked: str) -> str:
    if state == states.VOIDING:
        return f"The void was last asked for at {asked}; asking for it twice does no harm."
    if state == states.DRAFTED:
        return f"The draft is there, and its approval was last asked for at {asked}; approving it twice does no harm."
    if sent_at is None:
        return f"Xero was last asked at {asked}."
    again = f" ({sends} times by now)" if sends > 1 else ""
    return (
        f"It was sent as a draft at {_at(sent_at)}{again}, and Xero was last asked at {asked} what became of it. Only "
        "after half a minute without a trace of it the same draft is sent again; one that turns up twice is deleted."
    )


def _at(moment: datetime) -> str:
    return f"{moment:%H:%M:%S} UTC"
