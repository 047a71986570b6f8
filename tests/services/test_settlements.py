"""Settlements in: kept as evidence, numbered oldest first, the same one never twice."""

import io
import os
import re

import pytest

from models import CorrectedFile, Settlement, SettlementFile, Workspace
from services import corrections, postings, rows_behind, settings, settlements
from services.errors import NotFound, Refused
from services.settlements import Upload
from services.xero_connection import disconnect
from tests.xero_world import ANN, FEE, SALE, World, settlement_text

V1_HEADER = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name shipment-fee-type "
    "shipment-fee-amount order-fee-type order-fee-amount fulfillment-id posted-date order-item-code "
    "merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased price-type price-amount "
    "item-related-fee-type item-related-fee-amount misc-fee-amount other-fee-amount "
    "other-fee-reason-description direct-payment-type direct-payment-amount other-amount"
).split()


@pytest.fixture
def bare(workspace) -> World:
    return World(workspace)


def test_a_settlement_is_taken_in_with_its_number_and_reference(bare):
    taken = bare.take(settlement_text((SALE, "1293.20"), (FEE, "-18.00"), settlement_id="26881161592"))
    assert (taken.outcome, taken.total, taken.lines, taken.problems) == ("imported", 127520, 2, [])
    row = bare.stored("26881161592")
    assert (row.number, row.reference, row.key) == ("AMZ-TB-10001", "(£1,275.20) TBUK-26881161592", "TBUK-26881161592")
    assert (row.marketplace, row.country, row.deposit_date) == ("Amazon.co.uk", "UK", "2026-05-17")


def test_the_original_bytes_are_kept(bare):
    text = settlement_text((SALE, "120.00"))
    bare.take(text)
    file = SettlementFile.get()
    assert settlements.original(file) == text.encode()
    assert file.size == len(text.encode())


def test_the_same_file_twice_is_one_settlement(bare):
    text = settlement_text((SALE, "120.00"))
    bare.take(text)
    assert bare.take(text).outcome == "known"
    assert Settlement.select().count() == SettlementFile.select().count() == 1


def test_the_same_settlement_told_by_a_v1_and_a_v2_file_is_one_settlement(bare):
    subscription = ("other-transaction", "", "other-transaction", "Subscription Fee")
    bare.take(settlement_text((subscription, "-25.00")))
    head = {
        "settlement-id": "26000000001",
        "settlement-start-date": "2026-05-01T00:00:00+00:00",
        "settlement-end-date": "2026-05-15T00:00:00+00:00",
        "deposit-date": "2026-05-17T00:00:00+00:00",
        "total-amount": "-25.00",
        "currency": "GBP",
    }
    fee = {
        "settlement-id": "26000000001",
        "transaction-type": "Subscription Fee",
        "posted-date": "2026-05-05T10:00:00+00:00",
        "other-amount": "-25.00",
    }
    rows = [V1_HEADER, *([row.get(name, "") for name in V1_HEADER] for row in (head, fee))]
    assert bare.take("\n".join("\t".join(row) for row in rows) + "\n").outcome == "known"


SHIPPING = ("Order", "Amazon.co.uk", "ItemPrice", "Shipping")


@pytest.mark.parametrize(
    "other",
    [
        settlement_text((SALE, "60.00"), (SALE, "60.00"), (FEE, "-18.00")),
        settlement_text((SALE, "120.00"), (SALE, "5.00"), (SALE, "-5.00"), (FEE, "-18.00")),
        settlement_text((SALE, "120.00"), (FEE, "-18.00")).replace("206-0000001", "206-0000009"),
        settlement_text((SALE, "120.00"), (FEE, "-18.00"), (SHIPPING, "0.00")),
        settlement_text((SALE, "120.00"), (FEE, "-18.00")).replace("05.05.2026", "06.05.2026"),
    ],
    ids=["one row as two", "two more rows that cancel", "another order", "a row of zero", "another day"],
)
def test_a_file_with_the_same_sums_and_other_rows_is_kept_beside_it(bare, other):
    bare.take(settlement_text((SALE, "120.00"), (FEE, "-18.00")))
    taken = bare.take(other)
    assert taken.outcome == "corrected"
    assert "Every sum is the same, but single rows are not." in taken.problems[0]
    assert SettlementFile.select().count() == 2
    assert bare.take(other).outcome == "corrected"
    assert CorrectedFile.select().count() == 1


def other_order(text: str) -> str:
    header, summary, *rows = text.splitlines()
    return "\n".join([header, summary, *reversed(rows)]) + "\n"


def commas(text: str) -> str:
    return re.sub(r"(?<=\t)(-?\d+)\.(\d\d)(?=\t)", r"\1,\2", text)


def other_columns(text: str) -> str:
    """The columns in another order, one that is empty left out."""
    table = [line.split("\t") for line in text.splitlines()]
    kept = [index for index, name in enumerate(table[0]) if name != "promotion-id"]
    return "".join("\t".join(row[index] for index in reversed(kept)) + "\n" for row in table)


@pytest.mark.parametrize(
    "written",
    [
        other_order,
        commas,
        other_columns,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("05.05.2026 10:00:00", "2026-05-05 10:00:00"),
        lambda text: text.replace("120.00", "120.00   ").replace("206-0000001", "206-0000001 "),
        lambda text: "\n".join(line.rstrip("\t") for line in text.split("\n")),
    ],
    ids=["in another order", "commas", "other columns", "CRLF", "other dates", "padded", "no trailing tabs"],
)
def test_the_same_rows_in_another_dialect_are_the_same_settlement(bare, written):
    text = settlement_text((SALE, "120.00"), (SALE, "1.50"), (FEE, "-18.00"))
    bare.take(text)
    assert written(text) != text
    assert bare.take(written(text)).outcome == "known"
    assert SettlementFile.select().count() == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_same_rows_in_another_encoding_are_the_same_settlement(bare, encoding):
    text = settlement_text((("Order", "Amazon.de", "ItemPrice", "Gebühr"), "120.00"))
    bare.take(text)
    upload = Upload("again.txt", io.BytesIO(text.encode(encoding)))
    assert [each.outcome for each in settlements.take_in(bare.parts, [upload], ANN)] == ["known"]


def test_the_same_settlement_twice_in_one_file_is_one_settlement(bare):
    text = settlement_text((SALE, "120.00"))
    both = Upload("both.txt", io.BytesIO((text + text).encode()))
    assert [each.outcome for each in settlements.take_in(bare.parts, [both], ANN)] == ["imported", "known"]
    assert (Settlement.get().line_count, CorrectedFile.select().count()) == (1, 0)


def test_a_settlement_that_stands_twice_in_one_file_and_differs_is_a_corrected_one(bare):
    both = settlement_text((SALE, "120.00")) + settlement_text((SALE, "130.00"))
    outcomes = [each.outcome for each in settlements.take_in(
        bare.parts, [Upload("both.txt", io.BytesIO(both.encode()))], ANN)]  # fmt: skip
    assert outcomes == ["imported", "corrected"]
    (other,) = corrections.of(bare.stored("26000000001"))
    for version, total in ((other.version, 13000), (None, 12000)):
        version = version or corrections.of(bare.stored("26000000001"))[0].version
        corrections.use(bare.parts, "26000000001", version, ANN)
        (sale,) = rows_behind.figures("26000000001")
        assert [row.amount for row in rows_behind.rows(sale)] == [total] == [sale.amount]


def test_one_bad_settlement_in_a_file_is_refused_by_name_and_the_good_ones_are_taken(bare):
    good = settlement_text((SALE, "1.00"), settlement_id="1")
    bad = settlement_text((SALE, "2.00"), settlement_id="2").replace("2.00\t\t\t05", "abc\t\t\t05")
    last = settlement_text((SALE, "3.00"), settlement_id="3")
    upload = Upload("three.txt", io.BytesIO((good + bad + last).encode()))
    taken = {each.settlement_id: each for each in settlements.take_in(bare.parts, [upload], ANN)}
    assert {name: each.outcome for name, each in taken.items()} == {"1": "imported", "2": "refused", "3": "imported"}
    assert taken["2"].problems[0].startswith("Settlement 2 of this file is not taken in. Line 6: “abc” is not")


def test_a_file_that_comes_through_a_pipe_is_taken_in(bare):
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as into:
        into.write(settlement_text((SALE, "120.00")).encode())
    with os.fdopen(reading, "rb") as stream:
        taken = settlements.take_in(bare.parts, [Upload("/dev/stdin", stream)], ANN)
    assert [(each.outcome, each.total) for each in taken] == [("imported", 12000)]


def test_another_file_of_the_same_settlement_is_kept_beside_it_and_replaces_nothing(bare):
    bare.take(settlement_text((SALE, "120.00")))
    corrected = bare.take(settlement_text((SALE, "130.00")))
    assert corrected.outcome == "corrected"
    assert "£120.00" in corrected.problems[0] and "£130.00" in corrected.problems[0]
    assert bare.stored("26000000001").total == 12000
    assert bare.take(settlement_text((SALE, "130.00"))).outcome == "corrected"
    assert CorrectedFile.select().count() == 1


def test_within_one_drop_numbers_go_to_the_oldest_period_first(bare):
    newer = settlement_text((SALE, "1.00"), settlement_id="2")
    older = (
        settlement_text((SALE, "1.00"), settlement_id="1")
        .replace("01.05.2026", "01.04.2026")
        .replace("15.05.2026", "15.04.2026")
    )
    uploads = [Upload(name, io.BytesIO(text.encode())) for name, text in (("newer", newer), ("older", older))]
    taken = settlements.take_in(bare.parts, uploads, ANN)
    assert [each.file for each in taken] == ["newer", "older"]
    assert bare.stored("1").number == "AMZ-TB-10001"
    assert bare.stored("2").number == "AMZ-TB-10002"


def test_a_file_that_is_no_settlement_is_refused_and_the_others_are_taken(bare):
    uploads = [
        Upload("photo.txt", io.BytesIO(b"\x89PNG....")),
        Upload("good.txt", io.BytesIO(settlement_text((SALE, "1.00")).encode())),
    ]
    outcomes = {each.file: each for each in settlements.take_in(bare.parts, uploads, ANN)}
    assert outcomes["photo.txt"].outcome == "refused" and outcomes["photo.txt"].problems
    assert outcomes["good.txt"].outcome == "imported"
    assert SettlementFile.select().count() == 1


def test_two_settlements_in_one_file_are_both_taken(bare):
    first = settlement_text((SALE, "1.00"), settlement_id="1")
    second = settlement_text((SALE, "2.00"), settlement_id="2").split("\n", 1)[1]
    taken = settlements.take_in(bare.parts, [Upload("both.txt", io.BytesIO((first + second).encode()))], ANN)
    assert [(each.settlement_id, each.total) for each in taken] == [("1", 100), ("2", 200)]


def test_lines_that_do_not_add_up_are_told_on_arrival(bare):
    taken = bare.take(settlement_text((SALE, "120.00"), total="100.00"))
    assert taken.outcome == "imported"
    assert "£120.00" in taken.problems[0]


def test_an_unknown_line_type_is_told_on_arrival(bare):
    taken = bare.take(
        settlement_text(((("other-transaction", "", "other-transaction", "Space Elevator Fee")), "-5.00"))
    )
    assert "Space Elevator Fee" in taken.problems[0]


def test_a_settlement_that_is_not_here_is_said_to_be_missing(bare):
    with pytest.raises(NotFound, match="There is no settlement 99"):
        settlements.find("99")


def test_on_connecting_the_counter_moves_past_the_highest_number_in_xero(world):
    """As when an older backup was restored."""
    for _ in range(3):
        postings.post(world.parts, world.settlement(), ANN)
    Workspace.update(next_number=10001).where(Workspace.id == 1).execute()
    disconnect(world.parts, ANN)
    world.connect()
    assert Workspace.get_by_id(1).next_number == 10004


def test_a_settlement_that_came_before_connecting_gives_up_a_number_that_xero_holds(world):
    first = world.settlement()
    postings.post(world.parts, first, ANN)
    Workspace.update(next_number=10001, highest_number=None, numbers_seen_in=None).where(Workspace.id == 1).execute()
    Settlement.update(number="AMZ-TB-10090").where(Settlement.settlement_id == first).execute()
    early = world.settlement()
    assert world.stored(early).number == "AMZ-TB-10001"
    outcome = postings.post(world.parts, early, ANN)
    assert (outcome.outcome, outcome.number) == ("posted", "AMZ-TB-10002")


def test_the_counter_never_goes_back_below_a_number_given_or_seen(world):
    postings.post(world.parts, world.settlement(), ANN)
    settings.change(world.parts, "next_number", "20000", ANN)
    world.settlement()
    with pytest.raises(Refused, match="20001 or higher"):
        settings.change(world.parts, "next_number", "10009", ANN)
