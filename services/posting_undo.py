"""Takes a posting back: its document voided in Xero, the settlement a draft again; or nothing changes."""

from functools import partial

from models import Posting, Settlement
from services.core import posting_states as states
from services.database import write_txn
from services.posting_steps import Run, Stopped
from services.xero.errors import NotFoundInXero


class Undo(Run):
    """From voiding to rolled back, or back to posted where Xero refuses. Repeating it does no harm."""

    def carry_on(self) -> None:
        try:
            self._void()
        except Stopped as stopped:
            self._stays_posted(stopped)

    def _void(self) -> None:
        kind, document_id = self.posting.kind, self.posting.document_id
        renamed = self._voided_numbers_are_held() and self._rename_first(kind, document_id, self.posting.number)
        try:
            self._ask(partial(self.client.void, kind, document_id))
        except Stopped as refused:
            if not self._is_gone(kind, document_id):
                if renamed:
                    self._ask(partial(self.client.rename, kind, document_id, self.posting.number))
                self._stays_posted(refused)
                return
        self._rolled_back()

    def _is_gone(self, kind: str, document_id: str) -> bool:
        """Whether it was voided by hand, or is not in Xero at all: then the rollback is done already."""
        try:
            return self._ask(partial(self.client.get_document, kind, document_id)).status in states.ENDED
        except Stopped as stopped:
            return isinstance(stopped.__cause__, NotFoundInXero)

    def _stays_posted(self, refused: Stopped) -> None:
        with write_txn():
            Posting.update(state=states.POSTED, reason=refused.reason, xero_words=refused.xero_words).where(
                Posting.id == self.posting.id
            ).execute()
            Settlement.update(state="posted", state_reason=refused.reason).where(
                Settlement.id == self.settlement.id
            ).execute()
            self._audit("posting.rollback_refused", reason=refused.reason)

    def _rolled_back(self) -> None:
        now = self.parts.clock.now()
        with write_txn():
            Posting.update(
                state=states.ROLLED_BACK, active=None, ended_at=now, ended_by=self.actor.name, reason=""
            ).where(Posting.id == self.posting.id).execute()
            Settlement.update(state="draft", state_reason="").where(Settlement.id == self.settlement.id).execute()
            self._audit("posting.rolled_back", number=self.posting.number, document_id=self.posting.document_id)
