"""What came of posting, reposting or rolling back one settlement."""

from dataclasses import asdict, dataclass

from models import Posting, Settlement


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
