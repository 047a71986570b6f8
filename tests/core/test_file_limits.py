"""What keeps memory and time in bounds, whatever the file: refused in words that name the limit."""

import io
from unittest import mock

import pytest

from services.core import amazon_items, file_text, settlement_draft, settlement_file
from services.core.read_errors import BrokenSettlement
from services.core.settlement_file import read_settlements
from tests.core.settlement_text import item_line, line, read, summary, table

SALE = item_line("Order/ItemPrice/Principal", "1.00")


def refusal(content: str) -> str:
    with pytest.raises(BrokenSettlement) as refused:
        read(content)
    return refused.value.message


def test_a_line_longer_than_a_megabyte_is_refused():
    assert "Line 3 is longer than a megabyte" in refusal(table(summary("1.00")) + "x" * 1_200_000)


def test_more_settlements_than_anyone_puts_in_a_file_are_refused():
    with mock.patch.object(settlement_file, "MOST_SETTLEMENTS", 2):
        files = [table(summary("1.00"), settlement_id=str(number)) for number in range(3)]
        assert len(read("".join(files[:2]))) == 2
        assert "more than 2 settlements" in refusal("".join(files))


def test_more_line_types_than_there_can_be_are_refused():
    rows = [line(f"Order/ItemPrice/Name {number}", "1.00") for number in range(30)]
    with mock.patch.object(settlement_draft, "MOST_GROUPS", 29):
        assert "more than 29 line types" in refusal(table(summary("30.00"), *rows))


def test_more_order_items_than_there_can_be_are_refused():
    rows = [SALE | {"order-id": f"206-{number}"} for number in range(30)]
    with mock.patch.object(amazon_items, "MOST_ITEMS", 29):
        assert "more than 29 order items" in refusal(table(summary("30.00"), *rows))


def test_amounts_that_stay_unclear_are_not_gathered_for_ever():
    rows = [SALE | {"order-id": f"206-{number}", "amount": f"1.{number:03}"} for number in range(300)]
    small = {"_AT_HAND": 1, "MOST_AMOUNTS": 100}
    with mock.patch.multiple(settlement_draft, **small), mock.patch.object(file_text, "_BLOCK", 500):
        assert "more than 100 unclear amounts" in refusal(table(summary("9"), *rows))


def test_progress_is_told_while_a_file_is_read():
    content = (table(summary("1.00"), SALE) + "\n" * (2 << 20)).encode()
    told = []
    read_settlements(io.BytesIO(content), lambda read, total: told.append((read, total)))
    assert len(told) >= 2
    assert told == sorted(told)
    assert told[-1] == (len(content), len(content))
