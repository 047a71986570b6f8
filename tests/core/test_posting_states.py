"""What a look into Xero means for a posting: adopt, clear the place, create, or stop."""

from dataclasses import replace

from services.core.posting_states import Found, Wanted, decide, may_move, set_aside, with_suffix

LINES = (("Product sales", "200", "OUTPUT2", 12000, 2000, ()),)
WANTED = Wanted("invoice", "GBP", 12000, 2000, LINES)
OURS = Found("id-1", "invoice", "AMZ-TB-10001", "AUTHORISED", "GBP", 12000, 2000, LINES)


def test_nothing_in_xero_means_create():
    decision = decide(WANTED, [])
    assert (decision.adopt, decision.remove, decision.number, decision.blocked_by) == (None, (), "", None)


def test_an_equal_document_is_adopted():
    assert decide(WANTED, [OURS]).adopt == OURS


def test_an_equal_draft_of_an_earlier_attempt_is_adopted():
    draft = replace(OURS, status="DRAFT")
    assert decide(WANTED, [draft]).adopt == draft


def test_the_order_of_lines_does_not_matter():
    two = (("Commission", "401", "INPUT2", -600, -100, ()), *LINES)
    assert decide(replace(WANTED, lines=two), [replace(OURS, lines=tuple(reversed(two)))]).adopt


def test_documents_that_ended_do_not_count():
    for status in ("VOIDED", "DELETED"):
        assert decide(WANTED, [replace(OURS, status=status)]).adopt is None


def test_another_total_tax_line_or_currency_makes_way():
    for other in (
        replace(OURS, total=1),
        replace(OURS, tax=1),
        replace(OURS, currency="EUR"),
        replace(OURS, lines=(("Product sales", "201", "OUTPUT2", 12000, 2000, ()),)),
        replace(OURS, lines=(("Product sales", "200", "OUTPUT2", 12000, 2000, (("region", "north"),)),)),
        replace(OURS, kind="bill"),
    ):
        decision = decide(WANTED, [other])
        assert decision.adopt is None
        assert decision.remove == (other,)


def test_the_lowest_number_of_those_that_make_way_is_used_again():
    others = [replace(OURS, document_id=n, number=n, total=1) for n in ("AMZ-TB-10012", "AMZ-TB-9999", "AMZ-TB-10002")]
    assert decide(WANTED, others).number == "AMZ-TB-9999"


def test_a_number_of_another_kind_is_not_used_again():
    assert decide(WANTED, [replace(OURS, kind="credit_note", number="AMZ-TB-9")]).number == ""


def test_a_paid_document_that_is_not_what_we_want_stops_the_post():
    paid = replace(OURS, status="PAID", total=11000)
    assert decide(WANTED, [paid]).blocked_by == paid


def test_of_two_equal_documents_the_paid_one_is_kept_and_the_other_makes_way():
    paid = replace(OURS, document_id="id-2", number="AMZ-TB-10005", status="PAID")
    decision = decide(WANTED, [OURS, paid])
    assert decision.adopt == paid
    assert decision.remove == (OURS,)


def test_the_document_that_is_recorded_is_kept_before_an_equal_one():
    other = replace(OURS, document_id="id-0", number="AMZ-TB-9")
    decision = decide(WANTED, [other, OURS], recorded="id-1")
    assert (decision.adopt, decision.remove) == (OURS, (other,))


def test_a_document_whose_end_was_begun_is_never_taken_since_it_may_end_at_any_moment():
    decision = decide(WANTED, [OURS], doomed=frozenset({"id-1"}))
    assert (decision.adopt, decision.remove) == (None, (OURS,))


def test_numbers_with_a_suffix_count_on():
    assert with_suffix("AMZ-TB-10001", 1) == "AMZ-TB-10001-2"
    assert with_suffix("AMZ-TB-10001-2", 1) == "AMZ-TB-10001-3"
    assert set_aside("AMZ-TB-10001", 1) == "AMZ-TB-10001-V1"


def test_what_is_over_does_not_move_again():
    assert not any(may_move(over, to) for over in ("failed", "rolled_back") for to in ("intent", "drafted", "posted"))
    assert may_move("intent", "drafted") and not may_move("intent", "voiding")
