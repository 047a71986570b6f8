"""What posting leans on at Xero is asked, and told apart where the sandbox can play the other way."""

from services.live_check import posting_checks
from services.live_check.probe import Probe
from tests.services.test_live_check import asked, world  # noqa: F401

OTHERWISE = {"voided_credit_note_number": ("held", {"voided_numbers": "held"})}


def test_switched_the_other_way_the_numbers_of_credit_notes_are_held(world):  # noqa: F811
    for _, switches in OTHERWISE.values():
        world.switch(**switches)
    world.connect()
    answers = asked(world)
    assert {name: answers[name].answer for name in OTHERWISE} == {name: other for name, (other, _) in OTHERWISE.items()}


def test_with_the_permission_journals_are_tried_and_none_is_left(world):  # noqa: F811
    world.connect()
    probe = Probe(world.parts)
    probe.call = with_journals(probe)
    assert posting_checks.journal_statuses(probe)[0] == "taken"
    assert posting_checks.filter_journals(probe)[0] == "at_once"
    assert set(probe.call.left.values()) == {"VOIDED", "DELETED"}


def with_journals(probe: Probe):
    """A line that keeps journals itself: the sandbox's consent leaves that permission out here."""
    real, left, ids = probe.call, {}, iter(f"00000000-0000-4000-8000-{each:012}" for each in range(9))

    def call(method, path, body=None, **named):
        if not path.startswith("ManualJournals"):
            return real(method, path, body, **named)
        if method == "GET":
            return answered(left)
        element = body["ManualJournals"][0]
        journal_id = element.get("ManualJournalID") or next(ids)
        left[journal_id] = element["Status"]
        return answered({journal_id: element["Status"]})

    call.left = left
    return call


def answered(journals: dict[str, str]):
    from services.live_check.probe import Told

    found = [{"ManualJournalID": journal_id, "Status": status} for journal_id, status in journals.items()]
    return Told(200, {"ManualJournals": found}, {}, "")
