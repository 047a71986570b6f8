"""How far the batches under way are, told in a line each: for the list, which shows it while they run."""

from dataclasses import dataclass

from peewee import Case, fn

from models import Batch, BatchRow
from services.database import Prepared


@dataclass(frozen=True)
class Running:
    """A batch that is not finished; ``note`` says why it is not going on just now."""

    id: int
    action: str  # post, roll_back
    total: int
    done: int
    note: str


_RUNNING = Prepared(lambda: (
    Batch.select(
        Batch.id, Batch.action, fn.COUNT(BatchRow.id), fn.SUM(Case(None, [(BatchRow.outcome == "", 0)], 1)), Batch.note)
    .join(BatchRow).where(Batch.finished_at.is_null()).group_by(Batch.id).order_by(Batch.id)
))  # fmt: skip


def running() -> list[Running]:
    """Every batch under way, the oldest first."""
    return [Running(*row) for row in _RUNNING.rows()]
