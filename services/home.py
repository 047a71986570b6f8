"""Home: what needs a person now, what is ready to post, what was posted lately."""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from models import CorrectedFile, Posting, Readiness, Settlement, SyncRun
from services import document_links, first_run, periods, readiness, running_batches, settlement_list, xero_connection
from services.core.gaps import Gap
from services.database import Prepared
from services.first_run import FirstRun
from services.parts import Parts
from services.settlement_filter import NEEDS_ME
from services.settlements import IN_HAND
from services.xero_connection import Card

MOST_POSTED = 10


@dataclass(frozen=True)
class Need:
    """Something that waits for a person. ``name`` is a settlement's status, or one of those below."""

    name: str
    count: int = 1
    told: str = ""  # more of it, in a sentence
    batch: int = 0


@dataclass(frozen=True)
class Ready:
    """Settlements that nothing stands in the way of; sums in minor units by currency."""

    count: int
    sums: dict[str, int]


@dataclass(frozen=True)
class Posted:
    """A document posted lately; the amount is the settlement's, with its sign."""

    settlement_id: str
    number: str
    marketplace: str
    amount: int
    currency: str
    at: datetime
    by: str
    link: str  # to the document in Xero
    state: str  # posted, paid or changed_in_xero


@dataclass(frozen=True)
class Home:
    needs: list[Need]
    ready: Ready
    posted: list[Posted]
    is_empty: bool  # no settlement is here yet
    pending: int  # settlements whose status is being worked out anew
    steps: FirstRun | None  # None once they are put away
    connection: Card


def gather(parts: Parts) -> Home:
    pending = readiness.bring_up_to_date(readiness.AT_ONCE)
    counts, connection = settlement_list.counts(), xero_connection.card(parts)
    needs = [*_of_the_connection(connection), *_of_settlements(counts), *_of_files(), *_of_work()]
    return Home(needs, _ready(), _posted(parts), not counts, pending, first_run.on_home(), connection)


def _of_the_connection(card: Card) -> list[Need]:
    """Reconnect required, not connected, an organisation to choose; else a permission that is wanted by now."""
    if card.state != xero_connection.CONNECTED:
        return [Need(card.state, told=card.reason)]
    return [Need("lacks_permission", told=card.lacks)] if card.lacks else []


def _of_settlements(counts: dict[str, int]) -> list[Need]:
    return [Need(status, counts[status]) for status in (*NEEDS_ME, "draft") if counts.get(status)]


_CAME_LATER = Prepared(lambda: (
    CorrectedFile.select(fn.COUNT(CorrectedFile.settlement.distinct())).join(Settlement)
    .where(CorrectedFile.groups.is_null(False) & (CorrectedFile.received_at > Settlement.received_at))
))  # fmt: skip


def _of_files() -> list[Need]:
    """Files that say something else than the ones in use and came after them; and periods of which none came."""
    waiting, missing = _CAME_LATER.first()[0], periods.missing()
    found = [Need("other_file", waiting)] if waiting else []
    return [*found, Need("gap", len(missing), _of_the_first(missing))] if missing else found


def _of_the_first(missing: list[Gap]) -> str:
    return missing[0].marketplace if len({gap.marketplace for gap in missing}) == 1 else ""


_LATEST_SYNC = Prepared(lambda: (
    SyncRun.select(SyncRun.outcome, SyncRun.error).where(SyncRun.outcome != "running")
    .order_by(SyncRun.id.desc()).limit(1)
))  # fmt: skip


def _of_work() -> list[Need]:
    """A sync that failed, and batches that are under way."""
    outcome, error = _LATEST_SYNC.first() or ("", "")
    needs = [Need("sync_failed", told=error)] if outcome == "failed" else []
    return [*needs, *(Need("batch", each.total - each.done, each.note, each.id) for each in running_batches.running())]


_SUMS = Prepared(lambda: (
    Settlement.select(Settlement.currency, fn.COUNT(Settlement.id), fn.SUM(Settlement.total)).join(Readiness)
    .where((Readiness.status == "ready") & (Settlement.state == IN_HAND)).group_by(Settlement.currency)
))  # fmt: skip


def _ready() -> Ready:
    found = _SUMS.rows()
    return Ready(sum(count for _, count, _ in found), {currency: total for currency, _, total in found})


_LATEST = Prepared(lambda: (
    Posting.select(
        Settlement.settlement_id, Posting.number, Settlement.marketplace, Settlement.total, Settlement.currency,
        Posting.posted_at, Posting.created_by, Settlement.state, Posting.kind, Posting.document_id)
    .join(Settlement).where(Posting.active.is_null(False) & Posting.posted_at.is_null(False))
    .order_by(Posting.posted_at.desc()).limit(MOST_POSTED)
))  # fmt: skip


def _posted(parts: Parts) -> list[Posted]:
    rows = _LATEST.rows()
    links = document_links.of_documents(parts, [(kind, document_id) for *_, kind, document_id in rows])
    return [
        Posted(*which, currency, Posting.posted_at.python_value(at), by, link, state)
        for (*which, currency, at, by, state, _, _), link in zip(rows, links, strict=True)
    ]
