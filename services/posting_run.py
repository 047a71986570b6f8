"""Carries one posting through: look up, void or adopt, draft, record, approve.

One local commit stands between any two writes to Xero, so that every point where the process may
die has a way on. The protocol and its reasons are in docs/architecture.md ("Posting").
"""

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from models import Posting, Settlement, Workspace
from services import numbering, xero_connection
from services.audit import Actor
from services.core import posting_states as states
from services.core.money import format_money
from services.core.posting_states import Found, Wanted
from services.database import write_txn
from services.errors import NotConnected
from services.leases import held
from services.parts import Parts
from services.posting_steps import MAX_NUMBERS_TRIED, MUST_BE_UNIQUE, Run, Silence, Stopped, found
from services.posting_undo import Undo
from services.xero import payloads
from services.xero.client import XeroClient
from services.xero.documents import RESOURCES, Document
from services.xero.errors import Rejected, XeroError

LEASE_SECONDS = 180  # longer than any run: three calls with their time-outs
PATIENCE = timedelta(seconds=60)  # how long an unanswered create may still be on its way before absence is believed
LOOKS, SECONDS_BETWEEN_LOOKS = 200, 0.1  # at another runner's work, before it is left to it


def run(parts: Parts, posting_id: int, actor: Actor, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Carries the posting as far as it goes; True when its document was found made already.

    One runner at a time (a lease): while another has it, this one waits for what comes of it.
    Raises NotConnected.
    """
    client = xero_connection.client(parts)
    for _ in range(LOOKS):
        with held(f"posting:{posting_id}", parts.clock, LEASE_SECONDS) as owner:
            posting = Posting.get_by_id(posting_id)
            if posting.state not in states.UNSETTLED:
                return False
            if owner:
                return _carry_on(parts, client, posting, actor)
        sleep(SECONDS_BETWEEN_LOOKS)
    return False


def _carry_on(parts: Parts, client: XeroClient, posting: Posting, actor: Actor) -> bool:
    undoing = posting.state == states.VOIDING
    this_run = Undo(parts, client, posting, actor) if undoing else Post(parts, client, posting, actor)
    try:
        this_run.carry_on()
    except (Silence, NotConnected) as silence:
        this_run.wait(str(silence))
    return not undoing and this_run.adopted


class Post(Run):
    """From the intent to an approved document; every method moves it by one step and commits."""

    adopted = False

    def carry_on(self) -> None:
        try:
            if self.posting.state == states.INTENT:
                self._draft()
            if self.posting.state == states.DRAFTED:
                self._approve()
        except Stopped as stopped:
            self._fail(stopped)

    def wait(self, reason: str) -> None:
        """Before anything was sent there is nothing to be unsure of."""
        if self.posting.state == states.INTENT and self.posting.sent_at is None:
            self._fail(Stopped(f"{reason} Nothing was posted: post it again when this is over."))
        else:
            super().wait(reason)

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
        there = [
            found(document)
            for kind in self._kinds()
            for document in self._ask(partial(self.client.find_documents, kind, self.posting.key))
            if document.kind in RESOURCES
        ]
        decision = states.decide(self._wanted(), there)
        if decision.blocked_by:
            other = decision.blocked_by
            raise Stopped(
                f"Xero already holds {other.number} for this settlement, with other figures, and it is paid. Remove "
                "the payment there and void it, or leave it as it is: TrueBooks never touches a paid document."
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

    def _not_there_after_asking(self, sent_at: datetime) -> None:
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
        wanted, made = self._wanted(), found(document)
        if made.is_what_we(wanted):
            return
        self._remove(made)
        told = partial(format_money, currency=wanted.currency)
        words = " ".join(document.warnings)
        if (made.total, made.tax) != (wanted.total, wanted.tax):
            raise Stopped(
                f"Xero works this document out to {told(made.total)} with {told(made.tax)} tax; the preview says "
                f"{told(wanted.total)} with {told(wanted.tax)}. It was taken back before it was approved. Press Sync "
                "from Xero (a tax rate may have changed), then look at the preview again.",
                words,
            )
        raise Stopped(
            "Xero did not keep the lines as they were sent (an account or tax rate was put aside). The document was "
            "taken back before it was approved. Press Sync from Xero, look at Accounts & Taxes, then post again.",
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
            f"Number {holder.number} is taken in Xero by another document "
            f"({holder.reference or 'without a reference'}), which is not this settlement's. "
            f"The settlement now has {number}: post it again.",
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
