"""Postings held against Xero's documents: each disagreement is named, with what puts it right."""

from dataclasses import replace

from services.core.posting_states import Found
from services.core.reconciliation import Local, compare

KEY = "TBUK-1"
HERE = Local(KEY, f"(£120.00) {KEY}", "id-1", "GBP", 12000, 2000)
THERE = Found("id-1", "invoice", "AMZ-TB-10001", "AUTHORISED", "GBP", 12000, 2000, (), f"(£120.00) {KEY}")


def kinds(local, *theirs) -> list[str]:
    return [finding.kind for finding in compare(local, [(KEY, each) for each in theirs])]


def only(local, *theirs):
    (finding,) = compare(local, [(KEY, each) for each in theirs])
    return finding


def another(number="AMZ-TB-10002", **changes) -> Found:
    return replace(THERE, document_id=f"id of {number}", number=number, **changes)


def test_what_agrees_is_no_finding():
    assert kinds([HERE], THERE) == []
    assert kinds([Local(KEY, HERE.reference)]) == []


def test_two_active_documents_are_a_duplicate_and_the_lowest_number_is_kept():
    finding = only([HERE], another("AMZ-TB-10002"), another("AMZ-TB-9999"), THERE)
    assert (finding.kind, finding.keep.number) == ("duplicate", "AMZ-TB-9999")
    assert {each.number for each in finding.void} == {"AMZ-TB-10001", "AMZ-TB-10002"}


def test_a_paid_one_is_kept_whatever_its_number():
    paid = another("AMZ-TB-10009", status="PAID")
    finding = only([HERE], THERE, paid)
    assert (finding.kind, finding.keep, finding.void) == ("duplicate", paid, (THERE,))


def test_two_paid_ones_are_both_kept_and_reported_and_the_rest_makes_way():
    first, second = replace(THERE, status="PAID"), another(status="PAID")
    finding = only([HERE], first, second, another("AMZ-TB-10003"))
    assert finding.kind == "two_paid"
    assert [each.number for each in finding.void] == ["AMZ-TB-10003"]


def test_voided_ones_do_not_count_as_duplicates():
    assert kinds([HERE], THERE, another(status="VOIDED")) == []


def test_a_posted_document_that_is_voided_or_gone_makes_the_settlement_a_draft():
    voided = only([HERE], replace(THERE, status="VOIDED"))
    assert voided.kind == "voided" and "draft" in voided.repair
    missing = only([HERE])
    assert missing.kind == "missing" and "draft" in missing.repair


def test_other_figures_or_other_lines_are_a_change():
    assert "£130.00" in only([HERE], replace(THERE, total=13000)).repair
    assert kinds([replace(HERE, lines_differ=True)], THERE) == ["changed"]


def test_a_draft_that_no_posting_knows_is_a_stray_and_the_posted_draft_is_not():
    draft = another(status="DRAFT")
    finding = only([HERE], THERE, draft)
    assert (finding.kind, finding.void) == ("stray_draft", (draft,))
    assert kinds([replace(HERE, is_draft=True)], replace(THERE, status="DRAFT")) == []


def test_a_document_of_a_settlement_that_is_not_here_is_reported_and_left():
    finding = only([], THERE)
    assert (finding.kind, finding.void) == ("unknown", ())


def test_duplicates_of_a_settlement_that_is_not_here_make_way_all_the_same():
    assert kinds([], THERE, another()) == ["duplicate", "unknown"]


def test_a_document_of_a_settlement_that_is_not_posted_here_is_left_for_the_post():
    finding = only([Local(KEY, HERE.reference)], THERE)
    assert (finding.kind, finding.void) == ("not_linked", ())
