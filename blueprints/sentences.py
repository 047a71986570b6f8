"""What happened, told to the user: outcomes, files taken in, and a settlement's history, in words."""

from dataclasses import dataclass

from services import audit
from services.core.money import format_money
from services.postings import Outcome
from services.settlements import Taken

TOLD_AT_ONCE = 6  # a message travels in a cookie, which holds 4 kB


@dataclass(frozen=True)
class Message:
    """One message; ``tone`` is good, todo, bad or wait-for."""

    tone: str
    text: str


@dataclass(frozen=True)
class Report:
    """What became of dropped files: one sentence over all, then one a file or settlement."""

    tone: str
    summary: str
    details: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...] = ()  # (file, what became of it), where there are several

    def as_one_message(self) -> str:
        shown = self.details[:TOLD_AT_ONCE]
        more = len(self.details) - len(shown)
        return " ".join([self.summary, *(text[:300] for text in shown), *([f"And {more} more."] if more else [])])


_TONES = {"posted": "good", "rolled_back": "good", "already_there": "good", "unsure": "wait-for"}
_WORDS = {
    "rolled_back": "Rolled back: {number} is voided in Xero, and the settlement is a draft again.",
    "already_there": "{number} was in Xero already, just as previewed, and was taken on. Nothing was sent again.",
    "unsure": "Unsure: Xero has not said what became of {number}.",
    "needs_mapping": "Not posted.",
    "failed": "That did not work; nothing stands half done.",
}


def outcome_in_words(outcome: Outcome, posted: str = "Posted to Xero as {number}.") -> Message:
    """``posted`` says it where the button promised more than a post."""
    if outcome.outcome == "already_there" and outcome.reason:
        return Message("good", f"{outcome.reason} Nothing was sent to Xero again.")
    words = (posted if outcome.outcome == "posted" else _WORDS[outcome.outcome]).format(number=outcome.number)
    tone = _TONES.get(outcome.outcome, "todo" if outcome.outcome == "needs_mapping" else "bad")
    return Message(tone, f"{words} {outcome.reason}".strip())


def taken_in_words(taken: list[Taken]) -> Report:
    counts = {name: sum(_counted_as(item) == name for item in taken) for name in _COUNTED}
    told = [_COUNTED[name].format(count, "" if count == 1 else "s") for name, count in counts.items() if count]
    details = tuple(detail for item in taken for detail in _details(item))
    tone = "bad" if any(item.outcome == "refused" for item in taken) else "todo" if details else "good"
    outcomes = tuple((item.file, _outcome(item)) for item in taken) if len(taken) > 1 else ()
    return Report(tone, f"{', '.join(told)}." if told else "There was nothing to take in.", details, outcomes)


def _outcome(item: Taken) -> str:
    if item.outcome == "refused":
        return f"settlement {item.settlement_id} refused" if item.settlement_id else "refused"
    words = {"imported": "taken in", "known": "here already", "corrected": "kept beside the one here"}
    return f"settlement {item.settlement_id}, {format_money(item.total, item.currency)}: {words[item.outcome]}"


_COUNTED = {
    "imported": "{} settlement{} taken in", "known": "{} here already",
    "corrected": "{} with other content than the one here", "refused": "{} file{} refused",
    "left_out": "{} settlement{} of a file refused",
}


def _counted_as(item: Taken) -> str:
    return "left_out" if item.outcome == "refused" and item.settlement_id else item.outcome


def _details(item: Taken) -> list[str]:
    total = f" ({format_money(item.total, item.currency)})" if item.total is not None and item.currency else ""
    is_here = item.settlement_id and item.outcome != "refused"
    subject = f"Settlement {item.settlement_id}{total}" if is_here else f"“{item.file}”"
    return [f"{subject}: {problem}" for problem in item.problems]


_HISTORY = {
    "settlement.received": "Taken in from “{file}” as {number}, total {total}",
    "settlement.corrected_file": "Another file of this settlement, “{file}”, was kept beside it: total {total}",
    "settlement.file_used": "The file “{file}” is used from now on: total {after}, before {before}",
    "settlement.booked_elsewhere": "Marked as booked elsewhere: {reason}",
    "settlement.booked_here": "No longer booked elsewhere",
    "settlement.removed": "Removed; number {number} is retired",
    "difference_line.added": "Difference line of {amount} added on account {account_code}: {reason}",
    "difference_line.removed": "Difference line of {amount} taken back",
    "posting.started": "Posting begun: {kind} {number}, {total}",
    "posting.posted": "Posted to Xero as {number}",
    "posting.unsure": "Unsure: {reason}",
    "posting.failed": "Not posted: {reason}",
    "posting.rolled_back": "Rolled back: {number} voided in Xero",
    "posting.ended_in_xero": "{number} was voided, deleted or removed in Xero; the settlement is a draft again",
    "document.seen": "Looked at in Xero: {status}{reason}",
    "integrity.repairing": "Xero Integrity Tools ({kind}); voided or deleted in Xero: {numbers}",
    "posting.names_another": "{number} is kept instead of a duplicate",
    "posting.rollback_refused": "Not rolled back: {reason}",
    "posting.repost_stopped": "Repost ended after its rollback: {reason}",
    "posting.others_make_way": "Other documents of it make way in Xero, voided or deleted: {numbers}",
    "number.retired": "Number {number} retired; {instead} is used instead",
}
_SEEN = {"posted": "it stands there as it was posted. ", "paid": "it is paid. ", "changed_in_xero": ""}


def history_of(settlement) -> list[tuple]:
    """(moment, who, sentence) of everything that happened to the settlement, the latest first."""
    entries = audit.about(f"settlement:{settlement.settlement_id}")
    return [(entry.at, entry.actor, _told(entry)) for entry in entries]


def _told(entry) -> str:
    facts = {name: _fact_in_words(name, value) for name, value in entry.facts.items()}
    told = _HISTORY.get(entry.action, entry.action).format(**facts).strip()
    return f"{told} Xero’s own words: “{facts['xero_words']}”" if facts.get("xero_words") else told


def _fact_in_words(name: str, value) -> str:
    if name == "status":
        return _SEEN.get(value, f"{value}. ")
    return str(value).replace("_", " ") if name == "kind" else value
