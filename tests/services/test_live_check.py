"""The live check asks Xero, tells answers apart, and takes back what it made; the sandbox plays both ways."""

import dataclasses
import re
from pathlib import Path

import pytest

from services import live_check, xero_connection
from services.errors import NotConnected, Refused
from services.live_check import Answer, document_checks
from services.live_check.probe import LISTS, Probe
from tests.conftest import make_config
from tests.xero.consent_world import UK, ConsentWorld

DOC = Path(__file__).parents[2] / "docs" / "live-check.md"


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.limit(minute=1000)
    return world


def asked(world: ConsentWorld) -> dict[str, Answer]:
    return {each.belief.name: each for each in live_check.check(world.parts) if isinstance(each, Answer)}


def test_every_question_gets_an_answer_that_says_what_truebooks_does(world):
    world.connect()
    answers = asked(world)
    assert list(answers) == [belief.name for belief in live_check.beliefs()]
    for name, each in answers.items():
        assert each.means, f"{name}: {each.answer} ({each.seen})"


USUAL = {
    "callback_extras": "sent", "consent_event": "named", "tenant_id": "same", "old_refresh_token": "taken",
    "access_after_refresh": "valid", "missing_scope": "said", "limits_told": "both", "unknown_document": "not_found",
    "contacts_changed": "empty_list", "duplicate_number": "known_words", "voided_number": "free",
    "deleted_number": "free", "renamed_before_void": "free", "tax_amount": "taken", "zero_rate_tax_amount": "ignored",
    "negative_total": "refused", "zero_total": "authorised", "search_invoice": "at_once",
    "search_credit_note": "at_once", "same_key": "same", "key_after_refresh": "same", "many_lines": "accepted",
    "partial_change": "kept", "approved_twice": "accepted", "voided_twice": "refused", "void_of_a_draft": "refused",
    "voided_credit_note_number": "free", "number_over_kinds": "free", "bill_numbers": "shared",
    "each_for_itself": "each", "key_with_another_body": "refused", "key_remembers_errors": "remembers",
    "search_reference": "at_once", "filter_credit_notes": "at_once", "lines_by_ids": "with_lines",
    "invoices_changed": "honoured", "journal_statuses": "no_permission", "filter_journals": "no_permission",
}
SWITCHED = {
    "callback_extras": ("left_out", {"callback_extras": "left_out"}),
    "access_after_refresh": ("ended", {"access_after_refresh": "ended"}),
    "missing_scope": ("plain_403", {"missing_scope": "403"}),
    "voided_number": ("held", {"voided_numbers": "held"}),
    "deleted_number": ("held", {"deleted_numbers": "held"}),
    "zero_rate_tax_amount": ("refused", {"zero_rate_tax_amount": "refused"}),
    "zero_total": ("paid", {"zero_total": "paid"}),
    "key_after_refresh": ("another", {"idempotency_owner": "token"}),
    "many_lines": ("refused", {"most_lines": "300"}),
}


def test_the_sandbox_answers_as_its_switches_stand(world):
    world.connect()
    assert {name: each.answer for name, each in asked(world).items()} == USUAL


def test_switched_the_other_way_each_answer_is_the_other_one(world):
    for _, switches in SWITCHED.values():
        world.switch(**switches)
    world.connect()
    answers = {name: each.answer for name, each in asked(world).items()}
    expected = {name: other for name, (other, _) in SWITCHED.items()}
    assert {name: answers[name] for name in expected} == expected
    assert {each.belief.name for each in asked(world).values() if not each.means} == set()


def test_a_second_consent_is_told_apart(world):
    world.connect()
    world.connect()
    assert asked(world)["consent_event"].answer == "empty"


def test_everything_made_is_taken_back(world):
    world.connect()
    *_, last = live_check.check(world.parts)
    mark = re.search(r"reference (TBLIVE-\w+)\) is voided or deleted again", last)[1]
    probe = Probe(world.parts)
    listed = [each for path in ("Invoices", "CreditNotes")
              for each in probe.call("GET", path, query={"page": "1", "pageSize": "1000"}).body[path]]
    made = [each for each in listed if each.get("Reference") == mark]
    assert len(made) > 15
    assert {each["Status"] for each in made} == {"VOIDED", "DELETED"}
    contacts = probe.call("GET", "Contacts", query={"searchTerm": mark}).body["Contacts"]
    assert contacts == [], "its contact is archived"


def test_what_could_not_be_taken_back_is_named(world):
    world.connect()
    results = live_check.check(world.parts)
    for each in results:
        if isinstance(each, Answer) and each.belief.name == "many_lines":
            world.fault("POST", "/api.xro/2.0/Invoices/*", "500_before", times=3)
        last = each
    assert re.search(r"could not be taken back, please void or delete them in Xero: TBLIVE-[0-9A-F-]+\.$", last)


def marked(world: ConsentWorld) -> dict[str, str]:
    """Number → status of everything in Xero that bears the mark of a live check."""
    probe, found = Probe(world.parts), {}
    for path, (_, number) in LISTS.items():
        listed = probe.call("GET", path, query={"page": "1", "pageSize": "1000"}).elements(path)
        found |= {each[number]: each["Status"] for each in listed if str(each.get("Reference")).startswith("TBLIVE-")}
    return found


def test_a_document_whose_answer_was_lost_is_found_by_its_mark_and_taken_back_too(world):
    world.connect()
    for path in LISTS:
        world.fault("PUT", f"/api.xro/2.0/{path}", "drop_after")
    *_, last = live_check.check(world.parts)
    assert "is voided or deleted again" in last
    assert len(marked(world)) > 10
    assert set(marked(world).values()) == {"VOIDED", "DELETED"}


@pytest.mark.parametrize("fault", ["drop_before", "500_before", "html"])
def test_one_call_that_fails_while_clearing_leaves_the_others_cleared(world, fault):
    world.connect()
    for each in live_check.check(world.parts):
        if isinstance(each, Answer) and each.belief.name == "many_lines":
            for path in ("Invoices", "Invoices/*", "CreditNotes", "CreditNotes/*", "Contacts"):
                world.fault("GET", f"/api.xro/2.0/{path}", fault)
    assert set(marked(world).values()) == {"VOIDED", "DELETED"}


def test_lists_that_cannot_be_read_are_named_for_a_person_to_look_through(world):
    world.connect()
    for each in live_check.check(world.parts):
        if isinstance(each, Answer) and each.belief.name == "many_lines":
            for path in ("CreditNotes", "Contacts"):
                world.fault("GET", f"/api.xro/2.0/{path}", "503", times=9)
        last = each
    assert re.search(r"whatever bears TBLIVE-\w+ among the CreditNotes; the contact “TrueBooks live check", last)
    assert set(marked(world).values()) == {"VOIDED", "DELETED"}, "what was answered is known all the same"


def test_a_create_that_was_never_answered_and_is_not_there_yet_is_told(world):
    world.connect()
    world.fault("PUT", "/api.xro/2.0/Invoices", "drop_before")
    *_, last = live_check.check(world.parts)
    assert "should one turn up later: Xero did not answer its creation" in last


def test_stopped_by_hand_it_takes_back_what_was_made_and_says_so(world, monkeypatch):
    def stop(probe):
        raise KeyboardInterrupt

    world.connect()
    monkeypatch.setattr(document_checks, "many_lines", stop)
    *_, stopped, last = live_check.check(world.parts)
    assert stopped.startswith("Stopped.")
    assert "is voided or deleted again" in last
    assert set(marked(world).values()) == {"VOIDED", "DELETED"}


def test_a_body_that_makes_no_sense_is_an_answer_not_tried_and_ends_nothing(world):
    world.connect()
    world.rewrite = lambda path, answer: b'{"Invoices": 5}' if path == "/api.xro/2.0/Invoices" else answer
    answers = asked(world)
    assert answers["zero_total"].answer == "not tried"
    assert answers["search_credit_note"].answer == "at_once"


def test_one_question_that_fails_leaves_the_others_asked(world):
    world.connect()
    world.fault("GET", "/api.xro/2.0/Payments", "drop_before")
    answers = asked(world)
    assert answers["missing_scope"].answer == "not tried"
    assert "did not answer" in answers["missing_scope"].seen
    assert answers["many_lines"].answer == "accepted"


def test_afterwards_the_connection_still_works(world):
    world.connect()
    asked(world)
    assert xero_connection.card(world.parts).is_connected
    world.clock.advance(minutes=31)
    assert xero_connection.client(world.parts).organisation().name == UK


def test_real_books_are_left_alone(world, tmp_path):
    world.connect()
    world.rewrite = lambda path, answer: re.sub(rb'("IsDemoCompany": )true', rb"\1false", answer)
    live = dataclasses.replace(world.parts, config=make_config(tmp_path / "data", mode="live"))
    with pytest.raises(Refused, match=r"is not a Demo Company.*connect Xero's Demo Company"):
        list(live_check.check(live))


def test_without_a_connection_it_says_what_to_do(world):
    with pytest.raises(NotConnected, match="press Connect Xero"):
        list(live_check.check(world.parts))


def test_the_document_lists_every_question():
    listed = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [(each.name, each.asks, each.evidence) for each in live_check.beliefs()]


def test_every_belief_has_more_than_one_answer():
    assert all(len(each.answers) > 1 for each in live_check.beliefs())
