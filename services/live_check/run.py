"""Runs the live check: every belief is tried in turn, its answer told, and everything made is taken back."""

import dataclasses
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services import xero_tokens
from services.errors import AppError, Refused
from services.live_check import clearing, connection_checks, document_checks, posting_checks
from services.live_check.probe import Probe
from services.parts import Parts

PATIENCE_SECONDS = 75.0
NOT_TRIED = "not tried"
CHECKS = (connection_checks, document_checks, posting_checks)
TABLES = ("posting_beliefs.toml", "beliefs.toml")


@dataclass(frozen=True)
class Belief:
    """``answers``: each answer there can be → what TrueBooks does then."""

    name: str
    asks: str
    evidence: str
    answers: dict[str, str]

    @property
    def try_it(self) -> Callable[[Probe], tuple[str, str]]:
        asking = next(each for each in CHECKS if hasattr(each, self.name))
        return getattr(asking, self.name)


@dataclass(frozen=True)
class Answer:
    """``seen`` is what Xero said, in short; ``means`` what TrueBooks does."""

    belief: Belief
    answer: str
    seen: str
    means: str


@cache
def beliefs() -> tuple[Belief, ...]:
    read = (tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8")) for name in TABLES)
    return tuple(
        Belief(name, row["asks"], row["evidence"],
               {answer: words for answer, words in row.items() if answer not in ("asks", "evidence")})
        for table in read for name, row in table.items())


def check(parts: Parts, on_any_organisation: bool = False) -> Iterator[Answer | str]:
    """Each answer as it comes; at the end a sentence on what was taken back.

    Makes some twenty small documents, so it is refused on an organisation that is no Demo Company.
    Raises NotConnected, Refused, or the XeroError that keeps it from starting.
    """
    probe = Probe(dataclasses.replace(parts, patience_seconds=PATIENCE_SECONDS))
    _demand_a_demo_company(probe, on_any_organisation)
    try:
        for belief in beliefs():
            yield _answer(belief, probe)
    except KeyboardInterrupt:
        yield "Stopped. What was made so far is taken back now."
    finally:
        left = clearing.clear_away(probe)
    yield _cleared(probe, left)


def _demand_a_demo_company(probe: Probe, on_any_organisation: bool) -> None:
    xero_tokens.require_connected(xero_tokens.row())
    told = probe.call("GET", "Organisation")
    facts = told.elements("Organisations")[0] if told.is_good and told.elements("Organisations") else {}
    is_demo = facts.get("IsDemoCompany") is True or probe.parts.config.mode == "sandbox"
    if not is_demo and not on_any_organisation:
        raise Refused(
            f"{facts.get('Name') or 'The connected organisation'} is not a Demo Company. The live check makes some "
            "twenty small documents and takes them back again, which leaves voided ones behind: connect Xero's Demo "
            "Company for it (see Going live).")


def _answer(belief: Belief, probe: Probe) -> Answer:
    try:
        answer, seen = belief.try_it(probe)
    except AppError as error:
        answer, seen = "", error.message
    return Answer(belief, answer or NOT_TRIED, seen, belief.answers.get(answer, ""))


def _cleared(probe: Probe, left: list[str]) -> str:
    if left:
        return (f"{probe.calls} calls. These could not be taken back, please void or delete them in Xero: "
                f"{'; '.join(left)}.")
    return f"{probe.calls} calls. Everything made for the check (reference {probe.mark}) is voided or deleted again."
