"""Xero's call limits: what is left, and until when it takes no call at all.

A limit that was hit is kept with the connection, so that every thread and process holds back at once
instead of asking again. Minutes are waited out by jobs; a day never is: work is refused until then.
"""

import logging
import math
from datetime import datetime, timedelta

from peewee import Expression, OperationalError

from models import XeroConnection
from services.database import write_txn
from services.parts import Parts
from services.xero.errors import RateLimited

log = logging.getLogger(__name__)

WITHOUT_WORD = {"day": timedelta(hours=1), "concurrent": timedelta(0)}  # where Xero names no moment; else a minute
LONGEST = timedelta(hours=25)  # no window of Xero's is longer than a day


def keep_left(parts: Parts, tenant_id: str, day_remaining: int | None, minute_remaining: int | None) -> None:
    """For the card, where the workspace is still that organisation's; the next answer says it again, so a busy
    database must neither cost us the answer that these figures came with nor fill the log."""
    left = {"day_remaining": day_remaining, "minute_remaining": minute_remaining}
    known = {name: count for name, count in left.items() if count is not None}
    try:
        with write_txn():
            XeroConnection.update(limits_at=parts.clock.now(), **known).where(_is_still(tenant_id)).execute()
    except OperationalError as error:
        log.debug("what is left of Xero's limits was not kept: %s", error)


def _is_still(tenant_id: str) -> Expression:
    """Xero counts by organisation: what one used up says nothing about the next."""
    return (XeroConnection.id == 1) & (XeroConnection.tenant_id == tenant_id)


def park(parts: Parts, tenant_id: str, hit: RateLimited) -> RateLimited:
    """Remembers until when Xero takes no call for the organisation; the error that says so."""
    now = parts.clock.now()
    pause = WITHOUT_WORD.get(hit.kind, timedelta(minutes=1))
    if hit.retry_after is not None:
        pause = timedelta(seconds=min(hit.retry_after, LONGEST.total_seconds()))
    until = now + pause
    if until <= now:
        return hit
    with write_txn():
        kept = XeroConnection.parked_until
        later = kept.is_null() | (kept < until) | (kept > now + LONGEST)
        XeroConnection.update(parked_until=until, parked_by=hit.kind).where(
            _is_still(tenant_id) & later).execute()
    return _error(hit.kind, until, now, asked=True)


def parked(link: XeroConnection, now: datetime) -> RateLimited | None:
    """Why a call would be refused now, if it would; a moment beyond any limit shows that the clock was wrong once."""
    if link.parked_until is None or not timedelta(0) < link.parked_until - now <= LONGEST:
        return None
    return _error(link.parked_by or "", link.parked_until, now, asked=False)


def hold_back(parts: Parts) -> None:
    """Before a call: waits out a short pause, as long as the caller has patience; else raises RateLimited."""
    waited = 0.0
    while True:
        link = XeroConnection.get_or_none(XeroConnection.id == 1)
        hit = parked(link, parts.clock.now()) if link else None
        if hit is None:
            return
        pause = (hit.until - parts.clock.now()).total_seconds()
        if waited + pause > parts.patience_seconds:
            raise hit
        waited += pause
        parts.clock.sleep(max(pause, 0.01))


def _error(kind: str, until: datetime, now: datetime, asked: bool) -> RateLimited:
    return RateLimited(kind, math.ceil((until - now).total_seconds()), until, asked=asked)
