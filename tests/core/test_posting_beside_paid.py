"""What is decided where a paid document stands beside the one that is being posted."""

from dataclasses import replace

from services.core.posting_states import Found, Wanted, decide

LINES = (("Sales", "200", "OUTPUT2", 10000, 1667, ()),)
WANTED = Wanted("invoice", "GBP", 10000, 1667, LINES)
MINE = Found("id-1", "invoice", "AMZ-TB-10001", "AUTHORISED", "GBP", 10000, 1667, LINES)
PAID = replace(MINE, document_id="id-2", number="AMZ-TB-90000", status="PAID")


def test_an_equal_one_that_is_paid_is_taken_on_and_even_the_recorded_one_makes_way():
    decision = decide(WANTED, [MINE, PAID], recorded="id-1")
    assert (decision.adopt, decision.remove) == (PAID, (MINE,))


def test_with_other_figures_it_stops_the_post_and_names_our_own_to_be_taken_back():
    other = replace(PAID, total=1)
    assert decide(WANTED, [other]).blocked_by == other
    draft = replace(MINE, status="DRAFT")
    decision = decide(WANTED, [draft, other], recorded="id-1")
    assert (decision.blocked_by, decision.remove) == (other, (draft,))
