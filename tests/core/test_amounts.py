"""Amounts as printed: dots or commas, told by the file itself; exact, or refused with the line."""

import pytest

from services.core.amounts import parse_all, parse_amount
from services.core.read_errors import BrokenSettlement


@pytest.mark.parametrize(
    ("text", "mark", "digits", "minor"),
    [
        ("12.34", ".", 2, 1234),
        ("-0.05", ".", 2, -5),
        ("+5", ".", 2, 500),
        ("62.31    ", ".", 2, 6231),
        ("1,234.5", ".", 2, 123450),
        ("1,234,567.89", ".", 2, 123456789),
        ("1,23,456.78", ".", 2, 12345678),
        ("1141,18", ",", 2, 114118),
        ("1.141,18", ",", 2, 114118),
        ("-1 141,18", ",", 2, -114118),
        ("1\u2009141,18", ",", 2, 114118),
        ("1124.5000", ".", 2, 112450),
        ("1.2300", ".", 3, 1230),
        ("1\u00a0141,18", ",", 2, 114118),
        ("1'141.18", ".", 2, 114118),
        ("\u221217,85", ",", 2, -1785),
        (".50", ".", 2, 50),
        ("1234", ".", 0, 1234),
        ("1,234", ".", 0, 1234),
        ("1234.00", ".", 0, 1234),
        ("1.234", ".", 3, 1234),
        ("0", ",", 2, 0),
    ],
)
def test_an_amount_is_read_exactly(text, mark, digits, minor):
    assert parse_amount(text, mark, digits) == minor


@pytest.mark.parametrize(
    "text", ["", "-", "abc", "1.2.3", "12,34.56", "1,2345.00", "1e5", "(5.00)", "5.00-", "£5", "½", "٣"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount(text, ".", 2)


@pytest.mark.parametrize(("text", "digits"), [("1.234", 2), ("1.230", 2), ("1.5", 0), ("1124.5001", 2)])
def test_more_decimals_than_the_currency_has_are_refused(text, digits):
    with pytest.raises(ValueError, match="more decimals than the currency"):
        parse_amount(text, ".", digits)


def test_a_small_amount_with_a_dot_is_not_thousands_in_a_comma_file():
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount("0.005", ",", 2)


def parsed(*texts, currency="GBP", elsewhere=()):
    amounts = {text: line for line, text in enumerate(texts, start=2)}
    others = {text: line for line, text in enumerate(elsewhere, start=50)}
    return list(parse_all(amounts, currency, amounts | others).values())


def test_one_amount_with_a_comma_makes_the_whole_file_a_comma_file():
    assert parsed("100", "17,85", "1.141,18", "1.000") == [10000, 1785, 114118, 100000]


def test_one_amount_with_a_dot_makes_the_whole_file_a_dot_file():
    assert parsed("100", "17.85", "1,141.18", "1,000") == [10000, 1785, 114118, 100000]


def test_repeated_marks_are_thousands():
    assert parsed("1.234.567") == [123456700]


def test_yen_have_no_decimals_so_a_mark_parts_thousands():
    assert parsed("1.234", "56", currency="JPY") == [1234, 56]
    assert parsed("1,234", currency="JPY") == [1234]


def test_another_settlement_of_the_file_tells_what_this_one_leaves_open():
    assert parsed("1.234", elsewhere=["5,00"]) == [123400]


def test_an_amount_that_could_be_either_is_not_guessed():
    with pytest.raises(BrokenSettlement, match=r"Line 3: “1\.234” may be thousands or decimals"):
        parsed("100", "1.234")


def test_a_file_in_both_styles_is_refused_naming_both_lines():
    with pytest.raises(BrokenSettlement, match=r"“1\.5” on line 2 and “2,5” on line 3"):
        parsed("1.5", "2,5")


def test_a_bad_amount_names_its_line_and_says_what_to_do():
    with pytest.raises(BrokenSettlement) as refused:
        parsed("1.50", "twelve")
    assert refused.value.message.startswith("Line 3: “twelve” is not an amount.")
    assert "Seller Central" in refused.value.message


@pytest.mark.parametrize("text", ["10000000000.00", "10,000,000,000.00", "-99999999999999999999.00"])
def test_an_amount_that_no_line_in_xero_can_hold_is_refused(text):
    with pytest.raises(ValueError, match="more than a line in Xero can hold"):
        parse_amount(text, ".", 2)


def test_the_largest_amount_of_a_line_is_read():
    assert parse_amount("9,999,999,999.99", ".", 2) == 999_999_999_999
