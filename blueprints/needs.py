"""What needs a person, in words: a label with its icon, a sentence with the count, and where to go."""

from dataclasses import dataclass

from flask import url_for

from services.home import Need


@dataclass(frozen=True)
class Words:
    """How a need is told; ``one`` and ``many`` are the sentence, ``press`` what its link says."""

    tone: str
    icon: str
    label: str
    one: str
    many: str
    press: str
    endpoint: str
    anchor: str | None = None


def _settlements(tone: str, icon: str, label: str, one: str, many: str, press: str = "See which") -> Words:
    return Words(tone, icon, label, f"1 settlement {one}", f"{{}} settlements {many}", press, "settlements.index")


_ACCOUNT = "settings.account"
WORDS = {
    "reconnect_required": Words("bad", "bad", "Reconnect required", "Xero must be reconnected; nothing is posted "
                                "until then.", "", "Reconnect Xero", _ACCOUNT),
    "choosing": Words("todo", "todo", "Choose an organisation", "Xero offered several organisations; pick the one "
                      "this workspace is for.", "", "Choose", _ACCOUNT),
    "disconnected": Words("todo", "link", "Xero is not connected yet", "Settlements can be taken in; to post them, "
                          "connect Xero first.", "", "Connect Xero", _ACCOUNT),
    "lacks_permission": Words("todo", "todo", "A permission is missing", "Reconnect Xero to allow what this workspace "
                              "needs by now.", "", "Reconnect Xero", _ACCOUNT),
    "does_not_add_up": _settlements("bad", "bad", "Does not add up", "misses the total that Amazon states.",
                                    "miss the totals that Amazon states."),
    "needs_category": Words("todo", "todo", "Needs a category", "1 settlement holds amounts of a kind not met before.",
                            "{} settlements hold amounts of kinds not met before.", "Give a category",
                            "mappings.index", "needs-a-category"),
    "needs_mapping": _settlements("todo", "todo", "Needs mapping", "waits for an account, a tax rate or another choice "
                                  "of yours.", "wait for accounts, tax rates or other choices of yours."),
    "failed": _settlements("bad", "bad", "Failed", "was not posted; the reason stands beside it.",
                           "were not posted; the reason stands beside each.", "See why"),
    "unsure": _settlements("wait-for", "unsure", "Unsure", "was sent and Xero has not answered; TrueBooks goes on "
                           "asking.", "were sent and Xero has not answered; TrueBooks goes on asking."),
    "changed_in_xero": _settlements("todo", "todo", "Changed in Xero", "is not in Xero as it was posted.",
                                    "are not in Xero as they were posted.", "See what changed"),
    "draft": _settlements("quiet", "back", "Draft", "was rolled back and not posted again.",
                          "were rolled back and not posted again."),
    "other_file": Words("todo", "file", "Another file came", "1 settlement has a newer file that says something else.",
                        "{} settlements have newer files that say something else.", "Compare", "settlements.index"),
    "gap": Words("todo", "todo", "Missing period", "1 period between two settlements is not covered.",
                 "{} periods between settlements are not covered.", "See which", "settlements.index"),
    "sync_failed": Words("bad", "bad", "Sync from Xero failed", "The last one did not end well.", "", "See why",
                         _ACCOUNT, "sync"),
    "batch": Words("wait-for", "busy", "Batch under way", "1 settlement of it is still to come.",
                   "{} settlements of it are still to come.", "Watch it", "batches.show"),
}  # fmt: skip
_STATUSES = ("does_not_add_up", "needs_mapping", "failed", "unsure", "changed_in_xero", "draft")


@dataclass(frozen=True)
class Told:
    """A need as Home shows it."""

    words: Words
    sentence: str
    more: str
    address: str


def told(need: Need) -> Told:
    words = WORDS[need.name]
    sentence = (words.one if need.count == 1 or not words.many else words.many).format(f"{need.count:,}")
    return Told(words, sentence, need.told, _address(need, words))


def _address(need: Need, words: Words) -> str:
    asked: dict[str, object] = {"status": need.name} if need.name in _STATUSES else {}
    if need.name == "gap" and need.told:
        asked = {"marketplace": need.told}
    if need.name == "batch":
        asked = {"batch_id": need.batch}
    return url_for(words.endpoint, _anchor=words.anchor, **asked)
