"""The integrity tools against the sandbox: found, said, repaired; nothing else is touched."""

import pytest

from models import Posting
from services import integrity, postings
from services.errors import AppError
from tests.xero_world import ANN, FEE, SALE


@pytest.fixture
def posted(world) -> list[str]:
    ids = [world.settlement((SALE, f"{100 + number}.00"), (FEE, "-18.00")) for number in range(4)]
    for settlement_id in ids:
        assert postings.post(world.parts, settlement_id, ANN).outcome == "posted"
    return ids


def duplicate(world, settlement_id: str, number: str, approved: bool = True):
    """A second document of the settlement, as another tool or a hand would make it."""
    body = postings.active_posting(world.stored(settlement_id)).payload
    made = world.client().create_document("invoice", body.replace(world.stored(settlement_id).number, number), number)
    return world.client().approve("invoice", made.id) if approved else made


def run(world, mode: str) -> dict[str, dict]:
    """The findings by kind; each kind at most once in these tests."""
    row = integrity.run(world.parts, mode, ANN)
    assert len({each["kind"] for each in row.findings}) == len(row.findings)
    return {each["kind"]: each for each in row.findings}


def test_where_all_agrees_nothing_is_found_in_few_calls(world, posted):
    row = integrity.run(world.parts, integrity.SCAN, ANN)
    assert (row.findings, row.documents) == ([], 4)
    assert row.calls <= 2


def test_a_dry_run_says_what_the_repair_does_and_changes_nothing(world, posted, monkeypatch):
    duplicate(world, posted[0], "AMZ-TB-20001")
    with world.counted(monkeypatch) as calls:
        found = run(world, integrity.DRY_RUN)
    assert found["duplicate"]["outcome"] == "planned"
    assert {method for method, _ in calls} == {"GET"}
    assert len(world.documents(posted[0])) == 2


def test_the_repair_keeps_the_lowest_number_and_voids_the_rest(world, posted):
    twin = duplicate(world, posted[0], "AMZ-TB-20001")
    found = run(world, integrity.REPAIR)
    assert found["duplicate"]["outcome"] == "repaired"
    assert world.client().get_document("invoice", twin.id).status == "VOIDED"
    assert len(world.documents(posted[0])) == 1
    assert run(world, integrity.SCAN) == {}
    assert [world.status(each) for each in posted] == ["posted"] * 4


def test_where_another_than_the_posted_one_is_kept_the_posting_names_it(world, posted):
    lower = duplicate(world, posted[0], "AMZ-TB-9000")
    run(world, integrity.REPAIR)
    posting = postings.active_posting(world.stored(posted[0]))
    assert (posting.document_id, posting.number) == (lower.id, "AMZ-TB-9000")
    assert postings.roll_back(world.parts, posted[0], ANN).outcome == "rolled_back"
    assert world.documents(posted[0]) == []


def test_a_paid_duplicate_is_kept_and_two_paid_ones_are_reported(world, posted):
    world.pay(duplicate(world, posted[0], "AMZ-TB-20001").id)
    found = run(world, integrity.REPAIR)
    assert found["duplicate"]["outcome"] == "repaired"
    assert [document.number for document in world.documents(posted[0])] == ["AMZ-TB-20001"]
    for each in (duplicate(world, posted[1], "AMZ-TB-20002").id,
                 postings.active_posting(world.stored(posted[1])).document_id):
        world.pay(each)
    assert run(world, integrity.REPAIR)["two_paid"]["outcome"] == "reported"
    assert [document.status for document in world.documents(posted[1])] == ["PAID", "PAID"]


def test_voided_by_hand_brings_the_settlement_back_to_draft(world, posted):
    world.client().void("invoice", postings.active_posting(world.stored(posted[2])).document_id)
    assert run(world, integrity.SCAN)["voided"]["outcome"] is None
    assert world.status(posted[2]) == "posted"
    assert run(world, integrity.REPAIR)["voided"]["outcome"] == "repaired"
    assert world.status(posted[2]) == "draft"
    assert postings.post(world.parts, posted[2], ANN).outcome == "posted"


def test_an_edit_that_keeps_the_total_is_found_by_its_lines(world, posted, clock):
    clock.advance(minutes=5)
    document = world.documents(posted[1])[0]
    line = {"Description": "Everything", "Quantity": 1, "UnitAmount": str(document.total), "AccountCode": "200",
            "TaxType": "OUTPUT2", "TaxAmount": str(document.total_tax)}
    world.edit(document.id, LineItems=[line])
    assert "edited" in run(world, integrity.REPAIR)["changed"]["repair"]
    assert world.status(posted[1]) == "changed_in_xero"
    assert postings.repost(world.parts, posted[1], ANN).outcome == "posted"
    assert run(world, integrity.SCAN) == {}


def test_a_stray_draft_is_deleted_and_an_unknown_document_is_left(world, posted):
    stray = duplicate(world, posted[0], "AMZ-TB-20001", approved=False)
    body = postings.active_posting(world.stored(posted[1])).payload
    theirs = world.client().create_document(
        "invoice", body.replace(f"TBUK-{posted[1]}", "TBUK-999").replace("AMZ-TB-10002", "AMZ-TB-30000"), "x")
    found = run(world, integrity.REPAIR)
    assert found["stray_draft"]["outcome"] == "repaired" and found["unknown"]["outcome"] == "reported"
    assert world.client().get_document("invoice", stray.id).status == "DELETED"
    assert world.client().get_document("invoice", theirs.id).status == "DRAFT"


def test_a_group_that_xero_refuses_is_explained_and_the_others_are_done(world, posted):
    duplicate(world, posted[0], "AMZ-TB-20001")
    locked = duplicate(world, posted[1], "AMZ-TB-20002")
    world.edit(locked.id, Date="2025-01-01", DueDate="2025-01-01")
    world.lock("2025-12-31")
    row = integrity.run(world.parts, integrity.REPAIR, ANN)
    told = {each["outcome"]: each for each in row.findings}
    assert set(told) == {"repaired", "failed"} and "locked" in told["failed"]["reason"]
    assert len(world.documents(posted[0])) == 1 and len(world.documents(posted[1])) == 2


def test_what_is_just_being_posted_is_left_alone(world, posted):
    world.fault("POST", "Invoices/*", "drop_before", times=9)
    busy = world.settlement()
    assert postings.post(world.parts, busy, ANN).outcome == "unsure"
    world.no_faults()
    assert run(world, integrity.REPAIR) == {}
    assert Posting.select().where(Posting.state == "drafted").count() == 1


# --- in the background -------------------------------------------------------------------------


def test_a_repair_that_a_restart_interrupted_goes_on_and_reports_both_halves(world, posted, monkeypatch):
    for number, settlement_id in enumerate(posted[:2]):
        duplicate(world, settlement_id, f"AMZ-TB-2000{number}")
    begun = integrity.begin(world.parts, integrity.REPAIR, ANN)
    real, dealt = integrity.repaired, []

    def dies_at_the_second(*args):
        if dealt:
            raise KeyboardInterrupt
        dealt.append(args)
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(integrity, "repaired", dies_at_the_second)
        patch.setattr(integrity, "_end", lambda *_, **__: None)  # the process is gone: it writes nothing more
        with pytest.raises(KeyboardInterrupt):
            integrity.work(world.parts)
    assert integrity.under_way().id == begun.id
    integrity.work(world.parts)
    assert [each["outcome"] for each in integrity.last().findings] == ["repaired", "repaired"]
    assert [len(world.documents(each)) for each in posted[:2]] == [1, 1]


def test_a_mistake_of_ours_ends_the_run_in_words_instead_of_trying_for_ever(world, posted, monkeypatch):
    integrity.begin(world.parts, integrity.SCAN, ANN)
    with monkeypatch.context() as patch:
        patch.setattr(integrity.integrity_scan, "scan", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            integrity.work(world.parts)
    assert not integrity.unfinished() and "made a mistake" in integrity.last().error


def test_xero_out_of_reach_ends_the_run_with_why_and_the_next_press_is_free(world, posted):
    world.fault("GET", "Invoices", "503", times=9)
    with pytest.raises(AppError, match="offline"):
        integrity.run(world.parts, integrity.SCAN, ANN)
    world.no_faults()
    assert integrity.run(world.parts, integrity.SCAN, ANN).findings == []


# --- on what still stands as it was seen -------------------------------------------------------


def while_repairing(monkeypatch, meanwhile):
    """``meanwhile`` happens between the scan and the first repair."""
    real, done = integrity.repaired, []

    def repaired(*args):
        if not done:
            done.append(meanwhile())
        return real(*args)

    monkeypatch.setattr(integrity, "repaired", repaired)


def test_a_settlement_that_was_reposted_since_the_scan_is_left_alone(world, posted, monkeypatch):
    twin = duplicate(world, posted[0], "AMZ-TB-9000")
    while_repairing(monkeypatch, lambda: postings.repost(world.parts, posted[0], ANN))
    found = run(world, integrity.REPAIR)
    assert found["duplicate"]["outcome"] == "failed" and "worked on since" in found["duplicate"]["reason"]
    assert len(world.documents(posted[0])) == 1
    assert world.client().get_document("invoice", twin.id).status in ("AUTHORISED", "VOIDED")
    assert run(world, integrity.SCAN) == {}


def test_nothing_is_voided_for_the_sake_of_a_document_that_is_gone_by_now(world, posted, monkeypatch):
    lower = duplicate(world, posted[0], "AMZ-TB-9000")
    while_repairing(monkeypatch, lambda: world.client().void("invoice", lower.id))
    found = run(world, integrity.REPAIR)
    assert "AMZ-TB-9000, which was to be kept, is not there any more" in found["duplicate"]["reason"]
    assert [document.number for document in world.documents(posted[0])] == ["AMZ-TB-10001"]
    assert world.status(posted[0]) == "posted"


def test_two_findings_of_one_settlement_are_both_repaired(world, posted):
    duplicate(world, posted[0], "AMZ-TB-20001")
    duplicate(world, posted[0], "AMZ-TB-20002", approved=False)
    found = run(world, integrity.REPAIR)
    assert (found["duplicate"]["outcome"], found["stray_draft"]["outcome"]) == ("repaired", "repaired")
    assert run(world, integrity.SCAN) == {}


def test_what_a_repair_began_to_void_is_never_posted_again_even_if_nobody_saw_it_end(world, posted):
    twin = duplicate(world, posted[0], "AMZ-TB-20001")
    world.fault("POST", f"Invoices/{twin.id}", "drop_before")
    assert run(world, integrity.REPAIR)["duplicate"]["outcome"] == "failed"
    postings.roll_back(world.parts, posted[0], ANN)
    assert postings.post(world.parts, posted[0], ANN).document_id != twin.id
    assert len(world.documents(posted[0])) == 1


def test_of_two_paid_documents_the_posting_goes_on_naming_its_own(world, posted):
    mine = postings.active_posting(world.stored(posted[0])).document_id
    for each in (mine, duplicate(world, posted[0], "AMZ-TB-9000").id):
        world.pay(each)
    assert run(world, integrity.REPAIR)["two_paid"]["outcome"] == "reported"
    assert postings.active_posting(world.stored(posted[0])).document_id == mine


# --- edited so that no list shows it; kinds, money and numbers ---------------------------------


@pytest.mark.parametrize("fields", [
    {"InvoiceNumber": "INV-77", "Reference": "Amazon May"}, {"Reference": "Amazon May"}])
def test_one_whose_name_was_edited_is_asked_for_and_not_called_missing(world, posted, fields):
    posting = postings.active_posting(world.stored(posted[0]))
    world.edit(posting.document_id, **fields)
    found = run(world, integrity.REPAIR)
    assert found.keys() == {"changed"} and "number or reference was edited" in found["changed"]["repair"]
    assert world.status(posted[0]) == "changed_in_xero"
    assert postings.post(world.parts, posted[0], ANN).outcome == "already_there"
    assert world.client().get_document("invoice", posting.document_id).status == "AUTHORISED"
    assert postings.repost(world.parts, posted[0], ANN).outcome == "posted"
    assert world.client().get_document("invoice", posting.document_id).status == "VOIDED"


def test_refresh_sees_that_the_name_was_edited(world, posted):
    from services import document_states

    world.edit(postings.active_posting(world.stored(posted[0])).document_id, InvoiceNumber="INV-7", Reference="May")
    assert document_states.refresh_one(world.parts, posted[0], ANN) == "changed_in_xero"


def test_an_approved_one_is_kept_before_our_draft(world):
    from services import settings

    settings.change(world.parts, "document_status", "draft", ANN)
    settlement_id = world.settlement()
    postings.post(world.parts, settlement_id, ANN)
    twin = duplicate(world, settlement_id, "AMZ-TB-90001")
    run(world, integrity.REPAIR)
    assert [(each.id, each.status) for each in world.documents(settlement_id)] == [(twin.id, "AUTHORISED")]


def test_one_with_a_part_payment_is_kept_before_a_lower_number(world, posted):
    from models import XeroConnection

    ours = postings.active_posting(world.stored(posted[0])).document_id
    duplicate(world, posted[0], "AMZ-TB-19")
    tenant = XeroConnection.get_by_id(1).tenant_id
    paid = world._hand.post(f"/sandbox/{tenant}/invoices/{ours}/payment", json={"amount": "1.00"})
    assert paid.status_code < 400
    assert run(world, integrity.REPAIR)["duplicate"]["outcome"] == "repaired"
    assert [each.id for each in world.documents(posted[0])] == [ours]


def test_after_a_repair_a_repost_keeps_the_number_and_the_history_tells_of_it(world, posted):
    from models import AuditEntry

    duplicate(world, posted[0], "AMZ-TB-19")
    run(world, integrity.REPAIR)
    assert postings.repost(world.parts, posted[0], ANN).number == "AMZ-TB-19"
    (entry,) = AuditEntry.select().where(AuditEntry.action == "integrity.repairing")
    assert (entry.subject, entry.facts["numbers"]) == (f"settlement:{posted[0]}", "AMZ-TB-10001")


def test_a_finding_that_a_repost_has_overtaken_is_not_repaired(world, posted):
    from services.errors import Refused
    from services.integrity_repair import repaired
    from services.integrity_scan import scan

    client = world.client()
    client.void("invoice", postings.active_posting(world.stored(posted[0])).document_id)
    seen = scan(client)
    assert postings.repost(world.parts, posted[0], ANN).outcome == "posted"
    with pytest.raises(Refused, match="worked on since"):
        repaired(world.parts, client, seen.findings[0], dict(seen.seen), ANN)
    assert world.status(posted[0]) == "posted" and len(world.documents(posted[0])) == 1


def test_a_finding_whose_posting_another_finding_ended_is_told_in_words(world, posted):
    from services.errors import Refused
    from services.integrity_repair import repaired
    from services.integrity_scan import scan

    client = world.client()
    client.void("invoice", postings.active_posting(world.stored(posted[0])).document_id)
    found = scan(client)
    seen = dict(found.seen)
    assert repaired(world.parts, client, found.findings[0], seen, ANN).outcome == "repaired"
    with pytest.raises(Refused, match="worked on since"):
        repaired(world.parts, client, found.findings[0], seen, ANN)
    assert world.status(posted[0]) == "draft"


def test_nothing_is_voided_for_one_that_is_not_there_any_more(world, posted):
    from services.errors import Refused
    from services.integrity_repair import repaired
    from services.integrity_scan import scan

    client, twin = world.client(), duplicate(world, posted[0], "AMZ-TB-19")
    seen = scan(client)
    client.void("invoice", twin.id)
    with pytest.raises(Refused, match="nothing was voided"):
        repaired(world.parts, client, seen.findings[0], dict(seen.seen), ANN)
    assert len(world.documents(posted[0])) == 1 and world.status(posted[0]) == "posted"


def test_a_credit_note_that_is_kept_is_what_a_rollback_voids(world, posted):
    note = {"Description": "x", "Quantity": 1, "UnitAmount": "9.00", "AccountCode": "200", "TaxType": "NONE"}
    made = world.client().write("PUT", "CreditNotes", {"CreditNotes": [{
        "Type": "ACCRECCREDIT", "Status": "DRAFT", "CreditNoteNumber": "AMZ-TB-9", "Contact": {"Name": "Amazon.co.uk"},
        "Reference": world.stored(posted[0]).reference, "Date": "2026-05-17", "CurrencyCode": "GBP",
        "LineAmountTypes": "Inclusive", "LineItems": [note]}]})["CreditNotes"][0]
    world.client().approve("credit_note", made["CreditNoteID"])
    run(world, integrity.REPAIR)
    assert postings.roll_back(world.parts, posted[0], ANN).outcome == "rolled_back"
    assert world.client().get_document("credit_note", made["CreditNoteID"]).status == "VOIDED"
    assert postings.post(world.parts, posted[0], ANN).outcome == "posted"
    assert len(world.documents(posted[0])) == 1 and world.documents(posted[0], "credit_note") == []
