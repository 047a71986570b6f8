"""What every run over a posting does: ask Xero, stop, stay unsure, remember; one step, one commit.

The protocol and its reasons are in docs/architecture.md ("Posting").
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TypeVar

from models import Posting, Settlement, Workspace
from services import audit
from services.audit import Actor
from services.core import posting_states as states
from services.core.money import minor_digits
from services.core.posting_states import Found
from services.database import write_txn
from services.parts import Parts
from services.xero.client import XeroClient
from services.xero.documents import Document
from services.xero.errors import Rejected, XeroError
from services.xero.explanations import explain

MUST_BE_UNIQUE = "must be unique"  # "Invoice # must be unique.", xero.md 5.6
MAX_NUMBERS_TRIED = 20

Answer = TypeVar("Answer")


class Stopped(Exception):
    """The posting cannot go on: ``reason`` in our words, ``xero_words`` in Xero's."""

    def __init__(self, reason: str, xero_words: str = ""):
        super().__init__(reason)
        self.reason, self.xero_words = reason, xero_words


class Silence(Exception):
    """Xero did not say what became of a call; the message says why, for the user."""


class Run:
    """One run over one posting, by one actor."""

    def __init__(self, parts: Parts, client: XeroClient, posting: Posting, actor: Actor):
        self.parts, self.client, self.actor, self.posting = parts, client, actor, posting
        self.settlement: Settlement = posting.settlement

    def _ask(self, call: Callable[[], Answer]) -> Answer:
        """Makes a call that may be repeated: a refusal is Stopped, silence is Silence."""
        try:
            return call()
        except Rejected as rejected:
            raise self._stopped(rejected) from rejected
        except XeroError as error:
            if error.outcome_unknown or error.try_again:
                raise Silence(error.message) from error
            raise self._stopped(error) from error

    def _stopped(self, error: XeroError) -> Stopped:
        return Stopped(explain(error.xero_words) if isinstance(error, Rejected) else error.message, error.xero_words)

    def _rename_first(self, kind: str, document_id: str, number: str) -> bool:
        """Frees the number where Xero would keep it; a refusal is left for the void itself to explain."""
        for step in range(1, MAX_NUMBERS_TRIED):
            try:
                self._ask(partial(self.client.rename, kind, document_id, states.set_aside(number, step)))
                return True
            except Stopped as stopped:
                if MUST_BE_UNIQUE not in stopped.xero_words:
                    return False
        return False

    def _voided_numbers_are_held(self) -> bool:
        return Workspace.get_by_id(1).voided_numbers_held

    def wait(self, reason: str) -> None:
        """The posting stays where it is, and is asked about again."""
        with write_txn():
            known = Settlement.get_by_id(self.settlement.id)
            Settlement.update(state="unsure", state_reason=reason).where(Settlement.id == self.settlement.id).execute()
            if known.state != "unsure":
                self._audit("posting.unsure", reason=reason)

    def _audit(self, action: str, **facts) -> None:
        audit.record(self.actor, action, f"settlement:{self.settlement.settlement_id}", self.parts.clock.now(), **facts)


def found(document: Document) -> Found:
    """Xero's document in our minor units."""

    def minor(amount: Decimal) -> int:
        return int(amount.scaleb(minor_digits(document.currency)))

    lines = tuple(
        (line.description, line.account_code, line.tax_type, minor(line.line_amount), minor(line.tax_amount))
        for line in document.lines
    )
    return Found(
        document.id,
        document.kind,
        document.number,
        document.status,
        document.currency,
        minor(document.total),
        minor(document.total_tax),
        lines,
    )
