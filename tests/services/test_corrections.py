"""Another file of the same settlement: what it says otherwise, using it, and going back."""

import pytest

from models import AuditEntry, CorrectedFile, Settlement
from services import corrections, postings, settlements
from services.errors import NotFound, Refused
from tests.xero_world import ADS, ANN, FEE, SALE, settlement_text

ID = "26000000001"


@pytest.fixture
def corrected(world):
    """120.00 and a fee of 18.00 came first; then a file in which the fee is 20.00 and advertising joined."""
    world.take(settlement_text((SALE, "120.00"), (FEE, "-18.00")))
    world.take(settlement_text((SALE, "120.00"), (FEE, "-20.00"), (ADS, "-30.00")))
    return world


def other_file():
    (correction,) = corrections.of(settlements.find(ID))
    return correction


def test_its_differences_are_told_by_line_type_the_largest_first(corrected):
    told = [(words, each.before, each.after, each.lines_before, each.lines_after) for words, each in other_file().lines]
    assert told == [
        ("ServiceFee / Cost of Advertising / TransactionTotalAmount", 0, -3000, 0, 1),
        ("Order / ItemFees / Commission", -1800, -2000, 1, 1),
    ]


def test_what_else_it_says_otherwise_is_told_too(corrected):
    corrected.take(settlement_text((SALE, "120.00")).replace("17.05.2026", "18.05.2026"))
    latest = corrections.of(settlements.find(ID))[0]
    assert latest.facts == [("Deposited", "2026-05-17", "2026-05-18")]


def test_using_it_changes_every_figure_and_leaves_number_and_reference(corrected):
    before = corrected.stored(ID)
    corrections.use(corrected.parts, ID, other_file().version, ANN)
    after = corrected.stored(ID)
    assert (after.total, after.lines_total, after.line_count) == (7000, 7000, 3)
    assert (after.number, after.reference, after.key) == (before.number, before.reference, before.key)
    assert [line.gross for line in postings.preview(ID).plan.lines] == [12000, -2000, -3000]
    assert AuditEntry.get(AuditEntry.action == "settlement.file_used").facts == {
        "file": "settlement.txt", "before": "£102.00", "after": "£70.00"}  # fmt: skip


def test_the_file_used_before_stays_beside_it_and_can_be_used_again(corrected):
    corrections.use(corrected.parts, ID, other_file().version, ANN)
    assert other_file().row.total == 10200
    corrections.use(corrected.parts, ID, other_file().version, ANN)
    assert corrected.stored(ID).total == 10200
    assert other_file().row.total == 7000
    assert CorrectedFile.select().count() == 1


def test_asked_for_twice_the_same_file_counts_and_nothing_is_written(corrected):
    wanted = other_file().version
    assert corrections.use(corrected.parts, ID, wanted, ANN).is_new
    again = corrections.use(corrected.parts, ID, wanted, ANN)
    assert (again.is_new, again.settlement.total) == (False, 7000)
    assert AuditEntry.select().where(AuditEntry.action == "settlement.file_used").count() == 1


def test_dropping_either_file_again_adds_nothing(corrected):
    corrections.use(corrected.parts, ID, other_file().version, ANN)
    assert corrected.take(settlement_text((SALE, "120.00"), (FEE, "-18.00"))).outcome == "corrected"
    assert corrected.take(settlement_text((SALE, "120.00"), (FEE, "-20.00"), (ADS, "-30.00"))).outcome == "known"
    assert CorrectedFile.select().count() == 1


def test_after_posting_the_document_stays_until_it_is_reposted(corrected):
    postings.post(corrected.parts, ID, ANN)
    corrections.use(corrected.parts, ID, other_file().version, ANN)
    shown = postings.preview(ID)
    assert {each.description for each in shown.differences} == {"Commission", "Sponsored ads"}
    assert "repost" in shown.actions
    assert [document.total for document in corrected.documents(ID)] == [102]
    again = postings.repost(corrected.parts, ID, ANN)
    assert (again.outcome, again.number) == ("posted", corrected.stored(ID).number)
    assert [document.total for document in corrected.documents(ID) if document.status == "AUTHORISED"] == [70]


@pytest.mark.parametrize("state", ["paid", "changed_in_xero"])
def test_a_paid_or_edited_document_does_not_hold_it(corrected, state):
    postings.post(corrected.parts, ID, ANN)
    Settlement.update(state=state).execute()
    assert corrections.use(corrected.parts, ID, other_file().version, ANN).settlement.total == 7000


def test_while_it_is_being_posted_nothing_is_switched(corrected):
    Settlement.update(state="posting").execute()
    with pytest.raises(Refused, match="being posted at this moment"):
        corrections.use(corrected.parts, ID, other_file().version, ANN)
    assert corrected.stored(ID).total == 10200


def test_another_settlements_file_is_not_taken(corrected):
    other = corrected.settlement(settlement_id="27000000001")
    with pytest.raises(NotFound, match="not among the other files"):
        corrections.use(corrected.parts, other, other_file().version, ANN)
