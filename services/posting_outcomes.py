"""What came of posting, reposting or rolling back one settlement."""

from dataclasses import asdict, dataclass

from models import Posting, Settlement
from services import posting_organisation
from services.core.document_verdict import stands


@dataclass(frozen=True)
class Outcome:
    """What came of one settlement; ``reason`` is a sentence for the user."""

    settlement_id: str
    outcome: str  # posted, rolled_back, already_there, needs_mapping, unsure, failed
    number: str
    reference: str
    document_id: str = ""
    reason: str = ""

    @property
    def is_done(self) -> bool:
        return self.outcome in ("posted", "rolled_back", "already_there")

    def as_json(self) -> dict:
        """As `bin/truebooks post --json` gives it (product.md section 17)."""
        return asdict(self) | {"document_id": self.document_id or None}


def outcome_of(settlement: Settlement, outcome: str, posting: Posting | None = None, reason: str = "") -> Outcome:
    return Outcome(
        settlement.settlement_id,
        outcome,
        posting.number if posting else settlement.number,
        settlement.reference,
        (posting.document_id or "") if posting else "",
        reason,
    )


def posted_already(posting: Posting) -> tuple[str, str]:
    """(outcome, reason) of a press on *Post* where the settlement is posted, going by what Xero last told."""
    elsewhere = posting_organisation.elsewhere(posting)
    if elsewhere:
        return "failed", elsewhere
    if not stands(posting.xero_status):
        return "failed", (
            f"{posting.number} was voided, deleted or removed in Xero by hand, so nothing of it stands there. Repost "
            "posts it anew; Roll back makes it a draft here.")
    if Settlement.get_by_id(posting.settlement_id).state == "changed_in_xero":
        return "already_there", "It is posted already, and was changed in Xero since: Repost puts it back."
    return "already_there", "It is posted already."
