"""The posting protocol, step by step: it asks, is answered, and says what is to be kept. Pure.

A run is a generator: it yields what it asks of Xero and what it wants kept here (posting_moves),
and is sent the answers. Whoever drives it (one by one, many in step, or a simulation that lets it
die anywhere) does the touching. The steps and their reasons are in docs/architecture.md, "Posting".
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.core import posting_states as states
from services.core.money import format_money
from services.core.posting_moves import (
    Ask,
    Change,
    Create,
    Ending,
    Failed,
    Fetch,
    FreshKey,
    GiveUpNumber,
    LookUp,
    NothingSent,
    Numbered,
    Record,
    Refused,
    RolledBack,
    Script,
    Sending,
    Silent,
    StaysPosted,
    TakeNumber,
    Task,
    Voiding,
    Waiting,
)
from services.core.posting_states import APPROVED, ENDED, OPEN, Found

MUST_BE_UNIQUE = "must be unique"  # "Invoice # must be unique.", xero.md 5.6
MAX_NUMBERS_TRIED = 20
MAX_SENDS = 6
PATIENCE = timedelta(seconds=30)  # how long an unanswered create may still be on its way before it is sent again
UNIQUE_NUMBERS = ("invoice", "credit_note")  # bills and journals may share theirs (xero.md 5.3)

Steps = Generator[Any, Any, Any]


class _Stopped(Exception):
    """The run cannot go on: ``reason`` in our words, ``xero_words`` in Xero's."""

    def __init__(self, reason: str, xero_words: str = "", gone: bool = False):
        super().__init__(reason)
        self.reason, self.xero_words, self.gone = reason, xero_words, gone


class _Silence(Exception):
    """Xero did not say what became of something."""

    def __init__(self, silent: Silent):
        super().__init__(silent.reason)
        self.reason, self.sent = silent.reason, silent.sent


class _Overtaken(Exception):
    """Another runner moved the posting: this one leaves it alone."""


def script(task: Task, now: Callable[[], datetime]) -> Script:
    """The run that carries ``task`` on from where it stands."""
    if task.sent_at and task.sent_at > now():  # the clock was set back: how old the create is nobody knows
        task = replace(task, sent_at=now() - PATIENCE)
    return (_Undo(task, now) if task.state == states.VOIDING else _Post(task, now)).run()


class _Run:
    def __init__(self, task: Task, now: Callable[[], datetime]):
        self.task, self.now = task, now

    def ask(self, ask: Ask) -> Steps:
        """What Xero answers; a refusal raises _Stopped, silence _Silence."""
        answer = yield ask
        if isinstance(answer, Refused):
            raise _Stopped(*answer)
        if isinstance(answer, Silent):
            raise _Silence(answer)
        return answer

    def keep(self, keep: Any) -> Steps:
        """Commits it here; raises _Overtaken when the posting is no longer where this run believes it."""
        standing = yield keep
        if not standing.moved:
            raise _Overtaken
        return standing

    def end(self, document: Found) -> Steps:
        """Voids what was approved and deletes what was not: Xero cannot void a draft (xero.md 5.2)."""
        if self.task.numbers_held and document.kind in UNIQUE_NUMBERS:
            yield from self.set_aside(document.kind, document.document_id, document.number)
        to = "deleted" if document.status in OPEN else "voided"
        try:
            yield from self.ask(Change(to, document.kind, document.document_id))
        except _Stopped as stopped:
            if not stopped.gone:
                raise

    def set_aside(self, kind: str, document_id: str, number: str) -> Steps:
        """Frees the number where Xero would keep it; a refusal is left for the void itself to explain."""
        for step in range(1, MAX_NUMBERS_TRIED):
            try:
                yield from self.ask(Change("renamed", kind, document_id, states.set_aside(number, step)))
                return True
            except _Stopped as stopped:
                if MUST_BE_UNIQUE not in stopped.xero_words:
                    return False
        return False


class _Post(_Run):
    """From the intent to an approved document (or a draft, where the workspace wants drafts)."""

    def run(self) -> Script:
        try:
            yield from self.post()
        except _Stopped as stopped:
            yield Failed(stopped.reason, stopped.xero_words)
        except _Silence as silence:
            sure = not silence.sent and self.task.state == states.INTENT and self.task.sent_at is None
            yield Waiting(silence.reason, sure)
        except _Overtaken:
            pass

    def post(self) -> Steps:
        """A run that takes up what another left looks first, whatever was recorded."""
        document = yield from self.take_what_is_there()
        if document is None and self.task.state == states.DRAFTED:
            raise _Stopped("The document was voided or deleted in Xero before it was approved. Post it again.")
        if document is None:
            document = yield from self.reach_a_draft()
        if document.status in OPEN and not self.task.stays_draft:
            document = yield from self.approve(document)
        adopted = self.was_there and self.task.sent_at is None
        yield from self.keep(
            Record(
                document.document_id,
                states.POSTED,
                document.document_id,
                document.status,
                adopted,
                self.verdict(document),
                document.updated_at,
            )
        )

    was_there = False  # whether the document was made, and approved, before this posting began
    beside = ""  # what a person must know of another document that stands beside this one

    def take_what_is_there(self) -> Steps:
        """Looks the key up in every kind it may have had; adopts an equal document, clears the rest away."""
        there = yield from self.ask(LookUp(self.task.kinds, self.task.key))
        decision = states.decide(self.task.wanted, there, self.task.document_id, self.task.doomed)
        if decision.blocked_by:
            return (yield from self.stop_before_the_paid_one(decision))
        if decision.adopt:
            yield from self.adopt(decision.adopt)
        if decision.remove:
            yield from self.clear_away(decision.remove)
        if decision.number and decision.number != self.task.number:
            yield from self.take_number(decision.number)
        return decision.adopt

    def stop_before_the_paid_one(self, decision: states.Decision) -> Steps:
        """Nothing is made beside a paid document; ours, if it was made, is taken back, or stays once it is approved."""
        paid, mine = decision.blocked_by, decision.adopt
        if mine and mine.status in APPROVED:
            self.beside = (
                f"Xero holds {paid.number} for this settlement too, and it is paid. Look there which of the two is "
                "right; the Xero Integrity Tools show both."
            )
            return mine
        if decision.remove:
            yield from self.clear_away(decision.remove)
        raise _Stopped(
            f"Xero already holds {paid.number} for this settlement, with other figures, and it is paid. Remove the "
            "payment there and void it, or leave it as it is: TrueBooks never touches a paid document."
        )

    def adopt(self, document: Found) -> Steps:
        """Named before anything else makes way, so that no other runner can take another."""
        self.was_there = document.status in APPROVED and self.task.state == states.INTENT
        if document.number and document.number != self.task.number:
            yield from self.take_number(document.number)
        if document.document_id != self.task.document_id:
            yield from self.record_draft(document)

    def clear_away(self, documents: tuple[Found, ...]) -> Steps:
        ids, numbers = zip(*((document.document_id, document.number) for document in documents), strict=True)
        yield from self.keep(Ending(ids, numbers))
        for document in documents:
            try:
                yield from self.end(document)
            except _Stopped as stopped:
                raise _Stopped(
                    f"Xero already holds {document.number} for this settlement and would not let it go: "
                    f"{stopped.reason}",
                    stopped.xero_words,
                ) from stopped

    # --- intent → drafted -----------------------------------------------------------------

    def reach_a_draft(self) -> Steps:
        if self.task.sent_at and self.now() - self.task.sent_at < PATIENCE:
            raise _Silence(
                Silent(
                    "Xero did not answer when the document was sent, and does not show it yet. TrueBooks asks again by "
                    "itself in a moment and sends nothing until then.",
                    sent=True,
                )
            )
        if self.task.sends >= MAX_SENDS:
            raise _Stopped(
                f"Xero did not answer {self.task.sends} times when the document was sent, and has nothing for this "
                "settlement. Nothing was posted. Post it again when Xero is well."
            )
        for _ in range(MAX_NUMBERS_TRIED):
            document = yield from self.create()
            if document:
                return document
        raise _Stopped(
            "Xero refused every number tried for this document. Set the next number in Settings, then post again."
        )

    def create(self) -> Steps:
        """Sends the frozen payload once, as a draft; None when another number must be tried."""
        yield from self.keep(Sending())
        self.task = replace(self.task, sent_at=self.now(), sends=self.task.sends + 1)
        answer = yield Create(self.task.kind, self.task.number)
        if isinstance(answer, Silent):
            return (yield from self.ask_what_became_of_it(answer))
        if isinstance(answer, Refused):
            yield from self.keep(NothingSent())
            self.task = replace(self.task, sent_at=None)
            if MUST_BE_UNIQUE not in answer.xero_words:
                raise _Stopped(*answer)
            return (yield from self.number_is_taken())
        if not answer.is_what_we(self.task.wanted):
            yield from self.refuse_what_was_made(answer)
        yield from self.record_draft(answer, answered=True)
        return answer

    def ask_what_became_of_it(self, silent: Silent) -> Steps:
        """What did not reach Xero is over; what may have is asked for at once, and not sent again before."""
        if not silent.sent:
            yield from self.keep(NothingSent())
            self.task = replace(self.task, sent_at=None)
            raise _Silence(silent)
        if silent.fresh_key:
            yield from self.keep(FreshKey())
        try:
            document = yield from self.take_what_is_there()
        except _Stopped as stopped:
            reason = f"{silent.reason} Asking what became of it failed too: {stopped.reason}"
            raise _Silence(Silent(reason, sent=True)) from stopped
        if document is None:
            raise _Silence(silent)
        return document

    def refuse_what_was_made(self, made: Found) -> Steps:
        """Xero's own figures are not the plan's: taken back while it is still a harmless draft."""
        yield from self.keep(Ending((made.document_id,)))
        yield from self.end(made)
        raise _Stopped(_taken_back(self.task.wanted, made), " ".join(made.warnings))

    def record_draft(self, document: Found, answered: bool = False) -> Steps:
        """The first runner's document counts; a second one's is swept away at once.

        While nothing is recorded the other runner may find this one and take it: then it is left.
        """
        standing = yield Record(
            document.document_id, states.DRAFTED, self.task.document_id, document.status, answered=answered
        )
        if not standing.moved:
            if standing.document_id not in (None, document.document_id) and document.status in OPEN:
                yield from self.sweep_away(document)
            raise _Overtaken
        sent_at = None if answered else self.task.sent_at
        self.task = replace(self.task, state=states.DRAFTED, document_id=document.document_id, sent_at=sent_at)

    def sweep_away(self, document: Found) -> Steps:
        try:
            yield from self.ask(Change("deleted", document.kind, document.document_id))
        except (_Stopped, _Silence):  # the sweeper comes by later
            pass

    # --- numbers --------------------------------------------------------------------------

    def number_is_taken(self) -> Steps:
        """By a create of ours that arrived after all, by a stranger, or by a voided document."""
        document = yield from self.take_what_is_there()
        if document:
            return document
        holders = yield from self.ask(Numbered(self.task.kind, self.task.number))
        active = [each for each in holders if each.kind == self.task.kind and each.status not in ENDED]
        if active:
            yield from self.give_up_number(active[0])
        # Some organisations keep a voided document's number (xero.md 5.3, CONFLICT): remembered, so
        # that from now on a document is renamed before it is voided.
        yield from self.take_number(states.with_suffix(self.task.number, 1), held=True)
        return None

    def give_up_number(self, holder: Found) -> Steps:
        yield GiveUpNumber()
        raise _Stopped(
            f"Number {holder.number} is taken in Xero by another document "
            f"({holder.reference or 'without a reference'}), which is not this settlement's. "
            "The settlement was given another number: post it again.",
            "Invoice # must be unique.",
        )

    def take_number(self, number: str, held: bool = False) -> Steps:
        yield from self.keep(TakeNumber(number, held))
        self.task = replace(self.task, number=number, numbers_held=self.task.numbers_held or held)

    # --- drafted → posted -----------------------------------------------------------------

    def approve(self, document: Found) -> Steps:
        """Names one recorded document, so saying it twice does no harm."""
        kind, document_id = document.kind, document.document_id
        answer = yield Change("approved", kind, document_id)
        if isinstance(answer, Found) and answer.status in APPROVED:
            return answer
        there = yield from self.ask(Fetch(kind, document_id))
        if there.status in APPROVED:
            return there
        if isinstance(answer, Silent):
            raise _Silence(answer)
        if isinstance(answer, Found):
            raise _Silence(Silent(f"Xero answered, but shows the document as {there.status}.", sent=True))
        if there.status in ENDED:
            raise _Stopped(
                "The document was voided or deleted in Xero before it was approved. Post it again.", answer.xero_words
            )
        yield from self.keep(Ending((document_id,)))
        yield from self.end(there)
        raise _Stopped(*answer)

    def verdict(self, document: Found) -> str:
        """What Xero shows otherwise than the plan once it is approved; empty when all is as previewed."""
        return self.beside if document.is_what_we(self.task.wanted) else _otherwise(self.task.wanted, document)


class _Undo(_Run):
    """From voiding to rolled back, or back to posted where Xero refuses. Repeating it does no harm."""

    void_unanswered = False  # a void of it went out before and was not answered: it may still arrive

    def run(self) -> Script:
        try:
            yield from self.undo()
        except _Stopped as stopped:
            yield StaysPosted(stopped.reason, stopped.xero_words, self.void_unanswered)
        except _Silence as silence:
            yield Waiting(silence.reason)
        except _Overtaken:
            pass

    def undo(self) -> Steps:
        task = self.task
        self.void_unanswered = task.void_unanswered
        yield from self.keep(Voiding())
        renamed = False
        if task.numbers_held and task.kind in UNIQUE_NUMBERS:
            renamed = yield from self.set_aside(task.kind, task.document_id, task.number)
        to = "deleted" if task.stays_draft else "voided"
        answer = yield Change(to, task.kind, task.document_id)
        if isinstance(answer, Silent):
            raise _Silence(answer)
        if isinstance(answer, Found) and answer.status not in ENDED:
            raise _Silence(Silent(f"Xero answered, but shows the document as {answer.status}.", sent=True))
        if isinstance(answer, Refused):
            note = yield from self.what_the_refusal_means(answer, to)
            if note is None:
                if renamed:
                    yield from self.ask(Change("renamed", task.kind, task.document_id, task.number))
                raise _Stopped(*answer)
            yield from self.keep(RolledBack(note))
        else:
            yield from self.keep(RolledBack())

    def what_the_refusal_means(self, refused: Refused, tried: str) -> Steps:
        """A note when the document is gone all the same; None when it stands and Xero means its no."""
        try:
            there = yield from self.ask(Fetch(self.task.kind, self.task.document_id))
        except _Stopped as stopped:
            return "It was not in Xero any more." if stopped.gone else None
        if there.status in ENDED:
            return "It had been voided in Xero already."
        if (tried, there.status in OPEN) in (("voided", True), ("deleted", False)):
            yield from self.ask(Change("deleted" if tried == "voided" else "voided", there.kind, there.document_id))
            return ""
        return None


def _taken_back(wanted: states.Wanted, made: Found) -> str:
    if (made.total, made.tax) != (wanted.total, wanted.tax):
        return (
            f"Xero works this document out to {format_money(made.total, wanted.currency)} with "
            f"{format_money(made.tax, wanted.currency)} tax; the preview says "
            f"{format_money(wanted.total, wanted.currency)} with {format_money(wanted.tax, wanted.currency)}. "
            "It was taken back before it was approved. Press Sync from Xero (a tax rate may have changed), then look "
            "at the preview again."
        )
    return (
        "Xero did not keep the lines as they were sent (an account, tax rate or tracking option was put aside). The "
        "document was taken back before it was approved. Press Sync from Xero, look at Accounts & Taxes, then post "
        "again."
    )


def _otherwise(wanted: states.Wanted, made: Found) -> str:
    """One sentence on how Xero's document differs from the plan."""
    if (made.total, made.tax) != (wanted.total, wanted.tax):
        return (
            f"Xero's document shows {format_money(made.total, wanted.currency)} with "
            f"{format_money(made.tax, wanted.currency)} tax instead of {format_money(wanted.total, wanted.currency)} "
            f"with {format_money(wanted.tax, wanted.currency)}. Repost puts it back as previewed."
        )
    return "The lines of Xero's document are not as they were posted. Repost puts them back as previewed."
