"""Finds words in the help: forgiving about case, endings and synonyms, honest when there is nothing. Pure."""

import csv
import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from services.core.help_sections import Section

_DATA = Path(__file__).parent / "data" / "help_synonyms.csv"
_WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
_ENDING = re.compile(r"(?<=...)(ings?|ed|(?:(?<=[sxz])|(?<=[cs]h))es|(?<![suiy])s)$")
_FILLERS = frozenset(
    "a an and are as at be by can cannot did do does for from had has have how i if in into is it its me my not of on "
    "or our that the there this to was we what when where which why with you your".split()
)
MOST_HITS = 12
SHORTEST_BEGINNING = 3  # letters that may stand for a longer word
MOST_WORDS = 10  # of a query; the rest is left out
SNIPPET_WORDS = 32
_ALIKE = Fraction(3, 4)  # of two words' letters, for one to be the other with a slip of the finger
_HEADING, _TITLE, _MENTION = 60, 30, 10  # what a word counts in a heading, in a page's title, in the text
_SYNONYM = 4  # a synonym counts a fourth


Phrase = tuple[str, ...]  # stems


class Piece(NamedTuple):
    """A part of a snippet; ``is_found`` where it is what was looked for."""

    text: str
    is_found: bool


@dataclass(frozen=True)
class Hit:
    """A section that fits, with the few words round what was found in it."""

    section: Section
    snippet: tuple[Piece, ...]


@dataclass(frozen=True)
class Found:
    """What a search gave: hits, best first; without any, ``suggestions`` are words the help does know."""

    query: str
    hits: tuple[Hit, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Indexed:
    section: Section
    heading: frozenset[str]
    title: frozenset[str]
    parts: tuple[str, ...]  # the text, word by word as it stands
    stems: tuple[tuple[str, ...], ...]  # of each part
    often: Counter[str] = field(compare=False)

    @classmethod
    def of(cls, section: Section) -> "_Indexed":
        parts = tuple(section.text.split())
        by_part = tuple(tuple(stems(part)) for part in parts)
        often = Counter(known for part in by_part for known in part)
        return cls(section, frozenset(stems(section.heading)), frozenset(stems(section.title)), parts, by_part, often)


class _Term(NamedTuple):
    """One thing looked for: a phrase of one word or several (as stems), and the phrases that would do as well."""

    phrase: Phrase
    others: frozenset[Phrase]


class HelpIndex:
    """The sections of all help pages, made ready once. Search is a function of it and the query alone."""

    def __init__(self, sections: Iterable[Section]):
        self._sections = [_Indexed.of(each) for each in sections]
        told = " ".join(f"{each.section.heading} {each.section.text}" for each in self._sections)
        self._words = sorted({word.lower() for word in _words(told)} | {word for word, _ in _single_synonyms()})
        self._stems = frozenset(known for each in self._sections for known in (*each.often, *each.heading, *each.title))

    def search(self, query: str) -> Found:
        """Sections with the most of the query's words, best first: all of them where there are such sections."""
        terms = _terms(query)
        if not terms:
            return Found(query.strip())
        fits = {phrase: self._fitting(phrase) for term in terms for phrase in (term.phrase, *term.others)}
        scored = [(each, [_score(term, each, fits) for term in terms]) for each in self._sections]
        most = max((sum(score > 0 for score in scores) for _, scores in scored), default=0)
        if most < (2 if len(terms) > 2 else 1):
            return Found(query.strip(), suggestions=self._near(query))
        enough = most - len(terms) // 4  # a whole message may hold names and figures that the help cannot have
        fitting = [(sum(scores), each) for each, scores in scored if sum(score > 0 for score in scores) >= enough]
        best = sorted(fitting, key=lambda pair: -pair[0])[:MOST_HITS]
        return Found(query.strip(), tuple(Hit(each.section, _snippet(each, terms, fits)) for _, each in best))

    def _fitting(self, phrase: Phrase) -> tuple[frozenset[str], ...]:
        """For each word the stems in the help that it finds: a single word also those it is the beginning of."""
        if len(phrase) > 1 or len(phrase[0]) < SHORTEST_BEGINNING:
            return tuple(frozenset({word}) for word in phrase)
        return (frozenset(known for known in self._stems if known.startswith(phrase[0])),)

    def _near(self, query: str) -> tuple[str, ...]:
        """Words that look like those of the query, for a slip of the finger."""
        near: list[str] = []
        for word in _words(query)[:MOST_WORDS]:
            if word.lower() not in _FILLERS:
                near += difflib.get_close_matches(word.lower()[:40], self._words, n=2, cutoff=_ALIKE)
        return tuple(dict.fromkeys(near))[:4]


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """The word without case, accents, and endings of number and tense: ``Mappings`` → ``map``."""
    plain = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("’", "'")
    plain = _ENDING.sub("", plain.removesuffix("'s"))
    if len(plain) > 3 and plain.endswith("ie"):
        plain = plain[:-2] + "y"
    while len(plain) > 3 and plain.endswith("e"):
        plain = plain[:-1]
    return plain[:-1] if len(plain) > 3 and plain[-1] == plain[-2] else plain


def stems(text: str) -> list[str]:
    return [stem(word) for word in _words(text)]


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


@cache
def _synonyms() -> tuple[tuple[Phrase, ...], ...]:
    """Each row of the data file: phrases that stand for the same, as stems."""
    return tuple(tuple(tuple(stems(phrase)) for phrase in row) for row in _rows())


def _single_synonyms() -> Iterator[tuple[str, str]]:
    """(word, its stem) of every phrase that is one word."""
    return ((phrase, stem(phrase)) for row in _rows() for phrase in row if " " not in phrase)


@cache
def _rows() -> tuple[tuple[str, ...], ...]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(tuple(row["words"].split("|")) for row in csv.DictReader(file))


def _terms(query: str) -> list[_Term]:
    """The words that matter; ``roll back`` counts as one where the data file has it as one."""
    words = _words(query)[:MOST_WORDS]
    asked = [stem(word) for word in words if word.lower() not in _FILLERS] or [stem(word) for word in words]
    phrases = {phrase for row in _synonyms() for phrase in row if len(phrase) > 1}
    terms: list[_Term] = []
    while asked:
        size = next((n for n in (3, 2) if tuple(asked[:n]) in phrases), 1)
        phrase, asked = tuple(asked[:size]), asked[size:]
        others = {other for row in _synonyms() if phrase in row for other in row}
        terms.append(_Term(phrase, frozenset(others - {phrase})))
    return terms


_Fits = Mapping[Phrase, tuple[frozenset[str], ...]]  # for each of its words the stems in the help that it finds


def _score(term: _Term, each: _Indexed, fits: _Fits) -> int:
    """How well a section fits one term; 0 when it holds neither it nor a synonym."""
    own = _weight(term.phrase, each, fits)
    return own or max((_weight(other, each, fits) for other in term.others), default=0) // _SYNONYM


def _weight(phrase: Phrase, each: _Indexed, fits: _Fits) -> int:
    return min(_weight_of_word(found, each) for found in fits[phrase])


def _weight_of_word(found: frozenset[str], each: _Indexed) -> int:
    """Being said often counts, but ever less: twice as often, one more."""
    often = sum(each.often[known] for known in found)
    return _HEADING * bool(found & each.heading) + _TITLE * bool(found & each.title) + _MENTION * often.bit_length()


def _snippet(each: _Indexed, terms: list[_Term], fits: _Fits) -> tuple[Piece, ...]:
    """The stretch of the text with the most of the terms in it, their words marked."""
    marks = _marks(each, terms, fits)
    first = _start(marks)
    shown = range(first, min(first + SNIPPET_WORDS, len(marks)))
    pieces = [Piece("… ", False)] if first else []
    for at in shown:
        pieces += [Piece(each.parts[at], bool(marks[at])), Piece(" ", False)]
    if shown and shown[-1] < len(marks) - 1:
        pieces.append(Piece("…", False))
    return tuple(pieces)


def _marks(each: _Indexed, terms: list[_Term], fits: _Fits) -> list[int]:
    """For each word of the text: 3 where it was asked for, 1 where it is a synonym, else 0."""
    own = frozenset().union(*(found for term in terms for found in fits[term.phrase]))
    others = frozenset().union(*(found for term in terms for other in term.others for found in fits[other]))
    others -= _FILLERS
    return [3 if not own.isdisjoint(part) else int(not others.isdisjoint(part)) for part in each.stems]


def _start(marks: list[int]) -> int:
    """Where a snippet begins: a few words before the first mark of the densest stretch."""
    best = max(range(len(marks) or 1), key=lambda start: (sum(marks[start : start + SNIPPET_WORDS - 8]), -start))
    first = next((at for at in range(best, len(marks)) if marks[at]), 0)
    return first - 6 if first > 8 else 0
