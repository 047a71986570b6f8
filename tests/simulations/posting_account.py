"""What must be so once all has come to rest: I1–I8 of the reference, and what the integrity tools then find."""

import json

from models import Posting, Settlement
from services import integrity, postings
from services.core import posting_states as states
from services.posting_asks import found
from services.posting_tasks import wanted
from tests.simulations.posting_world import PERSON, Violation, World

LISTS = ("invoice", "credit_note", "manual_journal")
LEFT_TO_PEOPLE = {"not_linked", "unknown", "two_paid", "changed"}  # a repair reports them


def hold_to_account(world: World) -> None:
    for row in settlements(world):
        check(world, row)
    check_outcomes(world)
    if world.fine_so_far and world.ledger.made > Posting.select().where(Posting.sends > 0).count():
        raise Violation("nothing failed, and more than one document was made for a posting")


def settlements(world: World) -> list[Settlement]:
    return list(Settlement.select().where(Settlement.settlement_id.in_(world.settlement_ids)))


def check_outcomes(world: World) -> None:
    """A post that nothing hindered is posted; what is made is never found to be other than what was sent."""
    for posting in Posting.select().where(Posting.state == states.FAILED):
        hindered = not world.fine_so_far or "not posted" in posting.reason or world.planted
        if "taken back" in posting.reason or not hindered:
            raise Violation(f"failed without a cause: {posting.reason}")


def check(world: World, row: Settlement) -> None:
    posting = postings.active_posting(row)
    told = world.planted | set(row.doomed or [])  # a repair that could not end a document has said so
    ours = [each for kind in LISTS for each in world.ledger.carrying(kind, row.key)
            if each.id not in told or (posting and each.id == posting.document_id)]
    approved = [each for each in ours if each.status in states.APPROVED]
    if len(approved) > 1:
        raise Violation(f"I1: {len(approved)} active documents of {row.key}")
    if posting is None:
        if ours and "old backup" not in world.deeds:
            raise Violation(f"I3: {ours[0].status} there, {row.state} here")
        check_words(row)
        return
    check_document(world, row, posting)
    strays = [each for each in ours if each.status in states.OPEN and each.id != posting.document_id]
    if strays:
        raise Violation(f"I6: {len(strays)} stray drafts")


def check_document(world: World, row: Settlement, posting: Posting) -> None:
    document = world.ledger.documents[posting.document_id]
    by_hand = f"voided by hand {document.id}" in world.troubles
    stands = document.status in states.APPROVED or (posting.stays_draft and document.status == "DRAFT")
    if not stands and not by_hand and row.state != "changed_in_xero":  # which says so
        raise Violation(f"I3: posted here, {document.status} there")
    other_figures = document.id in world.edited or row.state == "changed_in_xero"
    if not other_figures and not found(document).is_what_we(wanted(posting)):
        raise Violation("I2: Xero's lines are not the posting's")
    if posting.id in world.previewed and json.loads(json.dumps(world.previewed[posting.id])) != posting.plan["lines"]:
        raise Violation("what was sent is not what was previewed")


def check_words(row: Settlement) -> None:
    if row.state == "failed" and not row.state_reason:
        raise Violation("I5: failed without a reason")
    if row.state in ("posting", "unsure", "posted"):
        raise Violation(f"I4: {row.state} without a posting")


# --- and the integrity tools ------------------------------------------------------------------


def hold_repair_to_account(world: World) -> None:
    """Where no hand was at work there is nothing to find; else one repair in fair weather mends all it may."""
    untouched = {each: world.ledger.documents[each] for each in world.planted
                 if "TBUK-99900000000" in world.ledger.documents[each].reference}
    row = integrity.run(world.parts, integrity.REPAIR if world.deeds else integrity.SCAN, PERSON)
    if not world.deeds and row.findings:
        raise Violation(f"the scan finds {row.findings[0]['kind']}, and no hand was at work")
    failed = [each["reason"] for each in row.findings if each["outcome"] == "failed"]
    if failed:
        raise Violation(f"a repair that nothing hinders fails: {failed[0]}")
    left = integrity.run(world.parts, integrity.REPAIR, PERSON).findings if world.deeds else []
    if {each["kind"] for each in left} - LEFT_TO_PEOPLE:
        raise Violation(f"a second repair finds {left[0]['kind']}")
    if any(world.ledger.documents[each] != was for each, was in untouched.items()):
        raise Violation("a repair touched a document of no settlement here")
    for settlement in settlements(world):
        check_repaired(world, settlement)


def check_repaired(world: World, row: Settlement) -> None:
    active = [each for kind in LISTS for each in world.ledger.carrying(kind, row.key)]
    posting = postings.active_posting(row)
    recorded = posting.document_id if posting else ""
    if recorded and recorded not in {each.id for each in active}:
        raise Violation("after a repair a posting names a document that does not stand")
    unpaid = [each for each in active if each.status != "PAID"]
    paid = [each for each in active if each.status == "PAID"]
    if len(unpaid) + bool(paid) > 1:
        raise Violation(f"after a repair {len(unpaid)} unpaid and {len(paid)} paid documents are left of {row.key}")
    if paid and recorded and recorded not in {each.id for each in paid}:
        raise Violation("after a repair the posting does not name the paid document")
