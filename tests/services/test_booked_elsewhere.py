"""Booked elsewhere: marked by hand or by the start date, never posted from here, and back again."""

import pytest

from models import AuditEntry
from services import booked_elsewhere, postings, settings, settlement_list
from services.errors import NotFound, Refused
from tests.xero_world import ANN


def mark(world, settlement_id, reason="Posted by hand in April."):
    return booked_elsewhere.mark(world.parts, settlement_id, reason, ANN)


def test_a_settlement_marked_so_is_not_posted_from_here(world):
    settlement = world.settlement()
    mark(world, settlement)
    assert world.status(settlement) == "booked_elsewhere"
    outcome = postings.post(world.parts, settlement, ANN)
    assert outcome.outcome == "failed" and "Posted by hand in April." in outcome.reason
    assert world.documents(settlement) == []


def test_who_when_and_why_are_kept(world):
    settlement = world.settlement()
    kept = mark(world, settlement)
    assert (kept.reason, kept.marked_by, kept.marked_at) == (
        "Posted by hand in April.", "ann@example.com", world.parts.clock.now())  # fmt: skip
    assert AuditEntry.get(AuditEntry.action == "settlement.booked_elsewhere").facts["reason"] == kept.reason


def test_taken_back_it_can_be_posted(world):
    settlement = world.settlement()
    mark(world, settlement)
    booked_elsewhere.take_back(world.parts, settlement, ANN)
    assert postings.post(world.parts, settlement, ANN).outcome == "posted"
    with pytest.raises(NotFound, match="not marked"):
        booked_elsewhere.take_back(world.parts, settlement, ANN)


def test_what_stands_in_xero_through_us_must_be_rolled_back_first(world):
    settlement = world.settlement()
    postings.post(world.parts, settlement, ANN)
    with pytest.raises(Refused, match="Roll it back first"):
        mark(world, settlement)
    postings.roll_back(world.parts, settlement, ANN)
    mark(world, settlement)
    assert world.status(settlement) == "booked_elsewhere"


def test_everything_dated_before_the_start_date_counts_as_booked_elsewhere(world):
    settlement = world.settlement()  # deposited on 17 May 2026
    settings.change(world.parts, "start_date", "2026-05-18", ANN)
    assert world.status(settlement) == "booked_elsewhere"
    outcome = postings.post(world.parts, settlement, ANN)
    assert outcome.outcome == "failed" and "before your start date, 2026-05-18" in outcome.reason
    settings.change(world.parts, "start_date", "2026-05-17", ANN)
    assert world.status(settlement) == "ready"


def test_what_is_posted_stays_posted_whatever_the_start_date(world):
    settlement = world.settlement()
    postings.post(world.parts, settlement, ANN)
    settings.change(world.parts, "start_date", "2027-01-01", ANN)
    assert world.status(settlement) == "posted"
    assert postings.roll_back(world.parts, settlement, ANN).outcome == "rolled_back"
    assert world.status(settlement) == "booked_elsewhere"


@pytest.mark.parametrize("said", ["18.05.2026", "2026-02-30", "soon", "2026-5-1"])
def test_a_start_date_is_a_real_date(world, said):
    with pytest.raises(Refused, match="2026-04-01"):
        settings.change(world.parts, "start_date", said, ANN)


def test_the_start_date_can_be_taken_away(world):
    settings.change(world.parts, "start_date", "2026-05-18", ANN)
    settings.change(world.parts, "start_date", "", ANN)
    assert settings.values()["start_date"] == ""
    assert [row.status for row in settlement_list.everything()] == []
