"""Removing a wrong upload, as long as nothing of it ever reached Xero. Its number is retired, never given again."""

from models import Batch, BatchRow, CorrectedFile, Posting, Settlement, SettlementFile
from services import audit, settlement_sums, settlements
from services.audit import Actor
from services.core import posting_states as states
from services.core.money import format_money
from services.database import write_txn
from services.errors import Refused
from services.parts import Parts


def may_remove(settlement: Settlement) -> bool:
    """Whether nothing of it was ever posted: attempts that Xero refused leave at most a deleted draft behind."""
    return not Posting.select().where((Posting.settlement == settlement) & _may_have_been_posted()).exists()


def _may_have_been_posted():
    unanswered = Posting.sent_at.is_null(False) & Posting.document_id.is_null()
    return (Posting.state != states.FAILED) | unanswered


def remove(parts: Parts, settlement_id: str, actor: Actor) -> str:
    """Forgets the settlement with its files and returns the retired number. Raises Refused once it was posted."""
    with write_txn():
        settlement = settlements.find(settlement_id)
        if not may_remove(settlement):
            raise Refused(
                "This settlement was posted before, or is being posted, so its history stays. If it is rolled back "
                "and should not be posted again, mark it as booked elsewhere."
            )
        file_ids = _files_of(settlement)
        audit.record(
            actor,
            "settlement.removed",
            f"settlement:{settlement.settlement_id}",
            parts.clock.now(),
            file=settlement.file.name,
            number=settlement.number,
            total=format_money(settlement.total, settlement.currency),
        )
        _tell_batches(settlement)
        Posting.delete().where(Posting.settlement == settlement).execute()
        settlement_sums.forget(settlement)
        settlement.delete_instance()  # its groups, other files and marks go with it
        _drop_unused(file_ids)
    return settlement.number


def _tell_batches(settlement: Settlement) -> None:
    """Its rows go with it: each finished batch says so."""
    for row in BatchRow.select(BatchRow, Batch).join(Batch).where(BatchRow.settlement == settlement):
        note = f"{settlement.number} failed in it and was removed since.".strip()
        Batch.update(note=f"{row.batch.note} {note}".strip()).where(Batch.id == row.batch_id).execute()


def _files_of(settlement: Settlement) -> set[int]:
    beside = CorrectedFile.select(CorrectedFile.file).where(CorrectedFile.settlement == settlement)
    return {settlement.file_id, *(row.file_id for row in beside)}


def _drop_unused(file_ids: set[int]) -> None:
    """A file may hold several settlements: it stays while another needs it."""
    needed = Settlement.select(Settlement.file).union(CorrectedFile.select(CorrectedFile.file))
    SettlementFile.delete().where(SettlementFile.id.in_(file_ids) & SettlementFile.id.not_in(needed)).execute()
