"""Post, roll back, repost: one active document, whatever happens on the way."""

import threading

import pytest

from commands import consent
from models import AuditEntry, Posting, Settlement, Workspace, database
from services import line_types, mappings, posting_intents, postings, settings
from services.errors import NotConnected, Refused
from services.xero_connection import disconnect
from tests.xero_world import ADS, ANN, FEE, SALE, World


def test_posting_makes_one_approved_invoice_that_says_what_was_previewed(world):
    settlement_id = world.settlement((SALE, "120.00"), (FEE, "-18.00"))
    plan = postings.preview(settlement_id).plan
    outcome = postings.post(world.parts, settlement_id, ANN, plan.hash)
    assert (outcome.outcome, outcome.number, outcome.reference) == (
        "posted",
        "AMZ-TB-10001",
        f"(£102.00) TBUK-{settlement_id}",
    )
    (document,) = world.documents(settlement_id)
    assert (document.id, document.status, document.kind) == (outcome.document_id, "AUTHORISED", "invoice")
    assert (str(document.total), str(document.total_tax)) == ("102.00", "17.00")
    assert (document.contact_name, document.date, document.due_date) == ("Amazon.co.uk", "2026-05-17", "2026-05-17")
    assert [
        (line.description, line.account_code, line.tax_type, str(line.line_amount), str(line.tax_amount))
        for line in document.lines
    ] == [
        (line.description, line.account_code, line.tax_type, f"{line.gross / 100:.2f}", f"{line.tax / 100:.2f}")
        for line in plan.document_lines
    ]
    assert world.status(settlement_id) == "posted"


def test_one_post_takes_three_calls_look_up_draft_approve(world, monkeypatch):
    settlement_id = world.settlement()
    with world.counted(monkeypatch) as calls:
        outcome = postings.post(world.parts, settlement_id, ANN)
    assert calls == [("GET", "Invoices"), ("PUT", "Invoices"), ("POST", f"Invoices/{outcome.document_id}")]


def test_a_negative_settlement_becomes_a_credit_note_with_every_sign_turned(world):
    settlement_id = world.settlement((SALE, "12.00"), (ADS, "-30.00"))
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert (outcome.outcome, outcome.reference) == ("posted", f"(-£18.00) TBUK-{settlement_id}")
    (document,) = world.documents(settlement_id, "credit_note")
    assert (document.kind, document.status, str(document.total)) == ("credit_note", "AUTHORISED", "18.00")
    assert sorted(str(line.line_amount) for line in document.lines) == ["-12.00", "30.00"]


def test_a_zero_settlement_becomes_a_zero_invoice_and_can_be_taken_back(world):
    settlement_id = world.settlement(
        (SALE, "24.00"), (("other-transaction", "", "other-transaction", "Current Reserve Amount"), "-24.00")
    )
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    (document,) = world.documents(settlement_id)
    assert str(document.total) == "0.00" and str(document.total_tax) == "4.00"
    assert postings.roll_back(world.parts, settlement_id, ANN).outcome == "rolled_back"


def test_rollback_voids_the_document_and_returns_the_settlement_to_draft(world):
    settlement_id = world.settlement()
    posted = postings.post(world.parts, settlement_id, ANN)
    outcome = postings.roll_back(world.parts, settlement_id, ANN)
    assert (outcome.outcome, outcome.number) == ("rolled_back", "AMZ-TB-10001")
    assert world.documents(settlement_id) == []
    assert world.client().get_document("invoice", posted.document_id).status == "VOIDED"
    assert world.status(settlement_id) == "draft"
    assert postings.active_posting(world.stored(settlement_id)) is None


def test_after_rollback_and_post_number_and_reference_are_the_same_and_one_is_active(world):
    settlement_id = world.settlement()
    first = postings.post(world.parts, settlement_id, ANN)
    postings.roll_back(world.parts, settlement_id, ANN)
    second = postings.post(world.parts, settlement_id, ANN)
    assert (second.number, second.reference) == (first.number, first.reference)
    assert second.document_id != first.document_id
    assert [document.id for document in world.documents(settlement_id)] == [second.document_id]


def test_repost_reads_the_mappings_anew(world):
    settlement_id = world.settlement()
    first = postings.post(world.parts, settlement_id, ANN)
    mappings.save(world.parts, "SELLER_FEES", "402", "INPUT2", ANN)
    (difference,) = postings.preview(settlement_id).differences
    assert (difference.description, difference.account_before, difference.account_after) == ("Commission", "401", "402")
    again = postings.repost(world.parts, settlement_id, ANN)
    assert (again.outcome, again.number) == ("posted", first.number)
    (document,) = world.documents(settlement_id)
    assert {line.account_code for line in document.lines} == {"200", "402"}


def test_a_repost_takes_at_most_six_calls(world, monkeypatch):
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    with world.counted(monkeypatch) as calls:
        postings.repost(world.parts, settlement_id, ANN)
    assert len(calls) <= 6


def test_where_voided_numbers_are_held_the_first_repost_is_2_and_later_ones_rename_first(world):
    world.switch(voided_numbers="held")
    settlement_id = world.settlement()
    first = postings.post(world.parts, settlement_id, ANN)
    second = postings.repost(world.parts, settlement_id, ANN)
    assert (second.outcome, second.number) == ("posted", "AMZ-TB-10001-2")
    assert Workspace.get_by_id(1).voided_numbers_held
    third = postings.repost(world.parts, settlement_id, ANN)
    assert (third.outcome, third.number) == ("posted", "AMZ-TB-10001-2")
    voided = [world.client().get_document("invoice", each.document_id) for each in (first, second)]
    assert [(each.status, each.number) for each in voided] == [
        ("VOIDED", "AMZ-TB-10001"),
        ("VOIDED", "AMZ-TB-10001-2-V1"),
    ]
    assert [document.id for document in world.documents(settlement_id)] == [third.document_id]
    other = world.settlement()
    assert postings.post(world.parts, other, ANN).number == "AMZ-TB-10002"
    assert postings.repost(world.parts, other, ANN).number == "AMZ-TB-10002"  # renamed first: its number is free again


# --- what cannot be posted ------------------------------------------------------------------


def test_posting_a_posted_settlement_changes_nothing(world, monkeypatch):
    settlement_id = world.settlement()
    first = postings.post(world.parts, settlement_id, ANN)
    with world.counted(monkeypatch) as calls:
        again = postings.post(world.parts, settlement_id, ANN)
    assert (again.outcome, again.document_id, calls) == ("already_there", first.document_id, [])


def test_an_unmapped_settlement_is_not_posted_and_says_what_is_missing(workspace):
    world = World(workspace)
    world.connect()
    settlement_id = world.settlement()
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "needs_mapping"
    assert "Product sales" in outcome.reason
    assert world.documents(settlement_id) == []
    assert world.status(settlement_id) == "needs_mapping"


def test_an_unknown_line_type_holds_the_settlement_until_it_has_a_category(world):
    odd = (("other-transaction", "", "other-transaction", "Space Elevator Fee"), "-5.00")
    settlement_id = world.settlement((SALE, "120.00"), odd)
    assert world.status(settlement_id) == "needs_category"
    assert postings.post(world.parts, settlement_id, ANN).outcome == "needs_mapping"
    (waiting,) = line_types.unclassified()
    assert (waiting.line_type.amount_description, waiting.held, waiting.settlements) == (
        "Space Elevator Fee",
        {"GBP": -500},
        [settlement_id],
    )
    line_types.classify(world.parts, waiting.line_type, "STORAGE_FEES", ANN)
    assert world.status(settlement_id) == "ready"
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"


def test_lines_that_do_not_add_up_are_kept_and_never_posted(world):
    settlement_id = world.settlement((SALE, "120.00"), total="100.00")
    assert world.status(settlement_id) == "does_not_add_up"
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "£120.00" in outcome.reason and "£100.00" in outcome.reason
    assert world.documents(settlement_id) == []


def test_a_preview_that_is_stale_is_not_sent(world):
    settlement_id = world.settlement()
    seen = postings.preview(settlement_id).plan.hash
    settings.change(world.parts, "lines", "category", ANN)
    with pytest.raises(postings.StalePreview):
        postings.post(world.parts, settlement_id, ANN, seen)
    assert world.documents(settlement_id) == []


def test_a_stale_repost_leaves_the_posted_document_alone(world):
    settlement_id = world.settlement()
    posted = postings.post(world.parts, settlement_id, ANN)
    seen = postings.preview(settlement_id).plan.hash
    mappings.save(world.parts, "SELLER_FEES", "402", "INPUT2", ANN)
    with pytest.raises(postings.StalePreview):
        postings.repost(world.parts, settlement_id, ANN, seen)
    assert [document.id for document in world.documents(settlement_id)] == [posted.document_id]


def test_without_a_connection_nothing_is_written(world):
    settlement_id = world.settlement()
    disconnect(world.parts, ANN)
    with pytest.raises(NotConnected):
        postings.post(world.parts, settlement_id, ANN)
    assert Posting.select().count() == 0
    assert world.status(settlement_id) == "ready"


# --- Xero is silent, or has other ideas -----------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_after", "500_after"])
def test_a_create_whose_answer_is_lost_is_settled_by_asking(world, fault, monkeypatch):
    settlement_id = world.settlement()
    world.fault("PUT", "Invoices", fault)
    with world.counted(monkeypatch) as calls:
        outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "posted"
    assert [method for method, _ in calls].count("PUT") == 1  # asked, not sent again
    assert [document.id for document in world.documents(settlement_id)] == [outcome.document_id]


def test_while_xero_stays_silent_the_posting_is_unsure_and_sends_nothing(world, monkeypatch):
    settlement_id = world.settlement()
    world.fault("PUT", "Invoices", "drop_after")
    with silent_after_the_create(world, monkeypatch):
        outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "unsure"
    assert world.status(settlement_id) == "unsure"
    with world.counted(monkeypatch) as calls:
        settled = postings.settle(world.parts, settlement_id, ANN)
    assert settled.outcome == "posted"
    assert "PUT" not in [method for method, _ in calls]
    assert len(world.documents(settlement_id)) == 1


class silent_after_the_create:
    """Every look into Xero after the PUT goes unanswered."""

    def __init__(self, world, monkeypatch):
        self.world, self.patch = world, monkeypatch

    def __enter__(self):
        sandbox = type(self.world.parts.xero_http.wsgi_app)
        inner, world = sandbox.__call__, self.world

        def after_put(this, environ, start_response):
            if environ["REQUEST_METHOD"] == "PUT":
                world.fault("GET", "Invoices", "drop_before", times=99)
            return inner(this, environ, start_response)

        self.context = self.patch.context()
        self.context.__enter__().setattr(sandbox, "__call__", after_put)

    def __exit__(self, *error):
        self.context.__exit__(*error)
        self.world.no_faults()


def test_a_create_that_never_arrived_is_sent_again_by_itself_but_only_after_asking(world, clock, monkeypatch):
    settlement_id = world.settlement()
    world.fault("PUT", "Invoices", "drop_before")
    assert postings.post(world.parts, settlement_id, ANN).outcome == "unsure"
    assert postings.settle(world.parts, settlement_id, ANN).outcome == "unsure"  # it may still be on its way
    clock.advance(seconds=31)
    with world.counted(monkeypatch) as calls:
        assert [outcome.outcome for outcome in postings.settle_all(world.parts, ANN)] == ["posted"]
    assert [method for method, _ in calls] == ["GET", "PUT", "POST"]
    assert len(world.documents(settlement_id)) == 1


def test_a_create_that_never_arrives_fails_in_words_in_the_end(world, clock):
    settlement_id = world.settlement()
    world.fault("PUT", "Invoices", "drop_before", times=99)
    postings.post(world.parts, settlement_id, ANN)
    for _ in range(8):
        clock.advance(seconds=31)
        postings.settle_all(world.parts, ANN)
    assert world.status(settlement_id) == "failed"
    assert "Nothing was posted" in world.stored(settlement_id).state_reason
    world.no_faults()
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    assert len(world.documents(settlement_id)) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after", "503"])
def test_an_approval_whose_answer_is_lost_is_named_again_and_made_once(world, fault):
    settlement_id = world.settlement()
    world.fault("POST", "Invoices/*", fault)
    outcome = postings.post(world.parts, settlement_id, ANN)
    if outcome.outcome != "posted":
        assert outcome.outcome == "unsure"
        outcome = postings.settle(world.parts, settlement_id, ANN)
    assert outcome.outcome == "posted"
    (document,) = world.documents(settlement_id)
    assert document.status == "AUTHORISED"


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "503"])
def test_a_void_whose_answer_is_lost_is_settled(world, fault):
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    world.fault("POST", "Invoices/*", fault)
    outcome = postings.roll_back(world.parts, settlement_id, ANN)
    if outcome.outcome != "rolled_back":
        assert outcome.outcome == "unsure"
        assert postings.settle(world.parts, settlement_id, ANN).outcome == "rolled_back"
    assert world.documents(settlement_id) == []
    assert world.status(settlement_id) == "draft"


def test_xero_being_down_before_anything_was_sent_is_a_plain_failure(world):
    settlement_id = world.settlement()
    world.fault("GET", "Invoices", "503", times=9)
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "Nothing was posted" in outcome.reason
    world.no_faults()
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"


def test_a_document_voided_by_hand_can_be_rolled_back_here(world):
    settlement_id = world.settlement()
    posted = postings.post(world.parts, settlement_id, ANN)
    world.client().void("invoice", posted.document_id)
    assert postings.roll_back(world.parts, settlement_id, ANN).outcome == "rolled_back"


def test_a_locked_period_stops_the_rollback_and_nothing_changes(world):
    settlement_id = world.settlement()
    posted = postings.post(world.parts, settlement_id, ANN)
    world.lock("2026-12-31")
    outcome = postings.roll_back(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "locked" in outcome.reason
    assert [document.id for document in world.documents(settlement_id)] == [posted.document_id]
    assert world.status(settlement_id) == "posted"
    assert postings.repost(world.parts, settlement_id, ANN).outcome == "failed"
    assert [document.id for document in world.documents(settlement_id)] == [posted.document_id]


def test_a_refused_approval_leaves_no_draft_behind(world):
    settlement_id = world.settlement()
    world.lock("2026-12-31")  # since the last sync, so that only Xero knows
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "locked" in outcome.reason
    assert world.documents(settlement_id) == []
    world.lock("")
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"


# --- documents that are there already -------------------------------------------------------


def test_a_document_of_ours_from_a_lost_database_is_adopted(world):
    settlement_id = world.settlement()
    first = postings.post(world.parts, settlement_id, ANN)
    forget_the_posting(world, settlement_id)
    again = postings.post(world.parts, settlement_id, ANN)
    assert (again.outcome, again.document_id) == ("already_there", first.document_id)
    assert len(world.documents(settlement_id)) == 1
    assert world.status(settlement_id) == "posted"


def test_other_active_documents_of_the_settlement_make_way_and_their_lowest_number_is_used(world):
    settlement_id = world.settlement()
    first = postings.post(world.parts, settlement_id, ANN)
    forget_the_posting(world, settlement_id)
    mappings.save(world.parts, "SELLER_FEES", "402", "INPUT2", ANN)
    Settlement.update(number="AMZ-TB-10099").where(Settlement.settlement_id == settlement_id).execute()
    again = postings.post(world.parts, settlement_id, ANN)
    assert (again.outcome, again.number) == ("posted", "AMZ-TB-10001")
    assert world.client().get_document("invoice", first.document_id).status == "VOIDED"
    assert [document.id for document in world.documents(settlement_id)] == [again.document_id]
    assert AuditEntry.get(AuditEntry.action == "number.retired").facts == {
        "number": "AMZ-TB-10099",
        "instead": "AMZ-TB-10001",
    }


def test_a_reference_whose_amount_was_edited_by_hand_hides_nothing(world):
    settlement_id = world.settlement()
    first = postings.post(world.parts, settlement_id, ANN)
    forget_the_posting(world, settlement_id)
    world.client()._change("invoice", first.document_id, Reference=f"(about a hundred) TBUK-{settlement_id}")
    assert postings.post(world.parts, settlement_id, ANN).outcome == "already_there"


def test_a_settlement_whose_id_begins_with_another_is_not_mistaken_for_it(world):
    short, long = world.settlement(settlement_id="2600000"), world.settlement(settlement_id="26000001")
    assert postings.post(world.parts, long, ANN).outcome == "posted"
    assert postings.post(world.parts, short, ANN).outcome == "posted"
    assert len(world.documents(short)) == len(world.documents(long)) == 1


def test_a_number_taken_by_a_stranger_is_given_up_and_said(world):
    stranger = world.settlement()
    postings.post(world.parts, stranger, ANN)
    settlement_id = world.settlement()
    Settlement.update(number="AMZ-TB-99").where(Settlement.settlement_id == stranger).execute()
    Settlement.update(number="AMZ-TB-10001").where(Settlement.settlement_id == settlement_id).execute()
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "AMZ-TB-10001 is taken" in outcome.reason
    again = postings.post(world.parts, settlement_id, ANN)
    assert again.outcome == "posted" and again.number not in ("AMZ-TB-10001", "AMZ-TB-10002")


def forget_the_posting(world, settlement_id: str) -> None:
    """As if the database had been lost after posting."""
    row = world.stored(settlement_id)
    Posting.delete().where(Posting.settlement == row).execute()
    Settlement.update(state="in_hand").where(Settlement.id == row.id).execute()


# --- many at once ---------------------------------------------------------------------------


def test_ten_presses_at_once_make_one_document(world):
    settlement_id = world.settlement()
    together, outcomes = threading.Barrier(10), []

    def press():
        together.wait()
        with database.connection_context():
            outcomes.append(postings.post(world.parts, settlement_id, ANN).outcome)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("posted") == 1
    assert set(outcomes) <= {"posted", "already_there", "unsure"}
    assert len(world.documents(settlement_id)) == 1


def test_what_was_left_half_way_is_settled_at_start_up(world):
    drafted, unsent = world.settlement(), world.settlement()
    world.fault("POST", "Invoices/*", "503", times=9)
    assert postings.post(world.parts, drafted, ANN).outcome == "unsure"
    world.no_faults()
    plan = postings.preview(unsent).plan
    posting_intents.start(world.parts, world.stored(unsent), plan, ANN)  # the process died right after the intent
    assert {outcome.outcome for outcome in postings.settle_all(world.parts, ANN)} == {"posted"}
    assert len(world.documents(drafted)) == len(world.documents(unsent)) == 1


def test_every_step_is_remembered_with_who_took_it(world):
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    postings.roll_back(world.parts, settlement_id, ANN)
    told = [
        (entry.action, entry.actor)
        for entry in AuditEntry.select()
        .where(AuditEntry.subject == f"settlement:{settlement_id}")
        .order_by(AuditEntry.id)
    ]
    assert told == [
        (action, "ann@example.com")
        for action in ("settlement.received", "posting.started", "posting.posted", "posting.rolled_back")
    ]


# --- a verb does what it says ---------------------------------------------------------------


def test_rolling_back_what_is_unsure_settles_it_first_and_then_voids_it(world):
    settlement_id = world.settlement()
    world.fault("POST", "Invoices/*", "drop_before")
    assert postings.post(world.parts, settlement_id, ANN).outcome == "unsure"
    world.no_faults()
    outcome = postings.roll_back(world.parts, settlement_id, ANN)
    assert outcome.outcome == "rolled_back"
    assert world.documents(settlement_id) == []
    assert world.status(settlement_id) == "draft"


def test_reposting_what_is_unsure_posts_the_new_plan(world):
    settlement_id = world.settlement()
    world.fault("POST", "Invoices/*", "drop_before")
    assert postings.post(world.parts, settlement_id, ANN).outcome == "unsure"
    world.no_faults()
    mappings.save(world.parts, "SELLER_FEES", "402", "INPUT2", ANN)
    assert postings.repost(world.parts, settlement_id, ANN).outcome == "posted"
    (document,) = world.documents(settlement_id)
    assert {line.account_code for line in document.lines} == {"200", "402"}


def test_posting_what_is_half_rolled_back_ends_posted(world):
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    world.fault("POST", "Invoices/*", "drop_before", times=9)
    assert postings.roll_back(world.parts, settlement_id, ANN).outcome == "unsure"
    world.no_faults()
    assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    assert len(world.documents(settlement_id)) == 1


def test_a_settlement_of_nothing_but_zeros_says_that_there_is_nothing_to_post(world):
    settlement_id = world.settlement((SALE, "10.00"), (SALE, "-10.00"))
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert outcome.outcome == "failed" and "nothing to post" in outcome.reason


# --- after a lost database, or in another organisation --------------------------------------


def test_a_document_whose_number_another_settlement_was_allotted_here_is_adopted_all_the_same(world):
    ours = world.settlement()
    first = postings.post(world.parts, ours, ANN)
    forget_the_posting(world, ours)
    Settlement.update(number="AMZ-TB-10050").where(Settlement.settlement_id == ours).execute()
    other = world.settlement((SALE, "7.00"))
    Settlement.update(number=first.number).where(Settlement.settlement_id == other).execute()
    outcome = postings.post(world.parts, ours, ANN)
    assert (outcome.outcome, outcome.document_id, outcome.number) == ("already_there", first.document_id, first.number)
    assert postings.roll_back(world.parts, ours, ANN).outcome == "rolled_back"


def test_what_was_posted_in_one_organisation_is_not_rolled_back_in_another(world):
    settlement_id = world.settlement()
    posted = postings.post(world.parts, settlement_id, ANN)
    disconnect(world.parts, ANN)
    world.connect("US")
    with pytest.raises(Refused, match=r"TrueBooks Demo \(UK\)"):
        postings.roll_back(world.parts, settlement_id, ANN)
    assert not postings.repost(world.parts, settlement_id, ANN).is_done
    assert world.status(settlement_id) == "posted"
    disconnect(world.parts, ANN)
    world.connect("UK")
    assert [document.id for document in world.documents(settlement_id)] == [posted.document_id]
    assert postings.roll_back(world.parts, settlement_id, ANN).outcome == "rolled_back"


def test_after_a_switch_whose_first_sync_failed_the_old_organisations_accounts_do_not_count(world):
    settlement_id = world.settlement()
    disconnect(world.parts, ANN)
    world.fault("GET", "Organisation", "drop_before", times=9)
    consent.connect(world.parts, "US")
    world.no_faults()
    outcome = postings.post(world.parts, settlement_id, ANN)
    assert (outcome.outcome, "Sync from Xero" in outcome.reason) == ("needs_mapping", True)
    assert world.documents(settlement_id) == []
