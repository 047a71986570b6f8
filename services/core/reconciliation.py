"""Our postings held against Xero's documents: what does not agree, and what would put it right. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from services.core.money import format_money
from services.core.posting_states import APPROVED, ENDED, OPEN, Found, number_order

Kind = Literal["duplicate", "two_paid", "changed", "voided", "missing", "stray_draft", "not_linked", "unknown"]


@dataclass(frozen=True)
class Local:
    """A settlement here; ``document_id`` is empty unless it is posted. Amounts in minor units."""

    key: str
    reference: str
    document_id: str = ""
    currency: str = ""
    total: int = 0
    tax: int = 0
    lines_differ: bool = False  # the lines of its document were read, and are not the posting's
    is_draft: bool = False  # it is posted as a draft
    renamed: bool = False  # its document bears neither its key nor its number any more


@dataclass(frozen=True)
class Finding:
    """One reference that does not agree. ``keep`` and ``void`` are what a repair does to documents in Xero."""

    key: str
    reference: str
    kind: Kind
    documents: tuple[Found, ...]
    repair: str  # a sentence: what the repair does, or why there is none
    keep: Found | None = None
    void: tuple[Found, ...] = ()
    recorded: str = ""  # the document the settlement's posting names

    @property
    def does_something(self) -> bool:
        """Whether a repair changes anything, in Xero or here."""
        names_another = bool(self.keep and self.recorded and self.keep.document_id != self.recorded)
        return bool(self.void) or names_another or self.kind in ("voided", "missing", "changed")


def compare(local: Iterable[Local], theirs: Iterable[tuple[str, Found]]) -> list[Finding]:
    """``theirs`` holds (key, document) of everything in Xero that is ours by its key or its number's prefix.

    A document without a key has an empty one. Order: by reference.
    """
    here = {each.key: each for each in local}
    there: dict[str, list[Found]] = defaultdict(list)
    for key, document in theirs:
        there[key or document.document_id].append(document)
    found = [finding for key in {*here, *there} for finding in _of_group(key, here.get(key), there.get(key, []))]
    return sorted(found, key=lambda finding: (finding.reference, finding.kind))


def _of_group(key: str, local: Local | None, documents: list[Found]) -> Iterator[Finding]:
    active = [each for each in documents if each.status not in ENDED]
    recorded = local.document_id if local else ""
    standing = [each for each in active if each.status in APPROVED or each.document_id == recorded]
    if local is None:
        yield from _of_nobody(key, active, standing)
        return
    if len(standing) > 1:
        yield _duplicate(local, standing)
    elif recorded:
        yield from _recorded(local, documents, standing)
    elif standing:
        yield Finding(key, local.reference, "not_linked", tuple(standing),
                      "Post the settlement: this document is taken on if it is equal, and makes way if it is not.")
    yield from _strays(local, active)


def _of_nobody(key: str, active: list[Found], standing: list[Found]) -> Iterator[Finding]:
    if not active:
        return
    reference, left = _reference(active), tuple(active)
    if len(standing) > 1:
        duplicate = _duplicate(Local(key, reference), standing)
        yield duplicate
        left = tuple(each for each in active if each not in duplicate.void)
    yield Finding(key, reference, "unknown", left,
                  "Nothing is done: no settlement here belongs to it. Import its settlement file, or look at it in "
                  "Xero.")


def _reference(documents: list[Found]) -> str:
    return documents[0].reference or documents[0].number


def _duplicate(local: Local, approved: list[Found]) -> Finding:
    """One with money on it is kept, else the lowest number of an approved one; two paid ones are both kept."""
    paid = [each for each in approved if (each.status == "PAID" and each.total) or each.amount_paid]
    order = sorted(approved, key=lambda each: (each not in paid, each.status in OPEN, number_order(each.number),
                                               each.document_id != local.document_id, each.document_id))
    keep, rest = order[0], tuple(each for each in order[1:] if each not in paid)
    if len(paid) > 1:
        others = f" {_named(rest)} would be voided." if rest else ""
        keep = next((each for each in paid if each.document_id == local.document_id), keep)
        return Finding(local.key, local.reference, "two_paid", tuple(order),
                       f"Both paid documents, {_named(paid)}, are kept: decide in Xero which payment is real.{others}",
                       keep, rest, local.document_id)
    return Finding(local.key, local.reference, "duplicate", tuple(order),
                   f"{keep.number} is kept{' because it is paid' if keep in paid else ''}; {_named(rest)} voided.",
                   keep, rest, local.document_id)


def _named(documents: Iterable[Found]) -> str:
    return " and ".join(each.number for each in documents)


def _recorded(local: Local, documents: list[Found], standing: list[Found]) -> Iterator[Finding]:
    """The one document the posting names, or what became of it."""
    mine = next((each for each in documents if each.document_id == local.document_id), None)
    if mine and mine in standing:
        same = (mine.total, mine.tax, mine.currency or local.currency) == (local.total, local.tax, local.currency)
        if local.lines_differ or local.renamed or not same:
            yield Finding(local.key, local.reference, "changed", (mine,), _changed(local, mine), mine)
        return
    other = standing[0] if standing else None
    what = "Its document was voided or deleted in Xero." if mine else "Its document is not in Xero any more."
    then = (f"{other.number} is there: post the settlement, and it is taken on if it is equal, else it makes way."
            if other else "The settlement becomes a draft here.")
    yield Finding(local.key, local.reference, "voided" if mine else "missing",
                  tuple(each for each in (mine, other) if each), f"{what} {then}")


def _changed(local: Local, mine: Found) -> str:
    if (mine.total, mine.tax) == (local.total, local.tax) and not local.lines_differ:
        return "Its number or reference was edited in Xero. It is shown as changed here; Repost puts it back."
    if (mine.total, mine.tax) == (local.total, local.tax):
        return "Its lines were edited in Xero. It is shown as changed here; Repost puts it back."
    return (f"It was edited in Xero: {format_money(mine.total, local.currency)} with "
            f"{format_money(mine.tax, local.currency)} tax instead of {format_money(local.total, local.currency)} with "
            f"{format_money(local.tax, local.currency)}. It is shown as changed here; Repost puts it back.")


def _strays(local: Local, active: list[Found]) -> Iterator[Finding]:
    strays = tuple(each for each in active if each.status in OPEN and each.document_id != local.document_id)
    if strays:
        yield Finding(local.key, local.reference, "stray_draft", strays,
                      f"{_named(strays)} deleted: a draft that no posting knows.", void=strays)
