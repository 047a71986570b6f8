"""Many at once: settlements queued with one press, carried through in the background, told one by one."""

import dataclasses
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from models import Batch, BatchRow, Posting, Settlement
from services import (
    bookkeeping,
    keys_seen,
    leases,
    numbering,
    posting_intents,
    posting_many,
    posting_organisation,
    posting_reposts,
    settlements,
    xero_connection,
)
from services.audit import Actor
from services.core import posting_states as states
from services.core.plans import Plan
from services.core.posting_moves import Failed, StaysPosted
from services.database import write_txn
from services.errors import AppError, NotFound, Refused
from services.parts import Parts
from services.posting_book import Book
from services.posting_many import OneOfMany
from services.posting_outcomes import Outcome, outcome_of, posted_already
from services.posting_run import LEASE_SECONDS as POSTING_LEASE_SECONDS
from services.posting_run import lease_name

log = logging.getLogger(__name__)

POST, ROLL_BACK = "post", "roll_back"
QUEUED_STILL = "It is queued, and nothing of it was sent yet: TrueBooks goes on with it by itself while it runs."
WAVE = 200  # carried through in step: looked up together, written by fifties
LEASE, LEASE_SECONDS = "batches", 120
WAIT_SECONDS = 1.0  # between two looks whether another worker is done
PATIENCE_SECONDS = 75.0  # Xero's minute is waited out; a page does not
LISTS = {"posted": "Posted", "rolled_back": "Rolled back", "already_there": "Already there",
         "needs_mapping": "Needs mapping", "failed": "Failed", "": "Waiting"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A batch as its page shows it: how far it is, and its rows by what came of them."""

    batch: Batch
    total: int
    done: int
    lists: dict[str, list[BatchRow]]  # by outcome, in the order of LISTS; no empty ones

    @property
    def is_finished(self) -> bool:
        return self.batch.finished_at is not None

    @property
    def failed(self) -> list[BatchRow]:
        return self.lists.get("failed", [])


# --- the press --------------------------------------------------------------------------------


def begin(parts: Parts, action: str, settlement_ids: Iterable[str], actor: Actor) -> Batch:
    """Queues the settlements; every plan is frozen at this moment. Raises NotConnected, NotFound, Refused."""
    if action not in (POST, ROLL_BACK):
        raise Refused("It was not said what to do with the selected settlements. Press Post selected or Roll back "
                      "selected.")
    rows = settlements.find_all(settlement_ids)
    if not rows:
        raise Refused("No settlement was selected. Tick the ones you mean, then press again.")
    xero_connection.client(parts)  # not connected is said before anything is written
    if action == POST and not numbering.are_seen():
        posting_intents.see_numbers(parts, actor)
        rows = settlements.find_all(row.settlement_id for row in rows)
    with write_txn():
        batch = Batch.create(action=action, created_at=parts.clock.now(), created_by=actor.name)
        for first in range(0, len(rows), settlements.READ_AT_ONCE):
            _queue(parts, batch, rows[first : first + settlements.READ_AT_ONCE], actor)
        _finish(parts, batch)
    return batch


def _queue(parts: Parts, batch: Batch, rows: list[Settlement], actor: Actor) -> None:
    """Some of the batch's settlements, with what is known of them read in one go each."""
    standing = {each.active: each for each in Posting.select().where(Posting.active.in_([row.id for row in rows]))}
    if batch.action == ROLL_BACK:
        for row in rows:
            _queue_rollback(parts, batch, row, standing.get(row.id), actor)
        return
    desk, groups = bookkeeping.gather(rows), bookkeeping.groups_of_all(rows)
    for row in rows:
        _queue_post(parts, batch, row, standing.get(row.id), desk.plan(row, groups[row.id]), actor)


def _queue_post(
    parts: Parts, batch: Batch, row: Settlement, active: Posting | None, plan: Plan, actor: Actor
) -> None:
    if active:
        return _beside(batch, row, active)
    refused = posting_intents.refusal(row, plan)
    if refused:
        return _add(batch, row, refused.outcome, refused.reason)
    return _add(batch, row, posting=posting_intents.start(parts, row, plan, actor, settlements.QUEUED))


def _queue_rollback(parts: Parts, batch: Batch, row: Settlement, active: Posting | None, actor: Actor) -> None:
    if active is None:
        is_draft = row.state == settlements.DRAFT
        posting_reposts.give_up(parts, row, "", actor)
        reason = "It is rolled back already." if is_draft else "There is nothing to roll back: it is not posted."
        return _add(batch, row, "already_there" if is_draft else "failed", reason)
    try:
        posting_organisation.check(active)
    except Refused as refused:
        return _add(batch, row, "failed", refused.message)
    if active.state not in (states.POSTED, states.VOIDING):
        return _add(batch, row, "failed", "It is just being posted. Roll it back when that is settled.")
    posting_intents.start_rollback(active, actor, settlements.QUEUED)
    return _add(batch, row, posting=active)


def _beside(batch: Batch, row: Settlement, active: Posting) -> None:
    """A post where a posting is there already: finished, still on its way, or about to be rolled back."""
    if active.state == states.POSTED:
        _add(batch, row, *posted_already(active), active)
    elif active.state == states.VOIDING:
        _add(batch, row, "failed", "It is just being rolled back. Post it when that is settled.")
    else:
        _add(batch, row, posting=active)


def _add(batch: Batch, row: Settlement, outcome: str = "", reason: str = "", posting: Posting | None = None) -> None:
    BatchRow.create(batch=batch, settlement=row, posting=posting, outcome=outcome, reason=reason)


# --- the work ---------------------------------------------------------------------------------


def unfinished() -> bool:
    return Batch.select().where(Batch.finished_at.is_null()).exists()


def work(parts: Parts, only: Batch | None = None) -> bool:
    """Carries every unfinished batch on as far as it goes; False, nothing done, while another worker is at it."""
    parts = dataclasses.replace(parts, patience_seconds=PATIENCE_SECONDS)
    with leases.kept(LEASE, parts.clock, LEASE_SECONDS) as owner:
        if owner:
            for batch in [only] if only else list(Batch.select().where(Batch.finished_at.is_null()).order_by(Batch.id)):
                _carry_on(parts, batch)
    return owner is not None


def see_through(parts: Parts, batch: Batch) -> None:
    """Carries ``batch`` on, after what another process has under way; returns when it must wait for Xero."""
    while not work(parts, batch) and not find(batch.id).finished_at:
        parts.clock.sleep(WAIT_SECONDS)


def _carry_on(parts: Parts, batch: Batch) -> None:
    """In waves, until nothing moves any more: what is left waits for Xero, or for another runner."""
    actor = Actor(batch.created_by)
    tried: set[int] = set()
    while wave := _next_wave(batch, tried):
        tried |= {row.id for row in wave}
        by_posting = {row.posting_id: row for row in wave}
        try:
            if batch.action == POST:
                keys_seen.look_again(xero_connection.client(parts), parts.clock.now(), keys_seen.FRESH_FOR_MANY)
            posting_many.carry_on(
                parts, [row.posting for row in wave], actor, lambda run, rows=by_posting: _told(rows, run))
        except AppError as error:
            _note(batch, error.message)
            return
    with write_txn():
        for row in _waiting(batch):
            _look_at(row)
        _finish(parts, batch)


def _next_wave(batch: Batch, tried: set[int]) -> list[BatchRow]:
    return [row for row in _waiting(batch) if row.id not in tried][:WAVE]


def _waiting(batch: Batch) -> list[BatchRow]:
    rows = BatchRow.select(BatchRow, Posting).join(Posting, on=BatchRow.posting)
    return list(rows.where((BatchRow.batch == batch) & (BatchRow.outcome == "")).order_by(BatchRow.id))


def _told(rows: dict[int, BatchRow], run: OneOfMany) -> None:
    with write_txn():
        _look_at(rows[run.posting_id], run.adopted)


def _look_at(row: BatchRow, adopted: bool = False) -> None:
    """What the row's posting came to, if it came to anything yet."""
    posting = Posting.get_by_id(row.posting_id)
    outcome, reason = _outcome(row, posting, adopted)
    if outcome:
        BatchRow.update(outcome=outcome, reason=reason).where(BatchRow.id == row.id).execute()


def _outcome(row: BatchRow, posting: Posting, adopted: bool) -> tuple[str, str]:
    is_rollback = row.batch.action == ROLL_BACK
    if posting.state in states.UNSETTLED:
        return "", ""
    if posting.state == states.FAILED:
        return "failed", posting.reason
    if posting.state == states.ROLLED_BACK:
        undone = f"It was posted, and rolled back again by {posting.ended_by} before the batch came to it."
        return ("rolled_back", posting.reason) if is_rollback else ("failed", undone)
    if is_rollback:
        return "failed", posting.reason or "Another press on it came first, and it is posted. Roll it back again."
    if _began_elsewhere(row, posting):
        return "already_there", "Another press posted it."
    return ("already_there" if adopted else "posted"), ""


def _began_elsewhere(row: BatchRow, posting: Posting) -> bool:
    """Whether the posting is another press's: an earlier batch's, or a single one's."""
    earlier = BatchRow.select().where((BatchRow.posting == posting) & (BatchRow.id < row.id))
    return posting.created_at < row.batch.created_at or earlier.exists()


def _finish(parts: Parts, batch: Batch) -> None:
    left = BatchRow.select().where((BatchRow.batch == batch) & (BatchRow.outcome == "")).exists()
    if left:
        Batch.update(note=_why_waiting(batch)).where(Batch.id == batch.id).execute()
    else:
        Batch.update(finished_at=parts.clock.now(), note="").where(Batch.id == batch.id).execute()


def _why_waiting(batch: Batch) -> str:
    reasons = (posting_organisation.elsewhere(row.posting) or row.posting.reason for row in _waiting(batch))
    return min(filter(None, reasons), default="")


def _note(batch: Batch, words: str) -> None:
    with write_txn():
        Batch.update(note=words).where(Batch.id == batch.id).execute()


# --- what came of it --------------------------------------------------------------------------


def find(batch_id: int | str) -> Batch:
    """Raises NotFound."""
    batch = Batch.get_or_none(Batch.id == int(batch_id)) if str(batch_id).isdecimal() else None
    if batch is None:
        raise NotFound("There is no such batch.")
    return batch


def tell(batch_id: int | str) -> Told:
    batch = find(batch_id)
    rows = list(BatchRow.select(BatchRow, Settlement).join(Settlement).where(BatchRow.batch == batch)
                .order_by(BatchRow.id))
    lists = {name: [row for row in rows if row.outcome == name] for name in LISTS}
    told = {name: found for name, found in lists.items() if found}
    return Told(batch, len(rows), sum(bool(row.outcome) for row in rows), told)


def recent(most: int = 20) -> list[Told]:
    return [tell(batch.id) for batch in Batch.select().order_by(Batch.id.desc()).limit(most)]


def retry(parts: Parts, batch_id: int | str, actor: Actor) -> Batch:
    """Queues what failed once more, and nothing else. Raises Refused when nothing failed."""
    failed = [row.settlement.settlement_id for row in tell(batch_id).failed]
    if not failed:
        raise Refused("Nothing of this batch failed, so there is nothing to try again.")
    return begin(parts, find(batch_id).action, failed, actor)


def stop(parts: Parts, batch_id: int | str, actor: Actor) -> int:
    """Takes back what was not begun; how many rows. What Xero may have heard of already is still settled."""
    batch = find(batch_id)
    stopped = sum(_stop(parts, row, actor) for row in _waiting(batch))
    with write_txn():
        _finish(parts, batch)
    return stopped


def _stop(parts: Parts, row: BatchRow, actor: Actor) -> bool:
    with leases.held(lease_name(row.settlement), parts.clock, POSTING_LEASE_SECONDS) as owner:
        posting = Posting.get_by_id(row.posting_id)
        if owner is None or not _is_untouched(posting):
            return False
        words = "The batch was stopped before anything of this was sent."
        ends = StaysPosted(words) if posting.state == states.VOIDING else Failed(words)
        Book(parts, posting, actor).keep(ends)
        with write_txn():
            _look_at(row)
    return True


def _is_untouched(posting: Posting) -> bool:
    """Nothing of it was ever sent."""
    if posting.state == states.VOIDING:
        return posting.void_sent_at is None
    return posting.state == states.INTENT and not posting.sends and not posting.document_id and not posting.doomed


def outcomes(batch: Batch) -> list[Outcome]:
    """One for each settlement, in the order given; what is not known yet is unsure."""
    rows = BatchRow.select().where(BatchRow.batch == batch).order_by(BatchRow.id)
    return [_row_outcome(row) for row in rows]


def _row_outcome(row: BatchRow) -> Outcome:
    settlement = Settlement.get_by_id(row.settlement_id)
    posting = row.posting if row.outcome in ("posted", "already_there", "rolled_back", "") else None
    reason = row.reason or ("" if row.outcome else settlement.state_reason or row.batch.note or QUEUED_STILL)
    return outcome_of(settlement, row.outcome or "unsure", posting, reason)
