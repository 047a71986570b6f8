"""What the posting protocol says: what it asks of Xero, what it is answered, what it has kept. Values only."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from services.core.posting_states import Wanted


@dataclass(frozen=True)
class Task:
    """A posting as it stands when a run takes it up."""

    state: str
    kind: str
    key: str  # TBUK-26881161592
    number: str
    wanted: Wanted
    kinds: tuple[str, ...]  # where a document of this settlement may be found
    document_id: str | None = None
    sent_at: datetime | None = None  # when a create that is not yet answered went out
    sends: int = 0
    stays_draft: bool = False
    numbers_held: bool = False  # Xero keeps the numbers of voided documents
    doomed: frozenset[str] = field(default_factory=frozenset)  # documents whose end was begun: never adopted
    void_unanswered: bool = False  # an earlier void of its document may still be on its way


# --- asked of Xero; each is one call, or a part of one ---------------------------------------


@dataclass(frozen=True)
class LookUp:
    """Active documents that carry the key, in every kind named. Answer: list[Found]."""

    kinds: tuple[str, ...]
    key: str


@dataclass(frozen=True)
class Numbered:
    """Documents of exactly this number, ended ones too. Answer: list[Found]."""

    kind: str
    number: str


@dataclass(frozen=True)
class Fetch:
    """One document. Answer: Found."""

    kind: str
    document_id: str


@dataclass(frozen=True)
class Create:
    """The frozen payload, as a draft, under its number. Answer: Found."""

    kind: str
    number: str


@dataclass(frozen=True)
class Change:
    """One named document: approved, voided, deleted or renamed. Harmless to repeat. Answer: Found."""

    to: str  # approved, voided, deleted, renamed
    kind: str
    document_id: str
    number: str = ""


READS = (LookUp, Numbered, Fetch)
Ask = LookUp | Numbered | Fetch | Create | Change


class Refused(NamedTuple):
    """Xero understood and did nothing. ``reason`` in our words; ``gone``: it knows no such document."""

    reason: str
    xero_words: str = ""
    gone: bool = False


class Silent(NamedTuple):
    """No answer to go by. ``sent``: it may have been done; ``fresh_key``: Xero may have remembered its error."""

    reason: str
    sent: bool
    fresh_key: bool = False


# --- kept here; each is one local commit, on the condition that the posting is still where it was -------


class Sending(NamedTuple):
    """A create is about to leave; again under the same key where Xero may still remember it."""


class FreshKey(NamedTuple):
    """Xero may have remembered an error under the key: the next create goes under another."""


class NothingSent(NamedTuple):
    """The create did not reach Xero, or was refused."""


class Ending(NamedTuple):
    """These documents are about to be voided or deleted: from now on none of them is adopted."""

    document_ids: tuple[str, ...]
    numbers: tuple[str, ...] = ()  # of those that make way, for the settlement's history


class Voiding(NamedTuple):
    """Its document is about to be renamed or voided: from here on Xero may have heard of it."""


class TakeNumber(NamedTuple):
    number: str
    held: bool = False  # because a voided document holds the one before: remembered by the workspace


class GiveUpNumber(NamedTuple):
    """Another document bears the number: the settlement gets the next of the counter. Answer: str."""


class Record(NamedTuple):
    """Compare-and-set of the one document this posting is; ``verdict``: what Xero made different."""

    document_id: str
    state: str
    instead_of: str | None = None  # the document it is believed to name until now
    status: str = ""  # in Xero's word
    adopted: bool = False
    verdict: str = ""
    updated_at: datetime | None = None  # by Xero's clock
    answered: bool = False  # it is Xero's answer to the create: nothing of ours is on its way any more


class Failed(NamedTuple):
    reason: str
    xero_words: str = ""


class StaysPosted(NamedTuple):
    """Not rolled back; ``void_unanswered``: a void that was sent before may still arrive."""

    reason: str
    xero_words: str = ""
    void_unanswered: bool = False


class RolledBack(NamedTuple):
    note: str = ""


class Waiting(NamedTuple):
    """Not known what became of it, or not now; ``sure``: nothing can have been done."""

    reason: str
    sure: bool = False


Keep = (
    Sending
    | FreshKey
    | NothingSent
    | Ending
    | Voiding
    | TakeNumber
    | GiveUpNumber
    | Record
    | Failed
    | StaysPosted
    | RolledBack
    | Waiting
)


class Standing(NamedTuple):
    """How a commit went: False when another runner had moved the posting; and the document it names now."""

    moved: bool
    document_id: str | None = None


Script = Generator[Any, Any, None]  # yields Ask and Keep, is sent what they are answered
