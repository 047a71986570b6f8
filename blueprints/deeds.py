"""What can be done with a settlement: each button with what it will do in Xero, said before the press, or why not."""

from dataclasses import dataclass

from flask import url_for

from services.core.document_verdict import NOWHERE, stands
from services.core.money import format_money
from services.postings import Preview
from services.xero_connection import Card

KINDS = {
    "invoice": "sales invoice", "credit_note": "credit note", "bill": "bill", "manual_journal": "manual journal",
    "nothing": "document",
}  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """One button; ``why_not`` is empty while it can be pressed."""

    word: str
    address: str
    will: str  # what it does, in a sentence
    style: str = ""  # main, grave
    with_plan: bool = False  # the hash of the plan that was seen travels with it
    why_not: str = ""


def deeds(shown: Preview, card: Card, drafts_wanted: bool) -> list[Deed]:
    """The buttons of a settlement as it stands, the likeliest first."""
    unconnected = "" if card.state == "connected" else "Connect Xero first, under Settings → Account."
    organisation = card.organisation or "Xero"
    if "settling" in shown.actions:
        return [_settling(shown)]
    if "rollback" in shown.actions:
        return _posted(shown, organisation, unconnected)
    if shown.settlement.state == "queued":
        why = "It is in a batch that is under way; see Batches."
        return [_post(shown, organisation, drafts_wanted, why)]
    return [_post(shown, organisation, drafts_wanted, unconnected or _in_the_way(shown))]


def _post(shown: Preview, organisation: str, drafts_wanted: bool, why_not: str) -> Deed:
    plan = shown.plan
    amount = format_money(plan.total, plan.currency) if plan.kind != "manual_journal" else ""
    of_amount = f" of {amount}" if amount else ""
    stands = "as a draft for you to approve there" if drafts_wanted else "approved at once"
    will = (
        f"Makes {KINDS[plan.kind]} {shown.row.number}{of_amount} in {organisation}, {stands}: exactly the lines above. "
        "It can be rolled back."
    )
    address = url_for("postings.post", settlement_id=plan.settlement_id)
    return Deed("Post", address, will, "main", with_plan=True, why_not=why_not)


def _in_the_way(shown: Preview) -> str:
    if shown.plan.problems:
        count = len(shown.plan.problems)
        return f"{'One thing stands' if count == 1 else f'{count} things stand'} in its way; above is what to do."
    return "Every line of it is zero, so there is nothing to post." if shown.plan.kind == "nothing" else ""


def _posted(shown: Preview, organisation: str, unconnected: str) -> list[Deed]:
    settlement_id, number = shown.settlement.settlement_id, shown.row.number
    posting = shown.row.posting
    stale = "" if shown.plan.is_postable else _in_the_way(shown)
    if posting is not None and not stands(posting.xero_status):
        return _gone_there(shown, organisation, unconnected, stale)
    is_draft = posting is not None and (posting.xero_status or "") == "DRAFT"
    gone = f"{'Deletes the draft' if is_draft else 'Voids'} {number} in {organisation}"
    paid = ""
    if shown.settlement.state == "paid":
        paid = " A payment stands on it: Xero refuses until that is removed there."
    roll_back = Deed(
        "Roll back", url_for("postings.roll_back", settlement_id=settlement_id),
        f"{gone}. The settlement becomes a draft here, keeps its number, and can be posted again.{paid}", "grave",
        why_not=unconnected)  # fmt: skip
    repost = Deed(
        "Repost", url_for("postings.repost", settlement_id=settlement_id),
        f"{gone} and posts it anew as things are mapped now, under the same number and reference. "
        f"{_changes(shown)}{paid}", "main" if shown.differences else "", with_plan=True,
        why_not=unconnected or stale)  # fmt: skip
    refresh = _refresh(settlement_id, unconnected)
    return [repost, roll_back, refresh] if shown.differences else [roll_back, repost, refresh]


def _gone_there(shown: Preview, organisation: str, unconnected: str, stale: str) -> list[Deed]:
    """Somebody ended the document in Xero: nothing is left to void, and Repost makes it anew."""
    settlement_id, number, status = shown.settlement.settlement_id, shown.row.number, shown.row.posting.xero_status
    is_nowhere = status == NOWHERE
    ended = f"is not in {organisation} any more" if is_nowhere else f"is {status.lower()} in {organisation} already"
    differs = f" Beside that document {_lines_that_change(shown)}, as shown above." if shown.differences else ""
    return [
        Deed("Repost", url_for("postings.repost", settlement_id=settlement_id),
             f"Posts it anew as things are mapped now, under the same number and reference: {number} {ended}.{differs}",
             "main", with_plan=True, why_not=unconnected or stale),
        Deed("Roll back", url_for("postings.roll_back", settlement_id=settlement_id),
             f"Makes the settlement a draft here; {number} {ended}. It keeps its number, and can be posted again.",
             "grave", why_not=unconnected),
        _refresh(settlement_id, unconnected),
    ]


def _refresh(settlement_id: str, unconnected: str) -> Deed:
    return Deed(
        "Refresh", url_for("document_states.refresh_one", settlement_id=settlement_id),
        "Asks Xero how the document stands: paid, changed, voided. Changes nothing there.", why_not=unconnected)


def _changes(shown: Preview) -> str:
    if not shown.differences:
        if shown.row.status == "changed_in_xero":
            return "What was changed there is put back; nothing else changes."
        return "Nothing would change: it stands in Xero as it would be posted now."
    words = _lines_that_change(shown)
    return f"{words[0].upper()}{words[1:]}, as shown above."


def _lines_that_change(shown: Preview) -> str:
    count = len(shown.differences)
    return "one line changes" if count == 1 else f"{count} lines change"


def _settling(shown: Preview) -> Deed:
    address = url_for("postings.settle", settlement_id=shown.settlement.settlement_id)
    will = "Asks Xero what became of the document and goes on from there. Nothing is sent twice."
    return Deed("Ask Xero now", address, will, "main")
