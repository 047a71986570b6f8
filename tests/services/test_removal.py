"""A wrong upload is removed whole, as long as nothing of it reached Xero."""

import pytest

from models import AuditEntry, CorrectedFile, Posting, Settlement, SettlementFile, SettlementGroup
from services import postings, removal
from services.errors import NotFound, Refused
from tests.xero_world import ANN, FEE, SALE, settlement_text


def test_nothing_of_it_is_left_but_its_trace_in_the_audit_log(world):
    world.take(settlement_text((SALE, "120.00")))
    world.take(settlement_text((SALE, "130.00")))
    removal.remove(world.parts, "26000000001", ANN)
    for table in (Settlement, SettlementFile, SettlementGroup, CorrectedFile):
        assert table.select().count() == 0
    told = AuditEntry.get(AuditEntry.action == "settlement.removed")
    assert (told.subject, told.facts["number"]) == ("settlement:26000000001", "AMZ-TB-10001")


def test_its_number_is_never_given_again(world):
    assert removal.remove(world.parts, world.settlement(), ANN) == "AMZ-TB-10001"
    assert world.stored(world.settlement()).number == "AMZ-TB-10002"


def test_it_can_be_taken_in_again(world):
    text = settlement_text((SALE, "120.00"))
    world.take(text)
    removal.remove(world.parts, "26000000001", ANN)
    assert world.take(text).outcome == "imported"


def test_a_file_that_another_settlement_needs_stays(world):
    first = settlement_text((SALE, "1.00"), settlement_id="1")
    second = settlement_text((SALE, "2.00"), settlement_id="2").split("\n", 1)[1]
    world.take(first + second)
    removal.remove(world.parts, "1", ANN)
    assert SettlementFile.select().count() == 1
    removal.remove(world.parts, "2", ANN)
    assert SettlementFile.select().count() == 0


def test_once_posted_it_stays_even_after_a_rollback(world):
    settlement = world.settlement()
    postings.post(world.parts, settlement, ANN)
    with pytest.raises(Refused, match="was posted before, or is being posted"):
        removal.remove(world.parts, settlement, ANN)
    postings.roll_back(world.parts, settlement, ANN)
    with pytest.raises(Refused, match="booked elsewhere"):
        removal.remove(world.parts, settlement, ANN)
    assert Settlement.select().count() == 1


def test_an_attempt_that_xero_refused_does_not_hold_it(world):
    settlement = world.settlement((SALE, "120.00"), (FEE, "-18.00"))
    world.lock("2026-12-31")
    assert postings.post(world.parts, settlement, ANN).outcome == "failed"
    removal.remove(world.parts, settlement, ANN)
    assert Settlement.select().count() == Posting.select().count() == 0


def test_what_is_not_here_cannot_be_removed(world):
    with pytest.raises(NotFound):
        removal.remove(world.parts, "99", ANN)
