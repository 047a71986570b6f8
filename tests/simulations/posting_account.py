"""What must be so once all has come to rest: the invariants of the reference, and what the integrity tools then find.

I1 one active document at most, in each organisation; I2 its lines, tax and total are what the settlement's
own rows and the choices at the press make of it (posting_expectations); I3 posted here, and active there, under
the same id; I4 nothing half-way after fifteen minutes (posting.come_to_rest); I5 what failed says why and what to
do; I6 no draft that no posting knows; I8 no write without an intent (posting_world, at each call); I9 the
database is whole. Held elsewhere, since no token and no log is at work here: I7, tokens always usable, in
tests/simulations/connection.py; I10, no secret in logs, in tests/services/test_logs.py.
"""

import re

from models import BatchRow, Posting, Settlement, database
from services import integrity, postings
from services.core import posting_states as states
from services.xero.documents import Document
from tests.simulations.posting_world import FIRST, PERSON, Violation, World

LISTS = ("invoice", "credit_note", "manual_journal")
LEFT_TO_PEOPLE = {"not_linked", "unknown", "two_paid", "changed"}  # a repair reports them
WHAT_TO_DO = re.compile(  # I5: there is a verb for the person
    r"\b(again|repost|roll (it )?back|look|remove|set|press|run|post|sync|wait|reconnect|disconnect|choose)\b", re.I)
LOOKED_THROUGH_EVERY = 25  # seeds: the whole database


def hold_to_account(world: World) -> None:
    for row in settlements(world):
        check(world, row)
    check_outcomes(world)
    made = sum(line.ledger.made for line in world.lines.values())
    if world.fine_so_far and made > Posting.select().where(Posting.sends > 0).count():
        raise Violation("nothing failed, and more than one document was made for a posting")
    if world.seed % LOOKED_THROUGH_EVERY == 0:
        check_database()


def settlements(world: World) -> list[Settlement]:
    return list(Settlement.select().where(Settlement.settlement_id.in_(world.settlement_ids)))


def check_database() -> None:
    found = [*database.execute_sql("pragma integrity_check"), *database.execute_sql("pragma foreign_key_check")]
    if found != [("ok",)]:
        raise Violation(f"I9: {found[0]}")


def check_outcomes(world: World) -> None:
    """A post that nothing hindered is posted; what is made is never found to be other than what was sent."""
    for posting in Posting.select().where(Posting.state == states.FAILED):
        moved = "another organisation" in posting.reason  # between the press and the post
        hindered = not world.fine_so_far or moved or "not posted" in posting.reason or world.planted
        if "taken back" in posting.reason or not hindered:
            raise Violation(f"failed without a cause: {posting.reason}")
        check_reason("a posting", posting.reason)
    for row in BatchRow.select().where(BatchRow.outcome == "failed"):
        check_reason("a row of a batch", row.reason)


def check_reason(what: str, reason: str) -> None:
    if not WHAT_TO_DO.search(reason):
        raise Violation(f"I5: {what} failed, and nobody is told what to do: “{reason}”")


def check(world: World, row: Settlement) -> None:
    posting = postings.active_posting(row)
    for tenant_id in world.lines:
        check_organisation(world, row, posting if posting and posting.tenant_id == tenant_id else None, tenant_id)
    if posting is None:
        check_words(row)
    else:
        check_document(world, row, posting)


def check_organisation(world: World, row: Settlement, posting: Posting | None, tenant_id: str) -> None:
    ours = ours_of(world, row, posting, tenant_id)
    approved = [each for each in ours if each.status in states.APPROVED]
    if len(approved) > 1:
        raise Violation(f"I1: {len(approved)} active documents of {row.key}")
    if posting is None and ours and "old backup" not in world.deeds:
        raise Violation(f"I3: {ours[0].status} there, {row.state} here")
    strays = [each for each in ours if each.status in states.OPEN and each.id != posting.document_id] if posting else []
    if strays and "old backup" not in world.deeds:  # whose create the backup knew nothing of: a repair ends it, below
        raise Violation(f"I6: {len(strays)} stray drafts")


def ours_of(world: World, row: Settlement, posting: Posting | None, tenant_id: str) -> list[Document]:
    """The active documents of the settlement, without those of a hand and those whose end Xero would not hear of."""
    told = world.planted | set(row.doomed or [])  # a repair that could not end a document has said so
    ledger = world.lines[tenant_id].ledger
    return [each for kind in LISTS for each in ledger.carrying(kind, row.key)
            if each.id not in told or (posting and each.id == posting.document_id)]


def check_document(world: World, row: Settlement, posting: Posting) -> None:
    document = world.lines[posting.tenant_id].ledger.documents.get(posting.document_id)
    if document is None:
        raise Violation("I3: posted here, and there is no such document")
    by_hand = f"voided by hand {document.id}" in world.troubles
    stands = document.status in states.APPROVED or (posting.stays_draft and document.status == "DRAFT")
    is_told = row.state == "changed_in_xero" and "voided in Xero" in row.state_reason  # a void that came late
    if not stands and not by_hand and not is_told:
        raise Violation(f"I3: posted here, {document.status} there")
    wanted = world.expected.get((row.settlement_id, posting.plan_hash))
    if wanted is None:
        raise Violation("I2: posted from a plan that nobody made")
    if document.id not in world.edited | world.planted:
        otherwise = wanted.differs_from(document)
        if otherwise:
            raise Violation(f"I2: {otherwise}")
    if bool(posting.stays_draft) != wanted.stays_draft:
        raise Violation("draft or approved is not as it was chosen at the press")


def check_words(row: Settlement) -> None:
    if row.state == "failed":
        check_reason("a settlement", row.state_reason)
    if row.state in ("posting", "unsure", "posted", "queued"):
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
    if posting and posting.tenant_id != FIRST:
        return  # what is posted in another organisation is left alone here
    recorded = posting.document_id if posting else ""
    if recorded and recorded not in {each.id for each in active}:
        raise Violation("after a repair a posting names a document that does not stand")
    unpaid = [each for each in active if each.status != "PAID"]
    paid = [each for each in active if each.status == "PAID"]
    if len(unpaid) + bool(paid) > 1:
        raise Violation(f"after a repair {len(unpaid)} unpaid and {len(paid)} paid documents are left of {row.key}")
    if paid and recorded and recorded not in {each.id for each in paid}:
        raise Violation("after a repair the posting does not name the paid document")
