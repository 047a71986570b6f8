"""Repairs one finding: under the settlement's lease, on what still stands as the scan saw it, written down first."""

from dataclasses import dataclass

from models import Posting, Settlement
from services import audit, leases, posting_in_line, posting_organisation
from services.audit import Actor
from services.core import posting_states as states
from services.core.money import format_major
from services.core.posting_moves import Change
from services.core.posting_states import Found
from services.core.reconciliation import Finding
from services.database import write_txn
from services.errors import Refused
from services.integrity_scan import Seen
from services.parts import Parts
from services.posting_asks import answer, answered, found
from services.posting_run import LEASE_SECONDS, lease_name
from services.xero.client import XeroClient

CHANGED = "It was worked on since it was looked at, so it is left alone. Run the repair again."


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


def repaired(parts: Parts, client: XeroClient, finding: Finding, seen: Seen, actor: Actor) -> Reported:
    """Does what the finding says, and keeps ``seen`` up to date with it.

    Raises Refused when the settlement was worked on since the scan, XeroError when Xero cannot be asked.
    """
    if not finding.does_something:
        return Reported(finding, "reported")
    settlement = Settlement.get_or_none(Settlement.key == finding.key)
    name = lease_name(settlement) if settlement else f"integrity:{finding.key}"
    with leases.held(name, parts.clock, LEASE_SECONDS) as owner:
        if owner is None:
            return Reported(finding, "failed", "It is being worked on just now. Run the repair again.")
        return _Repair(parts, client, finding, settlement, actor, name, owner).carry_out(seen)


class _Repair:
    def __init__(self, parts: Parts, client: XeroClient, finding: Finding, settlement: Settlement | None, actor: Actor,
                 lease: str, owner: str):
        self.parts, self.client, self.finding, self.settlement = parts, client, finding, settlement
        self.actor, self.lease, self.owner = actor, lease, owner

    def carry_out(self, seen: Seen) -> Reported:
        posting = self._as_it_was(seen.pop(self.finding.key, None))
        if self.finding.kind in ("voided", "missing", "changed"):
            if posting is None:  # another finding of the same settlement ended it
                raise Refused(CHANGED)
            posting_in_line.bring_into_line(self.parts, posting, self.finding, self.actor)
            self._seen_now(seen, posting)
            return Reported(self.finding, "repaired")
        self._keep_stands()
        self._remember(posting)
        self._seen_now(seen, posting)
        refused = [words for each in self.finding.void if (words := self._end(each))]
        return Reported(self.finding, "failed" if refused else "repaired", " ".join(refused))

    def _as_it_was(self, seen: tuple[int, int] | None) -> Posting | None:
        posting = Posting.get_or_none(Posting.active == self.settlement.id) if self.settlement else None
        if (posting and (posting.id, posting.version or 0)) != seen:
            raise Refused(CHANGED)
        if posting:
            posting_organisation.check(posting)
        return posting

    def _seen_now(self, seen: Seen, posting: Posting | None) -> None:
        """Counts this repair's own commit, so that the next finding of the settlement is not taken for stale."""
        if posting and self.finding.kind not in ("voided", "missing"):
            seen[self.finding.key] = (posting.id, (posting.version or 0) + 1)

    def _keep_stands(self) -> None:
        """Nothing is voided for the sake of a document that is voided itself by now."""
        kept = self.finding.keep
        if kept is None:
            return
        there = self._there(kept)
        if not isinstance(there, Found) or there.status in states.ENDED:
            raise Refused(f"{kept.number}, which was to be kept, is not there any more, so nothing was voided. "
                          "Run the repair again.")

    def _remember(self, posting: Posting | None) -> None:
        """What is about to end is written down before Xero is told, and the posting names the one that is kept.

        From here on no run adopts one of these, not even one that was under way: its version is overtaken.
        """
        ids = [each.document_id for each in self.finding.void]
        with write_txn():
            if posting:
                posting_in_line.claim(self.parts, posting, self.finding.keep, self.actor)
            if self.settlement:
                doomed = sorted({*(Settlement.get_by_id(self.settlement.id).doomed or []), *ids})
                Settlement.update(doomed=doomed).where(Settlement.id == self.settlement.id).execute()
            ours = self.settlement
            subject = f"settlement:{ours.settlement_id}" if ours else f"document:{self.finding.key}"
            numbers = ", ".join(each.number for each in self.finding.void)
            audit.record(self.actor, "integrity.repairing", subject, self.parts.clock.now(),
                         kind=self.finding.kind, voids=ids, numbers=numbers or "none",
                         keeps=self.finding.keep.document_id if self.finding.keep else "")

    def _there(self, document: Found):
        return answered(lambda: found(self.client.get_document(document.kind, document.document_id)), writes=False)

    def _end(self, document: Found) -> str:
        """Voids what still stands, as it was seen; the reason if Xero would not, else empty."""
        there = self._there(document)
        if not isinstance(there, Found):
            return f"{document.number}: {there.reason}"
        if there.status in states.ENDED:
            return ""
        if there.status == "PAID" and there.total:
            return f"{document.number} has been paid meanwhile, so it is left alone."
        if not leases.extend(self.lease, self.owner, self.parts.clock.now(), LEASE_SECONDS):
            return CHANGED
        to = "deleted" if there.status in states.OPEN else "voided"
        done = answer(self.client, Change(to, document.kind, document.document_id), 0)
        return "" if isinstance(done, Found) else f"{document.number}: {done.reason}"
