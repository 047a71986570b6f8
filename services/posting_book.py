"""Keeps what a run over a posting wants kept: one commit each, made only while the posting is still where it was."""

import secrets
from functools import singledispatchmethod

from peewee import fn

from models import Posting, Settlement, Workspace
from services import audit, numbering, posting_reposts
from services.audit import Actor
from services.core import posting_states as states
from services.core import posting_words
from services.core.posting_moves import (
    Ending,
    Failed,
    FreshKey,
    GiveUpNumber,
    Keep,
    NothingSent,
    Record,
    RolledBack,
    Sending,
    Standing,
    StaysPosted,
    TakeNumber,
    Voiding,
    Waiting,
)
from services.database import write_txn
from services.parts import Parts
from services.xero import payloads

UNDER_WAY = (states.INTENT, states.DRAFTED)
KEY_LIVES_SECONDS = 300  # Xero remembers an Idempotency-Key for six minutes (xero.md 4); a little less is relied on


class Book:
    """One posting's entries, as ``actor`` makes them, on from how ``posting`` was read.

    Every entry is a compare-and-set: it is made only if nobody else made one since.
    """

    def __init__(self, parts: Parts, posting: Posting, actor: Actor):
        self.parts, self.actor = parts, actor
        self.posting_id, self.settlement, self.version = posting.id, posting.settlement, posting.version or 0

    def keep(self, what: Keep) -> Standing | str:
        """Commits ``what``; not moved when another runner had moved the posting before."""
        with write_txn():
            return self._keep(what)

    @singledispatchmethod
    def _keep(self, what) -> Standing | str:
        raise TypeError(what)

    @_keep.register
    def _(self, what: Sending) -> Standing:
        posting, now = Posting.get_by_id(self.posting_id), self.parts.clock.now()
        young = posting.sent_at and 0 <= (now - posting.sent_at).total_seconds() < KEY_LIVES_SECONDS
        key = posting.idempotency_key if young else _key()
        return self._move(UNDER_WAY[:1], sent_at=now, sends=(posting.sends or 0) + 1, idempotency_key=key)

    @_keep.register
    def _(self, what: FreshKey) -> Standing:
        return self._move(UNDER_WAY[:1], idempotency_key=_key())

    @_keep.register
    def _(self, what: NothingSent) -> Standing:
        return self._move(UNDER_WAY[:1], sent_at=None)

    @_keep.register
    def _(self, what: Ending) -> Standing:
        doomed = Posting.get_by_id(self.posting_id).doomed or []
        standing = self._move(UNDER_WAY, doomed=sorted({*doomed, *what.document_ids}))
        if standing.moved and what.numbers and not set(what.document_ids) <= set(doomed):
            self._audit("posting.others_make_way", numbers=", ".join(what.numbers), documents=list(what.document_ids))
        return standing

    @_keep.register
    def _(self, what: Voiding) -> Standing:
        return self._move((states.VOIDING,), void_sent_at=self.parts.clock.now())

    @_keep.register
    def _(self, what: TakeNumber) -> Standing:
        """From now on the settlement bears the number; the payload is frozen anew with it."""
        posting = Posting.get_by_id(self.posting_id)
        payload = payloads.renumbered(posting.payload, posting.kind, what.number)
        standing = self._move(UNDER_WAY, number=what.number, payload=payload, idempotency_key=_key())
        if standing.moved and self._settlement_takes(what.number):
            self._audit("number.retired", number=posting.number, instead=what.number)
        if standing.moved and what.held:
            Workspace.update(voided_numbers_held=True).where(Workspace.id == 1).execute()
        return standing

    def _settlement_takes(self, number: str) -> bool:
        """False where another settlement bears it: then only the document does."""
        taken = Settlement.select().where((Settlement.number == number) & (Settlement.id != self.settlement.id))
        if taken.exists():
            return False
        return bool(Settlement.update(number=number).where(Settlement.id == self.settlement.id).execute())

    @_keep.register
    def _(self, what: GiveUpNumber) -> str:
        before, number = Settlement.get_by_id(self.settlement.id).number, numbering.allot()
        numbering.unsee()
        Settlement.update(number=number).where(Settlement.id == self.settlement.id).execute()
        self._audit("number.retired", number=before, instead=number)
        return number

    @_keep.register
    def _(self, what: Record) -> Standing:
        """Compare-and-set: only the document that was to be there before gives way, and only to one."""
        now, reached = self.parts.clock.now(), what.state == states.POSTED
        before = Posting.document_id.is_null() if what.instead_of is None else Posting.document_id == what.instead_of
        done = {"posted_at": now, "xero_seen_at": now, "xero_updated_at": what.updated_at} if reached else {}
        if what.answered:
            done["sent_at"] = None
        standing = self._move(
            UNDER_WAY, before | (Posting.document_id == what.document_id), state=what.state, reason="",
            document_id=what.document_id, xero_status=what.status, **done)
        if standing.moved and reached:
            posting = Posting.get_by_id(self.posting_id)
            as_planned = "paid" if what.status == "PAID" and posting.total else "posted"
            self._say("changed_in_xero" if what.verdict else as_planned, what.verdict)
            self._audit("posting.posted", number=posting.number, document_id=what.document_id)
        return standing

    @_keep.register
    def _(self, what: Failed) -> Standing:
        """Nothing of this attempt counts any more; the settlement can be posted again."""
        standing = self._move(
            UNDER_WAY, state=states.FAILED, active=None, ended_at=self.parts.clock.now(), reason=what.reason,
            xero_words=what.xero_words)
        if standing.moved:
            self._say("failed", what.reason)
            self._audit("posting.failed", reason=what.reason, xero_words=what.xero_words)
        return standing

    @_keep.register
    def _(self, what: StaysPosted) -> Standing:
        """As it was shown before; why it is not rolled back stands beside it."""
        over = {} if what.void_unanswered else {"void_sent_at": None}
        standing = self._move(
            (states.VOIDING,), state=states.POSTED, repost_hash=None, reason=what.reason, xero_words=what.xero_words,
            **over)
        if standing.moved:
            posting = Posting.get_by_id(self.posting_id)
            paid = "paid" if posting.xero_status == "PAID" else "posted"
            state, reason = posting.shown_before or (paid, "")
            self._say(state, f"{what.reason} {reason}".strip())
            self._audit("posting.rollback_refused", reason=what.reason, xero_words=what.xero_words)
        return standing

    @_keep.register
    def _(self, what: RolledBack) -> Standing:
        now = self.parts.clock.now()
        standing = self._move(
            (states.VOIDING,), state=states.ROLLED_BACK, active=None, ended_at=now, reason=what.note, xero_words="",
            void_sent_at=None)
        if standing.moved:
            posting = Posting.get_by_id(self.posting_id)
            self._say("draft", posting_reposts.UNDER_WAY if posting.repost_hash else "")
            self._audit("posting.rolled_back", number=posting.number, document_id=posting.document_id)
        return standing

    @_keep.register
    def _(self, what: Waiting) -> Standing:
        """It stays where it is and is asked about again; what is sure needs no asking, only time."""
        known = Settlement.get_by_id(self.settlement.id)
        standing = self._move((*UNDER_WAY, states.VOIDING), reason=what.reason)
        if standing.moved:
            self._say(*((known.state, what.reason) if what.sure else ("unsure", self._unsure(what.reason))))
            if not what.sure and known.state != "unsure":
                self._audit("posting.unsure", reason=what.reason)
        return standing

    def _unsure(self, reason: str) -> str:
        posting = Posting.get_by_id(self.posting_id)
        return posting_words.while_unsure(
            reason, posting.state, posting.sent_at, posting.sends or 0, self.parts.clock.now())

    # --- one row, one entry ---------------------------------------------------------------

    def _move(self, expected: tuple[str, ...], *conditions, **fields) -> Standing:
        here = (Posting.id == self.posting_id) & Posting.state.in_(expected)
        as_read = fn.COALESCE(Posting.version, 0) == self.version
        moved = Posting.update(version=self.version + 1, **fields).where(here, as_read, *conditions).execute()
        self.version += moved
        document_id = Posting.select(Posting.document_id).where(Posting.id == self.posting_id).scalar()
        return Standing(bool(moved), document_id)

    def _say(self, state: str, reason: str) -> None:
        Settlement.update(state=state, state_reason=reason).where(Settlement.id == self.settlement.id).execute()

    def _audit(self, action: str, **facts) -> None:
        audit.record(self.actor, action, f"settlement:{self.settlement.settlement_id}", self.parts.clock.now(), **facts)


def _key() -> str:
    return secrets.token_hex(16)
