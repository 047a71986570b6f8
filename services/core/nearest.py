"""A likely category for a line type nobody knows: the known one whose words are most like it. A hint, never applied."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from math import isqrt

from services.core.catalogue import UNKNOWN, Catalogue, Entry, normalise
from services.core.settlement import LineType

# Parts that say where an amount stands and nothing of what it is.
_EMPTY = frozenset(
    {"", "adjustment", "basefee", "discountonfee", "itemfees", "itemprice", "itemwithheldtax", "other",
     "othertransaction", "promotion", "taxonfee", "transactiontotalamount"}
)  # fmt: skip
_SIGNS = {1: "+", -1: "-"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHARED_AMOUNT_TYPE, _SIGN_FITS, _SIGN_AGAINST = 10, 5, -25
_TAX = frozenset({"tax", "vat", "gst"})
_NEW_WORD = 300  # a word the catalogue does not have weighs as much as one that eleven entries have
_TELLING = 200  # a word that weighs this much, which at most 25 entries have, must be shared
_LIKE_ENOUGH = 35  # per cent of the words' weight that must be shared


@dataclass(frozen=True)
class Nearest:
    """The known line type that is most like it, and why."""

    category: str
    entry: Entry
    reason: str


def nearest(line_type: LineType, amount: int, catalogue: Catalogue) -> Nearest | None:
    """The most likely category of a line type that comes to ``amount`` (its sign counts); None when nothing is like it.

    Rare words weigh more than common ones ("fee", "amount"), a shared amount type adds to it, and a
    charge is rather like charges.
    """
    known = {entry: _entry_words(entry) for entry in catalogue.entries if entry.category != UNKNOWN}
    weight, ours = _weights(known.values()), _words(_told_parts(line_type))
    like = []
    for entry, theirs in known.items():
        score = _likeness(ours, theirs, weight)
        if score >= _LIKE_ENOUGH:
            bonus = _SHARED_AMOUNT_TYPE if _same_amount_type(line_type, entry.line_type) else 0
            like.append((score + bonus + _sign(amount, entry), score, entry))
    if not like:
        return None
    _, _, best = max(like, key=lambda each: each[:2])
    return Nearest(best.category, best, _reason(line_type, ours & known[best], best, amount, catalogue))


def _likeness(ours: frozenset[str], theirs: frozenset[str], weight: Counter[str]) -> int:
    """Per cent of the weight of all words that both share; 0 unless a telling word is among the shared."""
    shared = ours & theirs
    if bool(ours & _TAX) != bool(theirs & _TAX):  # a tax row is like tax rows, and nothing else is
        return 0
    if not any(weight[word] >= _TELLING for word in shared):
        return 0
    return 200 * _sum(shared, weight) // (_sum(ours, weight) + _sum(theirs, weight))


def _sum(words: Iterable[str], weight: Counter[str]) -> int:
    return sum(weight[word] or _NEW_WORD for word in words)


def _weights(of_entries: Iterable[frozenset[str]]) -> Counter[str]:
    """The rarer a word is in the catalogue, the more it says."""
    counts = Counter(word for words in of_entries for word in words)
    return Counter({word: isqrt(1_000_000 // count) for word, count in counts.items()})


def _entry_words(entry: Entry) -> frozenset[str]:
    """Amazon's and ours: plain words often say what Amazon's only hint at."""
    return _words([*_told_parts(entry.line_type), entry.label])


def _told_parts(line_type: LineType) -> list[str]:
    return [part for part in astuple(line_type)[1:] if normalise(part) not in _EMPTY]


def _words(parts: Iterable[str]) -> frozenset[str]:
    """``FBAPerUnitFulfillmentFee`` → fba, per, unit, fulfillment, fee; singular where the plural only adds an s."""
    words = (word.lower() for part in parts for word in _WORD.findall(part))
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in words)


def _same_amount_type(one: LineType, other: LineType) -> bool:
    told = normalise(one.amount_type)
    return told != "othertransaction" and bool(told) and told == normalise(other.amount_type)


def _sign(amount: int, entry: Entry) -> int:
    ours = _SIGNS.get((amount > 0) - (amount < 0))
    if ours is None or entry.usual_sign not in ("+", "-"):
        return 0
    return _SIGN_FITS if ours == entry.usual_sign else _SIGN_AGAINST


def _reason(line_type: LineType, shared: frozenset[str], best: Entry, amount: int, catalogue: Catalogue) -> str:
    reasons = [f"shares {_listed(sorted(shared))}"]
    if _same_amount_type(line_type, best.line_type):
        reasons.append(f"stands under “{line_type.amount_type}” too")
    if _sign(amount, best) > 0:
        reasons.append("is a charge too" if amount < 0 else "is money coming in too")
    label = catalogue.categories[best.category].label
    return f"{label}: like “{best.label}”, which {_listed(reasons, quoted=False)}."


def _listed(parts: list[str], quoted: bool = True) -> str:
    parts = [f"“{part}”" for part in parts] if quoted else parts
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
