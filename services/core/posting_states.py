"""How a posting moves: which step may follow which, and what a look into Xero means. Pure.

    intent ──► drafted ──► posted ──► voiding ──► rolled_back
      └──────────┴──► failed             └──► posted   (Xero refused the void)

An *intent* holds the frozen payload; ``sent`` tells whether a create may have left already. A
*drafted* posting names one recorded document, so approving it can be repeated without harm.
The reasons are in design.md, "Posting protocol".
"""

import re
from dataclasses import dataclass
from datetime import datetime

INTENT, DRAFTED, POSTED, VOIDING, ROLLED_BACK, FAILED = (
    "intent",
    "drafted",
    "posted",
    "voiding",
    "rolled_back",
    "failed",
)

NEXT = {
    INTENT: {DRAFTED, POSTED, FAILED},
    DRAFTED: {POSTED, FAILED},
    POSTED: {VOIDING},
    VOIDING: {POSTED, ROLLED_BACK},
    ROLLED_BACK: set(),
    FAILED: set(),
}
UNSETTLED = (INTENT, DRAFTED, VOIDING)

APPROVED = ("AUTHORISED", "PAID", "POSTED")  # Xero's words; a journal is POSTED
OPEN = ("DRAFT", "SUBMITTED")
ENDED = ("VOIDED", "DELETED")


Tracking = tuple[tuple[str, str], ...]  # (category id, option id), in order
Line = tuple[str, str, str, int, int, Tracking]  # description, account, tax type, gross, tax, tracking


@dataclass(frozen=True)
class Wanted:
    """What the posting is to become, in minor units."""

    kind: str
    currency: str
    total: int
    tax: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Found:
    """A document in Xero that carries the settlement's key."""

    document_id: str
    kind: str
    number: str
    status: str
    currency: str
    total: int
    tax: int
    lines: tuple[Line, ...]
    reference: str = ""
    warnings: tuple[str, ...] = ()
    updated_at: datetime | None = None  # when Xero last changed it, by its own clock
    amount_paid: int = 0

    def has_the_lines_of(self, wanted: Wanted) -> bool:
        return sorted(self.lines) == sorted(wanted.lines)

    def is_what_we(self, wanted: Wanted) -> bool:
        return (self.kind, self.currency, self.total, self.tax, sorted(self.lines)) == (
            wanted.kind,
            wanted.currency,
            wanted.total,
            wanted.tax,
            sorted(wanted.lines),
        )


@dataclass(frozen=True)
class Decision:
    """What to do about the documents found: adopt one, remove some, reuse a number, or stop."""

    adopt: Found | None = None
    remove: tuple[Found, ...] = ()
    number: str = ""  # the lowest number among the removed, to be used again
    # It is paid, and not what we want: a person must decide. ``adopt`` or ``remove`` then hold our own, recorded one.
    blocked_by: Found | None = None


def decide(
    wanted: Wanted, found: list[Found], recorded: str | None = None, doomed: frozenset[str] = frozenset()
) -> Decision:
    """What a lookup means: an earlier attempt of ours is adopted, other active ones make way.

    Product.md section 9: documents equal in kind, currency, total and lines are ours; the rest
    are voided first and the lowest number among them is used again; a paid one is never touched,
    so an equal one that is paid is taken first, then ``recorded``; one whose end was begun
    (``doomed``) may end at any moment, so it always makes way.
    """
    active = [document for document in found if document.status not in ENDED]
    equal = (d for d in active if d.is_what_we(wanted) and d.document_id not in doomed)
    ours = sorted(equal, key=lambda document: _preference(document, recorded))
    adopt = ours[0] if ours else None
    others = tuple(d for d in active if d is not adopt)
    paid = next((d for d in others if d.status == "PAID" and d.total), None)
    if paid:
        mine = next((d for d in active if d.document_id == recorded), None)
        return Decision(blocked_by=paid, adopt=mine if mine in ours else None, remove=(mine,) if mine else ())
    reusable = sorted((d.number for d in others if d.kind == wanted.kind and d.number), key=number_order)
    return Decision(adopt=adopt, remove=others, number="" if adopt or not reusable else reusable[0])


def _preference(document: Found, recorded: str | None) -> tuple:
    rank = {"PAID": 0, "AUTHORISED": 1, "POSTED": 1}.get(document.status, 2)
    return bool(rank), document.document_id != recorded, rank, number_order(document.number), document.document_id


def number_order(number: str) -> tuple:
    """Sorts AMZ-TB-9999 before AMZ-TB-10001."""
    return tuple(int(part) if part.isdigit() else 0 for part in re.split(r"\D+", number)), number


def with_suffix(number: str, step: int) -> str:
    """``AMZ-TB-10001`` → ``AMZ-TB-10001-2`` → ``-3``: what a post takes when a voided one holds the number."""
    base, _, last = number.rpartition("-")
    if base.count("-") >= 2 and last.isdigit():
        return f"{base}-{int(last) + step}"
    return f"{number}-{step + 1}"


def set_aside(number: str, step: int) -> str:
    """``AMZ-TB-10001-V1``: the name a document is given before it is voided, so that its number is free."""
    return f"{number}-V{step}"


def may_move(state: str, to: str) -> bool:
    return to in NEXT[state]
