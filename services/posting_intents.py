"""The intent of a posting: what is about to be sent, frozen when the button is pressed; or why nothing is."""

import secrets

from peewee import IntegrityError, fn

from models import Posting, Settlement, XeroConnection
from services import audit, keys_seen, marketplace_contacts, numbering, numbers_taken, posting_reposts, xero_connection
from services.audit import Actor
from services.core import posting_states as states
from services.core.money import format_money
from services.core.plans import Plan
from services.database import write_txn
from services.errors import Refused
from services.parts import Parts
from services.posting_outcomes import Outcome, outcome_of
from services.xero import payloads


class StalePreview(Refused):
    """What was previewed is not what would be sent any more."""


def refusal(settlement: Settlement, plan: Plan) -> Outcome | None:
    """Why the plan cannot be posted; None when nothing stands in the way."""
    if plan.is_postable:
        return None
    if plan.kind == "nothing" and not plan.problems:
        reason = "Every line of this settlement is zero: there is nothing to post."
        return outcome_of(settlement, "failed", reason=reason)
    reason = " ".join(dict.fromkeys(problem.message for problem in plan.problems))
    missing = any(problem.code in ("needs_category", "needs_mapping", "not_synced") for problem in plan.problems)
    return outcome_of(settlement, "needs_mapping" if missing else "failed", reason=reason)


def check_fresh(plan: Plan, plan_hash: str | None) -> None:
    """Raises StalePreview unless ``plan_hash``, where there is one, is the plan's."""
    if plan_hash is not None and plan_hash != plan.hash:
        raise StalePreview(
            "Something changed since this preview was made (a mapping, a setting or the file). "
            "Nothing was sent. Look at the new preview, then press again."
        )


def check_on_its_way(posting: Posting, plan_hash: str | None) -> None:
    """Raises StalePreview when another plan than the one that was seen is on its way already."""
    is_rollback = posting.state == states.VOIDING
    if plan_hash is not None and not is_rollback and plan_hash != posting.plan_hash:
        raise StalePreview(
            "Another press came first, and it is being posted as it was previewed then, not as you see it here. "
            "This press sent nothing. Look again when that is done; Repost puts the new plan in its place."
        )


def see_numbers(parts: Parts, actor: Actor) -> None:
    """Looks at the organisation's numbers and keys where that is due. Raises NotConnected or XeroError.

    At the numbers when the look that follows connecting failed, after an old backup was restored, and when
    a number turned out to be taken; at the keys in its other lists when the last look is an hour old.
    """
    client, now = xero_connection.client(parts), parts.clock.now()
    if not numbering.are_seen():
        numbers_taken.move_past(client, actor, now)
    keys_seen.look_again(client, now)


def start(
    parts: Parts, settlement: Settlement, plan: Plan, actor: Actor, settlement_state: str = "posting"
) -> Posting | None:
    """Writes the intent with its frozen payload; None when another holds the settlement."""
    now = parts.clock.now()
    try:
        with write_txn():
            posting = Posting.create(
                settlement=settlement, active=settlement.id, state=states.INTENT, key=settlement.key,
                idempotency_key=secrets.token_hex(16), created_at=now, created_by=actor.name,
                **_frozen(settlement, plan))
            Settlement.update(state=settlement_state, state_reason="").where(Settlement.id == settlement.id).execute()
            keys_seen.remember([(settlement.key, plan.kind)])
            posting_reposts.begun(settlement)
            audit.record(
                actor, "posting.started", f"settlement:{settlement.settlement_id}", now, kind=plan.kind,
                number=plan.number, total=format_money(plan.total, plan.currency))
    except IntegrityError:
        return None
    return posting


def start_rollback(
    posting: Posting, actor: Actor, settlement_state: str = "posting", repost_hash: str | None = None
) -> bool:
    """Claims the posting for its rollback; False when it is not posted (any more).

    ``repost_hash``: of the plan to be posted once it is rolled back; kept with the claim.
    """
    with write_txn():
        here = (Posting.id == posting.id) & (Posting.state == states.POSTED)
        claimed = Posting.update(
            state=states.VOIDING, ended_by=actor.name, reason="", repost_hash=repost_hash,
            shown_before=_shown(posting),
            version=fn.COALESCE(Posting.version, 0) + 1,
        ).where(here).execute()
        if claimed:
            Settlement.update(state=settlement_state, state_reason="").where(
                Settlement.id == posting.settlement_id).execute()
    return bool(claimed)


def _shown(posting: Posting) -> list[str]:
    """What its settlement shows, but for why an earlier rollback was refused: that is told anew."""
    settlement, refused = Settlement.get_by_id(posting.settlement_id), Posting.get_by_id(posting.id).reason
    return [settlement.state, settlement.state_reason.removeprefix(refused).strip()]


def _frozen(settlement: Settlement, plan: Plan) -> dict:
    """All that is sent, and to whom, as it stands at this moment."""
    connected = XeroConnection.get_by_id(1)
    contact = marketplace_contacts.as_sent(settlement.marketplace)
    return {
        "kind": plan.kind,
        "number": plan.number,
        "reference": plan.reference,
        "tenant_id": connected.tenant_id,
        "organisation": connected.tenant_name,
        "currency": plan.currency,
        "total": plan.total,
        "tax": plan.tax,
        "plan_hash": plan.hash,
        "payload": payloads.encode(payloads.document_payload(plan, contact)),
        "plan": {"lines": line_facts(plan)},
        "stays_draft": plan.stays_draft,
    }


def line_facts(plan: Plan) -> list[dict]:
    """The document's lines as they are kept with the posting; minor units."""
    return [
        {
            "description": line.description,
            "account_code": line.account_code,
            "tax_type": line.tax_type,
            "tracking": line.tracking,
            "gross": line.gross,
            "tax": line.tax,
        }
        for line in plan.document_lines
    ]
