"""However a settlement is written, it says the same, to the penny; whatever the bytes, there is a clear outcome."""

import io
from contextlib import contextmanager
from unittest import mock

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.core import file_text, settlement_draft
from services.core.packed_files import members
from services.core.read_errors import ReadError
from services.core.settlement import LineType, Settlement
from services.core.settlement_file import read_settlements
from tests.core.dialects import WITHHELD, Dialect, Said, expected_groups, settlements, written

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

