"""Preview, post, roll back and repost: what the buttons do. How a posting is carried through is in posting_run."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from models import BatchRow, Posting, Settlement
from services import (
    bookkeeping,
    document_states,
    numbering,
    posting_organisation,
    posting_reposts,
    posting_run,
    readiness,
    sent_documents,
    settlements,
    xero_connection,
)
from services.audit import Actor
from services.core import differences
from services.core import posting_states as states
from services.core.differences import Difference
from services.core.money import format_major
from services.core.plans import Plan
from services.errors import AppError
from services.parts import Parts
from services.posting_intents import (
    StalePreview,
    check_fresh,
    check_on_its_way,
    line_facts,
    refusal,
    see_numbers,
    start,
    start_rollback,
)
from services.posting_outcomes import Outcome, outcome_of, posted_already
from services.xero.errors import XeroError

__all__ = [
    "Outcome", "Preview", "StalePreview", "active_posting", "as_json", "attempts", "post", "preview", "repost",
    "roll_back", "settle", "settle_all",
]  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """A settlement as its page and its inline preview show it."""

    row: settlements.Row
    plan: Plan  # as it would be posted now
    actions: frozenset[str]  # of post, rollback, repost, settling
    differences: list[Difference] = field(default_factory=list)  # from what is posted
    sent: Plan | None = None  # the document of the active posting, as it was frozen

    @property
    def settlement(self) -> Settlement:
        return self.row.settlement

    @property
    def document(self) -> Plan:
        """What to show: the document as it was sent, else as it would be."""
        return self.sent or self.plan


def preview(settlement_id: str) -> Preview:
    """The plan as it stands now, and what can be done with it. Touches nothing in Xero."""
    settlement = settlements.find(settlement_id)
    posting = active_posting(settlement)
    plan = bookkeeping.gather([settlement]).plan(settlement)
    row = settlements.row_of(settlement, posting, readiness.told_by(plan))
    changed = differences.between(posting.plan["lines"], line_facts(plan)) if posting else []
    sent = sent_documents.of(posting, plan) if posting else None
    return Preview(row, plan, _actions(row, plan), changed, sent)


def _actions(row: settlements.Row, plan: Plan) -> frozenset[str]:
    if row.settlement.state in settlements.IN_XERO:
        return frozenset({"rollback", "repost"})
    if row.settlement.state in (settlements.POSTING, settlements.UNSURE):
        return frozenset({"settling"})
    if row.settlement.state == settlements.QUEUED:  # the plan that will be sent was frozen with the press
        return frozenset()
    return frozenset({"post"}) if plan.is_postable else frozenset()


def active_posting(settlement: Settlement) -> Posting | None:
    """The posting that holds the settlement's place, if any."""
    return Posting.get_or_none(Posting.active == settlement.id)


def attempts(settlement: Settlement) -> list[Posting]:
    """Every posting of the settlement, the latest first."""
    return list(Posting.select().where(Posting.settlement == settlement).order_by(Posting.id.desc()))


def post(
    parts: Parts, settlement_id: str, actor: Actor, plan_hash: str | None = None, patient: bool = False
) -> Outcome:
    """Posts the settlement as previewed.

    ``plan_hash`` is that of the preview the user saw; StalePreview when the plan is another by
    now. Without it (the command line) the plan is frozen at this moment. A posting that was left
    half-way is carried through first. ``patient``: nobody waits, so what cannot be sent now is sent
    later instead of failing. Raises NotConnected.
    """
    settlement = settlements.find(settlement_id)
    left = _carried_through(parts, settlement, actor, plan_hash)
    if left and left.outcome != "rolled_back":
        return left
    try:
        see_numbers(parts, actor)
    except XeroError as error:
        reason = f"{error.message} Nothing was posted: post it again when this is over."
        return outcome_of(settlement, "failed", reason=reason)
    plan = bookkeeping.gather().plan(settlements.find(settlement_id))
    refused = refusal(settlement, plan)
    if refused:
        return refused
    check_fresh(plan, plan_hash)
    xero_connection.client(parts)  # not connected is said before anything is written
    posting = start(parts, settlement, plan, actor)
    if posting is None:  # another press was first: see it through together
        return _carried_through(parts, settlement, actor, plan_hash) or _ended_meanwhile(settlement)
    outcome = _run(parts, settlement, posting, actor, patient)
    return outcome if numbering.are_seen() else _renumbered(parts, settlement, outcome, actor)


def _renumbered(parts: Parts, settlement: Settlement, outcome: Outcome, actor: Actor) -> Outcome:
    """The number was taken: the others that are taken are passed over at once, not one with every press."""
    try:
        see_numbers(parts, actor)
    except AppError as error:  # the next press looks again
        log.info("the numbers in Xero could not be looked at: %s", error.message)
    return replace(outcome, number=Settlement.get_by_id(settlement.id).number)


def roll_back(parts: Parts, settlement_id: str, actor: Actor, repost_hash: str | None = None) -> Outcome:
    """Voids the document in Xero and returns the settlement to Draft; if Xero refuses, nothing changes.

    What is unsure is settled first: only a posting known to be posted is taken back. With
    ``repost_hash`` that plan is posted next, by whoever comes to it first.
    """
    settlement = settlements.find(settlement_id)
    posting = active_posting(settlement)
    if posting and posting.state != states.POSTED:
        left = _carried_through(parts, settlement, actor)
        if left and left.outcome not in ("posted", "already_there"):
            return left
        posting = active_posting(settlement)
    if posting is None:
        posting_reposts.give_up(parts, settlement, "", actor)  # a Repost in between ends as this press wants it
        return _nothing_to_roll_back(settlements.find(settlement_id))
    xero_connection.client(parts)
    posting_organisation.check(posting)
    start_rollback(posting, actor, repost_hash=repost_hash)
    return _run(parts, settlement, posting, actor)


def _nothing_to_roll_back(settlement: Settlement) -> Outcome:
    if settlement.state == settlements.DRAFT:
        return outcome_of(settlement, "already_there", reason="It is rolled back already.")
    return outcome_of(settlement, "failed", reason="There is nothing to roll back: it is not posted.")


def repost(parts: Parts, settlement_id: str, actor: Actor, plan_hash: str | None = None) -> Outcome:
    """Rollback then post in one go, mappings read anew; if the void fails it never goes on to create.

    What was pressed is kept with the rollback: if the process dies between the two, or Xero's yes to
    the void is lost, the job posts the new document, as long as its plan is still the one pressed.
    """
    settlement = settlements.find(settlement_id)
    plan = bookkeeping.gather().plan(settlement)
    refused = refusal(settlement, plan)
    if refused:
        return refused
    check_fresh(plan, plan_hash)
    if active_posting(settlement):
        undone = roll_back(parts, settlement_id, actor, plan.hash)
        if undone.outcome != "rolled_back" and active_posting(settlement):
            return undone
    return _second_half(parts, settlement, actor, plan.hash)


def _second_half(
    parts: Parts, settlement: Settlement, actor: Actor, plan_hash: str, patient: bool = False
) -> Outcome:
    """Posts what a Repost announced, or leaves the settlement a draft in words. Raises StalePreview."""
    try:
        outcome = post(parts, settlement.settlement_id, actor, plan_hash, patient)
    except StalePreview:
        posting_reposts.give_up(parts, settlement, posting_reposts.PLAN_CHANGED, actor)
        raise
    if outcome.outcome in ("needs_mapping", "failed"):
        posting_reposts.give_up(parts, settlement, outcome.reason, actor)
    return outcome


def settle(parts: Parts, settlement_id: str, actor: Actor) -> Outcome:
    """Asks Xero what became of an unsure posting and carries it on from there."""
    settlement = settlements.find(settlement_id)
    posting = active_posting(settlement)
    if posting is None:
        return outcome_of(
            settlement,
            "already_there" if settlement.state == settlements.DRAFT else "failed",
            reason=settlement.state_reason or "There is nothing to ask Xero about.",
        )
    return _run(parts, settlement, posting, actor)


def settle_all(parts: Parts, actor: Actor) -> list[Outcome]:
    """Settles every posting and Repost that was left half-way (a crash, a lost answer): at start-up and by a job."""
    left = Posting.select(Posting, Settlement).join(Settlement).where(Posting.state.in_(states.UNSETTLED))
    queued = BatchRow.select(BatchRow.posting).where((BatchRow.outcome == "") & BatchRow.posting.is_null(False))
    left = left.where(Posting.id.not_in(queued))  # the batches' worker has them
    outcomes = [
        _settled(posting, lambda posting=posting: _run(parts, posting.settlement, posting, actor, patient=True))
        for posting in left]
    outcomes += [
        _settled(posting, lambda posting=posting: _second_half(
            parts, posting.settlement, Actor(posting.ended_by), posting.repost_hash, patient=True))
        for posting in posting_reposts.owed()]
    _look_after_voids(parts, actor)
    return outcomes


def _settled(posting: Posting, go_on: Callable[[], Outcome]) -> Outcome:
    try:
        return go_on()
    except StalePreview as stale:
        return outcome_of(posting.settlement, "failed", reason=stale.message)
    except AppError as error:  # not connected, or Xero out of reach: it stays unsure, the next round asks again
        return outcome_of(posting.settlement, "unsure", reason=error.message)
    except Exception:  # a mistake of ours must not keep the others waiting
        log.exception("settling posting %s failed", posting.id)
        return outcome_of(posting.settlement, "unsure", reason="TrueBooks made a mistake; its log says more.")


def _look_after_voids(parts: Parts, actor: Actor) -> None:
    try:
        document_states.look_after_voids(parts, actor)
    except AppError as error:  # the next round looks again
        log.info("documents whose void was not answered could not be looked at: %s", error.message)


def _carried_through(
    parts: Parts, settlement: Settlement, actor: Actor, plan_hash: str | None = None
) -> Outcome | None:
    """What comes of the posting that holds the settlement, carried on if it was left half-way; None without one.

    Raises StalePreview where ``plan_hash`` is given and another plan is on its way than the one that was seen.
    """
    posting = active_posting(settlement)
    if posting is None:
        return None
    if posting.state == states.POSTED:
        outcome, reason = posted_already(posting)
        return outcome_of(settlement, outcome, posting, reason)
    check_on_its_way(posting, plan_hash)
    outcome = _run(parts, settlement, posting, actor)
    if outcome.outcome == "posted":
        return outcome_of(settlement, "already_there", Posting.get_by_id(posting.id), "Another press posted it.")
    return outcome


def _ended_meanwhile(settlement: Settlement) -> Outcome:
    reason = "Another press on it has just ended. Look at it again."
    return outcome_of(Settlement.get_by_id(settlement.id), "failed", reason=reason)


def _run(
    parts: Parts, settlement: Settlement, posting: Posting, actor: Actor, patient: bool = False
) -> Outcome:
    """Carries the posting as far as it goes and tells how it stands."""
    posting_organisation.check(posting)
    adopted = posting_run.run(parts, posting.id, actor, patient)
    posting = Posting.get_by_id(posting.id)
    settlement = Settlement.get_by_id(settlement.id)
    if posting.state == states.POSTED:
        refused_void = bool(posting.reason) and bool(posting.ended_by)
        outcome = "failed" if refused_void else "already_there" if adopted else "posted"
        return outcome_of(settlement, outcome, posting, posting.reason)
    if posting.state == states.ROLLED_BACK:
        return outcome_of(settlement, "rolled_back", posting, posting.reason)
    if posting.state == states.FAILED:
        return outcome_of(settlement, "failed", reason=posting.reason)
    return outcome_of(settlement, "unsure", posting, settlement.state_reason or "It is being worked on at this moment.")


def as_json(row: settlements.Row) -> dict:
    """A settlement as the command line lists it (product.md section 17)."""
    settlement = row.settlement
    return {
        "settlement_id": settlement.settlement_id,
        "marketplace": settlement.marketplace,
        "start": settlement.start_date,
        "end": settlement.end_date,
        "deposit_date": settlement.deposit_date,
        "currency": settlement.currency,
        "total": format_major(settlement.total, settlement.currency),
        "status": row.status,
        "number": row.number,
        "reference": settlement.reference,
    }
