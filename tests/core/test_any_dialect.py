"""However a settlement is written, it says the same, to the penny; whatever the bytes, there is a clear outcome."""

import io
from contextlib import contextmanager
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.core import file_text, settlement_draft
from services.core.packed_files import members
from services.core.read_errors import BrokenSettlement, ReadError
from services.core.settlement import LineType, Settlement
from services.core.settlement_file import read_settlements
from tests.core.dialects import WITHHELD, Dialect, Said, expected_groups, settlements, written
from tests.core.settlement_text import V2, item_line, line, summary, table

BLOCKS = st.sampled_from([16, 100, 1000, 1 << 16])
AT_HAND = st.sampled_from([1, 5, 20_000])


@contextmanager
def sizes(block: int, at_hand: int):
    """Reads in blocks of so many bytes and sums up whenever so many amounts are at hand."""
    with mock.patch.object(file_text, "_BLOCK", block), mock.patch.object(settlement_draft, "_AT_HAND", at_hand):
        yield


def read_packed(content: bytes) -> list[Settlement]:
    return [
        settlement
        for member in members("upload", io.BytesIO(content))
        for settlement in read_settlements(member.stream)
    ]


@settings(max_examples=150, deadline=None)
@given(settlements(), BLOCKS, AT_HAND)
def test_any_settlement_in_any_dialect_reads_back_group_for_group(written_as, block, at_hand):
    lines, currency, dialect = written_as
    with sizes(block, at_hand):
        (settlement,) = read_packed(written(lines, currency, dialect))
    assert settlement.groups == expected_groups(lines)
    total = sum(said.minor for said in lines)
    assert (settlement.total, settlement.lines_total, settlement.line_count) == (total, total, len(lines))
    assert (settlement.format, settlement.currency) == (dialect.format, currency)
    assert (settlement.start_date, settlement.end_date, settlement.deposit_date) == (
        "2026-05-12", "2026-05-26", "2026-05-28"
    )  # fmt: skip


ROWS = st.lists(
    st.builds(
        Said,
        st.builds(
            LineType,
            st.sampled_from(["Order", "Refund"]),
            st.sampled_from(["ItemPrice", "ItemFees"]),
            st.sampled_from(["Principal", "Tax", WITHHELD]),
        ),
        st.just("Amazon.co.uk"),
        st.integers(-300, 300),
        st.sampled_from(["", "1", "2", "3", "4"]),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(st.data(), ROWS, st.sampled_from(["V1", "V2"]), BLOCKS, AT_HAND)
def test_the_rows_of_order_items_may_stand_in_any_order(data, lines, form, block, at_hand):
    """A withheld row decides for rows above it as for rows below, however far away they are."""
    shuffled = data.draw(st.permutations(lines))
    with sizes(block, at_hand):
        (settlement,) = read_packed(written(shuffled, "GBP", Dialect(format=form)))
    assert settlement.groups == expected_groups(lines)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [*range(1, 40), 1 << 16])
def test_a_bad_amount_is_named_with_its_line_wherever_blocks_are_cut(line_end, block):
    lines = ORDINARY.decode().replace("\n", line_end).replace("-12.345,67", "twelve").encode()
    with sizes(block, 1), pytest.raises(BrokenSettlement, match="Line 4: “twelve” is not an amount"):
        read_packed(lines)


MANY = [str(whole) for whole in range(5, 55)]  # 147500 pence in all, enough to be summed up meanwhile


def amounts_of(*printed: str) -> list[int]:
    rows = [item_line("Order/ItemPrice/Principal", amount, order_id=f"206-{n}") for n, amount in enumerate(printed)]
    with sizes(64, 1):
        (settlement,) = read_packed(table(summary("9"), *rows).encode())
    return [group.amount for group in settlement.groups]


def test_amounts_summed_up_early_still_tell_dots_from_commas_in_later_ones():
    assert amounts_of("2,50", *MANY, "1.234") == [250 + 147500 + 123400]


def test_amounts_summed_up_early_still_clash_with_later_ones():
    with pytest.raises(BrokenSettlement, match=r"“7\.50” on line 54 and “2,50” on line 3"):
        amounts_of("2,50", *MANY, "7.50")


def test_an_amount_whose_meaning_only_a_later_one_tells_waits_for_it():
    assert amounts_of("1.234", *MANY, "2,50") == [123400 + 147500 + 250]


def test_yen_in_thousands_are_not_summed_up_before_the_file_tells_their_dots():
    rows = [item_line("Order/ItemPrice/Principal", f"{n}.000", order_id=f"206-{n}") for n in range(1, 40)]
    with sizes(64, 1):
        (settlement,) = read_packed(table(summary("780.000", currency="JPY"), *rows).encode())
    assert settlement.lines_total == settlement.total == 780_000


def test_a_header_in_the_middle_may_set_the_columns_in_another_order():
    swapped = {"amount-description": "amount-type", "amount-type": "amount-description"}
    sales = [item_line("Order/ItemPrice/Principal", "5.00")] * 3
    above = table(summary("30.00"), *sales)
    below = table(*sales, columns=[swapped.get(column, column) for column in V2])
    (settlement,) = read_packed((above + below).encode())
    (group,) = settlement.groups
    assert (group.line_type, group.amount) == (LineType("Order", "ItemPrice", "Principal"), 3000)


def test_a_short_row_between_two_of_an_item_takes_nothing_from_them():
    sale, fee = item_line("Order/ItemPrice/Principal", "5.00"), line("FBAFees/Storage/Base fee", "-1.00")
    cut = "\n".join(row.rstrip("\t") for row in table(summary("9.00"), sale, fee, sale).split("\n"))
    (settlement,) = read_packed(cut.encode())
    assert {group.line_type.amount_description: group.amount for group in settlement.groups} == {
        "Principal": 1000, "Base fee": -100
    }  # fmt: skip


def test_a_tab_inside_a_description_is_no_new_column():
    """Such a row looks like those above it on either side of the amount."""
    sale = item_line("Order/ItemPrice/Principal", "5.00")
    broken = table(summary("5.00"), sale, sale | {"amount-description": "Prin\tcipal"}, sale)
    with pytest.raises(BrokenSettlement, match="Line 4: “cipal” is not an amount"):
        read_packed(broken.encode())


def test_a_row_that_lacks_a_cell_is_not_taken_for_one_like_those_above():
    sale = item_line("Order/ItemPrice/Principal", "5.00")
    with pytest.raises(BrokenSettlement, match="Line 4: “AFN” is not an amount"):
        read_packed(
            table(*[summary("5.00"), *[sale | {"fulfillment-id": "AFN"}] * 3])
            .replace("Principal\t5.00", "Principal5.00", 2)
            .replace("Principal5.00", "Principal\t5.00", 1)
            .encode()
        )


def outcome(content: bytes) -> list[Settlement] | ReadError:
    try:
        return read_packed(content)
    except ReadError as error:
        return error


ORDINARY = written(
    [
        Said(LineType("Order", "ItemPrice", "Principal"), "Amazon.de", 1234, "1"),
        Said(LineType("Order", "ItemFees", "Commission"), "Amazon.de", -1234567, "1"),
    ],
    "EUR",
    Dialect(decimal_mark=",", thousands="."),
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), BLOCKS)
@example(b"", 16)
@example(b"\xff\xfe", 16)
@example(b"PK\x05\x06" + bytes(18), 16)
@example(b"\x1f\x8b\x08\x00", 16)
def test_any_bytes_at_all_end_in_settlements_or_in_words(content, block):
    with sizes(block, 5):
        result = outcome(content)
    assert isinstance(result, list) or result.message.endswith(".")


@settings(max_examples=300, deadline=None)
@given(st.data(), BLOCKS)
def test_a_damaged_settlement_file_ends_in_settlements_or_in_words(data, block):
    """Pieces of a good file are cut out, doubled or overwritten."""
    content = data.draw(st.sampled_from([ORDINARY, packed("gz"), packed("zip")]))
    for _ in range(data.draw(st.integers(1, 3))):
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
        instead = data.draw(st.sampled_from([b"", content[start:end] * 2, b"\t", b"\n", b"\0", b"9,"]))
        content = content[:start] + instead + content[end:]
    with sizes(block, 5):
        result = outcome(content)
    assert isinstance(result, list) or result.message.endswith(".")


def packed(how: str) -> bytes:
    lines = [Said(LineType("Order", "ItemPrice", "Principal"), "Amazon.co.uk", 1234, "1")]
    return written(lines, "GBP", Dialect(packed=how))

