"""Carries one posting through: look up, void or adopt, draft, record, approve; and back again.

The protocol and its reasons are in docs/architecture.md ("Posting"). One local commit stands
between any two writes to Xero, so that every point where the process may die has a way on.
"""

import secrets
from datetime import timedelta
from decimal import Decimal
from functools import partial

from models import Posting, Settlement, Workspace
from services import audit, numbering, xero_connection
from services.audit import Actor
from services.core import posting_states as states
from services.core.money import format_money, minor_digits
from services.core.posting_states import Found, Wanted
from services.database import write_txn
from services.errors import NotConnected
from services.leases import held
from services.parts import Parts
from services.xero import payloads
from services.xero.client import XeroClient
from services.xero.documents import RESOURCES, Document
from services.xero.errors import NotFoundInXero, Rejected, XeroError
from services.xero.explanations import explain

LEASE_SECONDS = 180  # longer than any run: three calls with their time-outs
PATIENCE = timedelta(seconds=60)  # how long an unanswered create may still be on its way before absence is believed
MUST_BE_UNIQUE = "must be unique"  # "Invoice # must be unique.", xero.md 5.6
MAX_NUMBERS_TRIED = 20


class Stopped(Exception):
    """The posting cannot go on: ``reason`` in our words, ``xero_words`` in Xero's."""

    def __init__(self, reason: str, xero_words: str = ""):
        super().__init__(reason)
        self.reason, self.xero_words = reason, xero_words


class Silence(Exception):
    """Xero did not say what became of a call; the message says why, for the user."""


def run(parts: Parts, posting_id: int, actor: Actor) -> bool:
    """Carries the posting as far as it goes; True when it found its document made already.

    One runner at a time (a lease); another one's work is left alone. Raises NotConnected.
    """
    client = xero_connection.client(parts)
    with held(f"posting:{posting_id}", parts.clock, LEASE_SECONDS) as owner:
        return _Run(parts, client, posting_id, actor).carry_on() if owner else False


class _Run:
    """One run over one posting; every method moves it by one step and commits."""

    def __init__(self, parts: Parts, client: XeroClient, posting_id: int, actor: Actor):
        self.parts, self.client, self.actor = parts, client, actor
        self.posting = Posting.get_by_id(posting_id)
        self.settlement: Settlement = self.posting.settlement
        self.adopted = False

    def carry_on(self) -> bool:
        try:
            if self.posting.state == states.INTENT:
                self._draft()
            if self.posting.state == states.DRAFTED:
                self._approve()
            if self.posting.state == states.VOIDING:
                self._void()
        except Stopped as stopped:
            self._give_up(stopped)
        except (Silence, NotConnected) as silence:
            self._wait(silence)
        return self.adopted

    def _give_up(self, stopped: Stopped) -> None:
        if self.posting.state == states.VOIDING:
            self._stays_posted(stopped)
        else:
            self._fail(stopped)

    def _wait(self, silence: Silence | NotConnected) -> None:
        """Before anything was sent there is nothing to be unsure of."""
        reason = str(silence)
        if self.posting.state == states.INTENT and self.posting.sent_at is None:
            self._fail(Stopped(f"{reason} Nothing was posted: post it again when this is over."))
        else:
            self._unsure(reason)

    # --- intent → drafted (or posted, when it was there already) --------------------------

    def _draft(self) -> None:
        was_sent = self.posting.sent_at
        if self._take_what_is_there():
            return
        if was_sent:
            self._not_there_after_asking(was_sent)
        for _ in range(MAX_NUMBERS_TRIED):
            if self._create():
                return
        raise Stopped(
            "Xero refused every number tried for this document. Set the next number in Settings, then post again."
        )

    def _take_what_is_there(self) -> bool:
        """Looks the key up in every kind the settlement may ever have had; adopts or clears the place."""
        found = [
            _found(document)
            for kind in self._kinds()
            for document in self._ask(partial(self.client.find_documents, kind, self.posting.key))
            if document.kind in RESOURCES
        ]
        decision = states.decide(self._wanted(), found)
        if decision.blocked_by:
            other = decision.blocked_by
            raise Stopped(
                f"Xero already holds {other.number} for this settlement, with other figures, and it is paid. Remove the "
                "payment there and void it, or leave it as it is: TrueBooks never touches a paid document."
            )
        for document in decision.remove:
            self._remove(document)
        if decision.adopt:
            self._adopt(decision.adopt)
            return True
        if decision.number and decision.number != self.posting.number:
            self._take_number(decision.number)
        return False

    def _kinds(self) -> list[str]:
        """Xero's two lists are asked only where the settlement can have a document in them."""
        ever = {posting.kind for posting in Posting.select(Posting.kind).where(Posting.settlement == self.settlement)}
        negative = self.settlement.total < 0
        # Bills (what others make of a negative total) stand among the invoices.
        return ["credit_note", "invoice"] if negative or "credit_note" in ever else ["invoice"]

    def _wanted(self) -> Wanted:
        posting = self.posting
        lines = tuple(
            (line["description"], line["account_code"], line["tax_type"], line["gross"], line["tax"])
            for line in posting.plan["lines"]
        )
        return Wanted(posting.kind, posting.currency, posting.total, posting.tax, lines)

    def _remove(self, document: Found) -> None:
        if document.status in states.APPROVED and self._voided_numbers_are_held():
            self._rename_first(document.kind, document.document_id, document.number)
        end = self.client.delete_draft if document.status in states.OPEN else self.client.void
        try:
            self._ask(partial(end, document.kind, document.document_id))
        except Stopped as stopped:
            raise Stopped(
                f"Xero already holds {document.number} for this settlement and would not let it go: {stopped.reason}",
                stopped.xero_words,
            ) from stopped

    def _adopt(self, document: Found) -> None:
        self.adopted = self.posting.sent_at is None and document.status in states.APPROVED
        if document.number != self.posting.number:
            self._take_number(document.number)
        self._record(document.document_id, states.POSTED if document.status in states.APPROVED else states.DRAFTED)

    def _not_there_after_asking(self, sent_at) -> None:
        """A create went out and Xero has nothing: believed only after it had time to arrive."""
        if self.parts.clock.now() - sent_at < PATIENCE:
            raise Silence(
                "Xero did not answer when the document was sent, and does not show it yet. TrueBooks asks again by "
                "itself in a minute and sends nothing until Xero has answered."
            )
        raise Stopped(
            "Xero never received the document: it did not answer when it was sent, and has nothing for this settlement "
            "now. Nothing was posted. Post it again."
        )

    def _create(self) -> bool:
        """Sends the frozen payload once, as a draft; False when another number must be tried."""
        now = self.parts.clock.now()
        Posting.update(sent_at=now).where(Posting.id == self.posting.id).execute()
        self.posting.sent_at = now
        try:
            document = self.client.create_document(
                self.posting.kind, self.posting.payload, self.posting.idempotency_key
            )
        except Rejected as rejected:
            self._sent_nothing()
            if any(MUST_BE_UNIQUE in words for words in rejected.messages):
                self._number_is_taken()
                return False
            raise self._stopped(rejected) from rejected
        except XeroError as error:
            self._after_a_failed_create(error)
            return True
        self._check(document)
        self._record(document.id, states.DRAFTED)
        return True

    def _after_a_failed_create(self, error: XeroError) -> None:
        """What did not reach Xero is over; what may have is asked for at once, and never sent again blindly."""
        if not error.outcome_unknown:
            self._sent_nothing()
            raise self._stopped(error) from error
        try:
            if self._take_what_is_there():
                return
        except Stopped as stopped:
            raise Silence(f"{error.message} Asking what became of it failed too: {stopped.reason}") from stopped
        self._not_there_after_asking(self.posting.sent_at)

    def _sent_nothing(self) -> None:
        Posting.update(sent_at=None).where(Posting.id == self.posting.id).execute()
        self.posting.sent_at = None

    def _check(self, document: Document) -> None:
        """Xero's own figures against the plan's, while the document is still a harmless draft."""
        wanted, made = self._wanted(), _found(document)
        if made.is_what_we(wanted):
            return
        self._remove(made)
        told = partial(format_money, currency=wanted.currency)
        words = " ".join(document.warnings)
        if (made.total, made.tax) != (wanted.total, wanted.tax):
            raise Stopped(
                f"Xero works this document out to {told(made.total)} with {told(made.tax)} tax; the preview says "
                f"{told(wanted.total)} with {told(wanted.tax)}. It was taken back before it was approved. Press Sync from "
                "Xero (a tax rate may have changed), then look at the preview again.",
                words,
            )
        raise Stopped(
            "Xero did not keep the lines as they were sent (an account or tax rate was put aside). The document was taken "
            "back before it was approved. Press Sync from Xero, look at Accounts & Taxes, then post again.",
            words,
        )

    # --- numbers --------------------------------------------------------------------------

    def _number_is_taken(self) -> None:
        holders = self._ask(partial(self.client.documents_numbered, self.posting.kind, self.posting.number))
        active = [each for each in holders if each.kind == self.posting.kind and each.status not in states.ENDED]
        if active:
            self._give_up_number(active[0])
        # Some organisations keep a voided document's number (xero.md 5.3, CONFLICT): remembered, so
        # that from now on a document is renamed before it is voided.
        Workspace.update(voided_numbers_held=True).where(Workspace.id == 1).execute()
        self._take_number(states.with_suffix(self.posting.number, 1))

    def _give_up_number(self, holder: Document) -> None:
        with write_txn():
            number = numbering.allot()
            Settlement.update(number=number).where(Settlement.id == self.settlement.id).execute()
            self._retired(self.posting.number, number)
        raise Stopped(
            f"Number {holder.number} is taken in Xero by another document ({holder.reference or 'without a reference'}), which "
            f"is not this settlement's. The settlement now has {number}: post it again.",
            "Invoice # must be unique.",
        )

    def _take_number(self, number: str) -> None:
        """From now on the settlement bears ``number``; the payload is frozen anew with it."""
        before = self.posting.number
        payload = payloads.renumbered(self.posting.payload, self.posting.kind, number)
        with write_txn():
            key = secrets.token_hex(16)
            Posting.update(number=number, payload=payload, idempotency_key=key).where(
                Posting.id == self.posting.id
            ).execute()
            Settlement.update(number=number).where(Settlement.id == self.settlement.id).execute()
            self._retired(before, number)
        self.posting = Posting.get_by_id(self.posting.id)

    def _retired(self, number: str, instead: str) -> None:
        self._audit("number.retired", number=number, instead=instead)

    # --- drafted → posted -----------------------------------------------------------------

    def _approve(self) -> None:
        """Names one recorded document, so saying it twice does no harm."""
        kind, document_id = self.posting.kind, self.posting.document_id
        try:
            document = self._ask(partial(self.client.approve, kind, document_id))
        except Stopped as stopped:
            document = self._ask(partial(self.client.get_document, kind, document_id))
            if document.status in states.OPEN:
                self._ask(partial(self.client.delete_draft, kind, document_id))
                raise
            if document.status in states.ENDED:
                raise Stopped(
                    "The document was voided or deleted in Xero before it was approved. Post it again.",
                    stopped.xero_words,
                ) from stopped
        if document.status not in states.APPROVED:
            raise Silence(f"Xero answered, but shows the document as {document.status} instead of approved.")
        self._record(document_id, states.POSTED)

    def _record(self, document_id: str, state: str) -> None:
        """Compare-and-set: the first runner's document counts; a second one's is swept away."""
        now = self.parts.clock.now()
        posted = {"posted_at": now} if state == states.POSTED else {}
        same = Posting.document_id.is_null() | (Posting.document_id == document_id)
        with write_txn():
            moved = (
                Posting.update(state=state, document_id=document_id, reason="", **posted)
                .where((Posting.id == self.posting.id) & Posting.state.in_([states.INTENT, states.DRAFTED]) & same)
                .execute()
            )
            if moved and state == states.POSTED:
                Settlement.update(state="posted", state_reason="").where(Settlement.id == self.settlement.id).execute()
                self._audit("posting.posted", number=self.posting.number, document_id=document_id)
        self.posting = Posting.get_by_id(self.posting.id)
        if not moved and self.posting.document_id != document_id:
            self._ask(partial(self.client.delete_draft, self.posting.kind, document_id))

    # --- voiding → rolled back ------------------------------------------------------------

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

    # --- asking, failing, staying unsure --------------------------------------------------

    def _ask(self, call):
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

    def _fail(self, stopped: Stopped) -> None:
        """Nothing of this attempt stays active in Xero; the settlement can be posted again."""
        now = self.parts.clock.now()
        with write_txn():
            Posting.update(
                state=states.FAILED, active=None, ended_at=now, reason=stopped.reason, xero_words=stopped.xero_words
            ).where(Posting.id == self.posting.id).execute()
            Settlement.update(state="failed", state_reason=stopped.reason).where(
                Settlement.id == self.settlement.id
            ).execute()
            self._audit("posting.failed", reason=stopped.reason)

    def _unsure(self, reason: str) -> None:
        with write_txn():
            known = Settlement.get_by_id(self.settlement.id)
            Settlement.update(state="unsure", state_reason=reason).where(Settlement.id == self.settlement.id).execute()
            if known.state != "unsure":
                self._audit("posting.unsure", reason=reason)

    def _audit(self, action: str, **facts) -> None:
        audit.record(self.actor, action, f"settlement:{self.settlement.settlement_id}", self.parts.clock.now(), **facts)


def _found(document: Document) -> Found:
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
