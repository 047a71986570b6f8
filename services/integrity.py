"""Xero Integrity Tools: every document of ours held against the settlements here; a dry run, and the repair."""

from collections.abc import Iterable
from dataclasses import dataclass

from models import IntegrityRun, Posting, Settlement
from services import audit, xero_connection, xero_documents
from services.audit import Actor
from services.core import posting_states as states
from services.core.money import format_major
from services.core.posting_moves import Change
from services.core.posting_states import Found
from services.core.reconciliation import Finding, Local, compare
from services.database import write_txn
from services.errors import AppError
from services.leases import held
from services.parts import Parts
from services.posting_asks import answer, answered, found
from services.posting_in_line import bring_into_line
from services.posting_run import LEASE_SECONDS, lease_name
from services.xero.client import XeroClient

SCAN, DRY_RUN, REPAIR = "scan", "dry_run", "repair"


@dataclass(frozen=True)
class Reported:
    """A finding and what came of it: empty (a scan), planned, repaired, reported or failed; with the reason."""

    finding: Finding
    outcome: str = ""
    reason: str = ""

    def as_json(self) -> dict:
        """As `bin/truebooks integrity` gives it (product.md section 17)."""
        documents = [
            {"document_id": each.document_id, "kind": each.kind, "number": each.number, "status": each.status,
             "currency": each.currency, "total": format_major(each.total, each.currency or "GBP"),
             "kept": each is self.finding.keep}
            for each in self.finding.documents]
        return {"reference": self.finding.reference, "kind": self.finding.kind, "documents": documents,
                "repair": self.finding.repair, "outcome": self.outcome or None, "reason": self.reason or None}


def run(parts: Parts, mode: str, actor: Actor) -> IntegrityRun:
    """Scans; as ``repair`` also repairs, each group for itself. Raises NotConnected or XeroError."""
    client = xero_connection.client(parts)
    row = IntegrityRun.create(mode=mode, started_at=parts.clock.now(), started_by=actor.name)
    try:
        findings, documents = scan(client)
        reported = [_dealt_with(parts, client, each, mode, actor) for each in findings]
        row.documents, row.findings = documents, [each.as_json() for each in reported]
    except AppError as error:
        row.error = error.message
        raise
    finally:
        row.finished_at, row.calls = parts.clock.now(), client.calls
        with write_txn():
            row.save()
    return row


def last() -> IntegrityRun | None:
    return IntegrityRun.select().order_by(IntegrityRun.id.desc()).first()


def scan(client: XeroClient) -> tuple[list[Finding], int]:
    """What does not agree, and how many documents were looked at. Changes nothing."""
    theirs = list(xero_documents.all_of_ours(client))
    busy = {posting.key for posting in Posting.select(Posting.key).where(Posting.state.in_(states.UNSETTLED))}
    local = _local(client, theirs, busy)
    return compare(local, [each for each in theirs if each[0] not in busy]), len(theirs)


def _local(client: XeroClient, theirs: list[tuple[str, Found]], busy: set[str]) -> list[Local]:
    posted = {posting.active: posting for posting in Posting.select().where(Posting.state == states.POSTED)}
    differing = _differing(client, theirs, {posting.document_id: posting for posting in posted.values()})
    return [_facts(row, posted.get(row.id), differing) for row in Settlement.select() if row.key not in busy]


def _facts(row: Settlement, posting: Posting | None, differing: set[str]) -> Local:
    if posting is None:
        return Local(row.key, row.reference)
    return Local(row.key, row.reference, posting.document_id, posting.currency, posting.total, posting.tax,
                 posting.document_id in differing, bool(posting.stays_draft))


def _differing(client: XeroClient, theirs: list[tuple[str, Found]], posted: dict[str, Posting]) -> set[str]:
    """Lines are read only of documents that Xero changed after we had seen them last."""
    touched = {
        document.document_id: posted[document.document_id] for _, document in theirs
        if document.document_id in posted and document.status not in states.ENDED
        and document.updated_at != posted[document.document_id].xero_updated_at}
    return xero_documents.lines_differ(client, touched)


# --- the repair -------------------------------------------------------------------------------


def _dealt_with(parts: Parts, client: XeroClient, finding: Finding, mode: str, actor: Actor) -> Reported:
    if mode == SCAN:
        return Reported(finding)
    if mode == DRY_RUN:
        return Reported(finding, "planned" if _does_something(finding) else "reported")
    try:
        return _repaired(parts, client, finding, actor)
    except AppError as error:  # a failure in one leaves the others to be done
        return Reported(finding, "failed", error.message)


def _does_something(finding: Finding) -> bool:
    return bool(finding.void) or finding.kind in ("voided", "missing", "changed")


def _repaired(parts: Parts, client: XeroClient, finding: Finding, actor: Actor) -> Reported:
    settlement = Settlement.get_or_none(Settlement.key == finding.key)
    lease = lease_name(settlement) if settlement else f"integrity:{finding.key}"
    with held(lease, parts.clock, LEASE_SECONDS) as owner:
        if owner is None:
            return Reported(finding, "failed", "It is being worked on just now. Run the repair again.")
        _remember(parts, finding, actor)
        refused = [words for each in finding.void if (words := _end(parts, client, each))]
        if refused:
            return Reported(finding, "failed", " ".join(refused))
        if settlement:
            bring_into_line(parts, settlement, finding, actor)
    return Reported(finding, "repaired" if _does_something(finding) else "reported")


def _remember(parts: Parts, finding: Finding, actor: Actor) -> None:
    """What is about to be done is written down before Xero is told: no other run takes one of these."""
    if not finding.void:
        return
    ids = [each.document_id for each in finding.void]
    with write_txn():
        for posting in Posting.select().where((Posting.key == finding.key) & Posting.active.is_null(False)):
            doomed = sorted({*(posting.doomed or []), *ids})
            Posting.update(doomed=doomed).where(Posting.id == posting.id).execute()
        audit.record(actor, "integrity.repairing", f"document:{finding.key}", parts.clock.now(),
                     kind=finding.kind, voids=ids, keeps=finding.keep.document_id if finding.keep else "")


def _end(parts: Parts, client: XeroClient, document: Found) -> str:
    """Voids what still stands, as it was seen; the reason if Xero would not, else empty."""
    there = answered(lambda: found(client.get_document(document.kind, document.document_id)), writes=False)
    if not isinstance(there, Found):
        return f"{document.number}: {there.reason}"
    if there.status in states.ENDED:
        return ""
    if there.status == "PAID" and there.total:
        return f"{document.number} has been paid meanwhile, so it is left alone."
    to = "deleted" if there.status in states.OPEN else "voided"
    done = answer(client, Change(to, document.kind, document.document_id), 0)
    return "" if isinstance(done, Found) else f"{document.number}: {done.reason}"


def as_json(row: IntegrityRun) -> list[dict]:
    return list(row.findings)


def counts(findings: Iterable[dict]) -> dict[str, int]:
    """How many of each kind."""
    told: dict[str, int] = {}
    for each in findings:
        told[each["kind"]] = told.get(each["kind"], 0) + 1
    return told
