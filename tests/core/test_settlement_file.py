"""V2 files: whatever the dialect, every amount is counted once and exactly."""

import io

import pytest

from services.core.settlement_file import BrokenSettlement, read_file
from tests.core.settlement_text import ID, V2, amounts, item_line, line, read, read_one, summary, table

SALE = item_line("Order/ItemPrice/Principal", "12.00", marketplace_name="Amazon.co.uk")
FEE = item_line("Order/ItemFees/Commission", "-1.84", marketplace_name="Amazon.co.uk")
STORAGE = line("other-transaction/other-transaction/Storage Fee", "-3.00")
SIMPLE = table(summary("7.16"), SALE, FEE, STORAGE)
SAID = {
    "Order/ItemPrice/Principal": 1200,
    "Order/ItemFees/Commission": -184,
    "other-transaction/other-transaction/Storage Fee": -300,
}


def test_a_settlement_says_who_when_how_much():
    settlement = read_one(SIMPLE)
    assert (settlement.settlement_id, settlement.format, settlement.currency) == (ID, "V2", "GBP")
    assert (settlement.total, settlement.lines_total, settlement.line_count) == (716, 716, 3)
    assert (settlement.start_date, settlement.end_date, settlement.deposit_date) == (
        "2026-05-12",
        "2026-05-26",
        "2026-05-28",
    )
    assert amounts(settlement) == SAID
    assert {group.marketplace for group in settlement.groups} == {"Amazon.co.uk", ""}


@pytest.mark.parametrize(
    "content",
    [
        SIMPLE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + SIMPLE.encode(),
        SIMPLE.encode("utf-16"),
        SIMPLE.rstrip("\n").encode(),
        ("\n" + SIMPLE.replace("\n", "\n\n") + "\t\t\t\n\n").encode(),
        SIMPLE.replace("\n", "\t\n").encode(),
        "\n".join(row.rstrip("\t") for row in SIMPLE.split("\n")).encode(),
        SIMPLE.replace("12.00", "12.00    ").replace("-1.84", " -1.84").encode(),
        SIMPLE.replace("12.05.2026 07:06:34 UTC", "2026-05-12T07:06:34+00:00").encode(),
        SIMPLE.replace("12.05.2026 07:06:34 UTC", "2026-05-12 07:06:34 UTC").encode(),
        SIMPLE.replace("12.05.2026 07:06:34 UTC", "2026/05/12 07:06:34 UTC").encode(),
    ],
    ids=[
        "CRLF", "BOM", "UTF-16", "no last line end", "blank lines", "a tab more on every line", "no trailing tabs",
        "padded amounts", "ISO dates", "dashed dates", "slashed dates",
    ],
)  # fmt: skip
def test_the_dialect_makes_no_difference(content):
    assert read_one(content) == read_one(SIMPLE)


def test_commas_and_dates_are_independent_of_each_other():
    commas = SIMPLE.replace("12.00", "12,00").replace("1.84", "1,84").replace("3.00", "3,00").replace("7.16", "7,16")
    assert read_one(commas) == read_one(SIMPLE)
    assert read_one(commas.replace("12.05.2026", "2026-05-12")) == read_one(SIMPLE)


def test_columns_are_found_by_name_whatever_their_order_and_unknown_ones_are_left_alone():
    shuffled = ["new-column", *reversed(V2)]
    rows = [{"new-column": "anything", **row} for row in (summary("7.16"), SALE, FEE, STORAGE)]
    assert read_one(table(*rows, columns=shuffled)) == read_one(SIMPLE)


def test_quotes_in_free_text_are_only_text():
    promotion = SALE | {"promotion-id": '5" off & "more #2'}
    assert read_one(table(summary("7.16"), promotion, FEE, STORAGE)) == read_one(SIMPLE)


def test_rows_without_an_amount_count_for_nothing_and_zero_rows_count_as_rows():
    silent = [item_line("Order/ItemPrice/Principal", "")] * 3
    zero = item_line(
        "Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Shipping", "0.00", marketplace_name="Amazon.co.uk"
    )
    settlement = read_one(table(summary("7.16"), *silent, SALE, zero, FEE, STORAGE))
    assert (settlement.lines_total, settlement.line_count) == (716, 4)


def test_a_fee_row_with_an_empty_transaction_type_is_no_summary_and_counts():
    settlement = read_one(table(summary("-3.50"), line("/FBA Inventory Storage Fee/Base fee", "-3.50")))
    assert amounts(settlement) == {"/FBA Inventory Storage Fee/Base fee": -350}


def test_the_summary_may_stand_anywhere_and_the_deposit_date_may_be_missing():
    settlement = read_one(table(SALE, FEE, STORAGE, summary("7.16", deposit_date="")))
    assert (settlement.total, settlement.deposit_date) == (716, "")


def test_a_currency_repeated_on_every_row_is_tolerated():
    repeated = [row | {"currency": "GBP"} for row in (SALE, FEE, STORAGE)]
    assert read_one(table(summary("7.16"), *repeated)) == read_one(SIMPLE)


def test_lines_that_do_not_add_up_are_kept_as_they_are():
    settlement = read_one(table(summary("100.00"), SALE))
    assert (settlement.total, settlement.lines_total) == (10000, 1200)


def test_two_settlements_in_one_file_are_two():
    other = table(summary("5,00", currency="EUR"), line("Order/ItemPrice/Principal", "5,00"), settlement_id="27")
    for joined in (SIMPLE + other, SIMPLE + "\n".join(other.split("\n")[1:])):
        first, second = read(joined)
        assert first == read_one(SIMPLE)
        assert (second.settlement_id, second.currency, second.total, second.lines_total) == ("27", "EUR", 500, 500)


def test_lines_are_summed_by_line_type_and_marketplace():
    elsewhere = SALE | {"marketplace-name": "Amazon.ie"}
    groups = read_one(table(summary("36.00"), SALE, SALE, elsewhere)).groups
    assert [(group.marketplace, group.amount, group.lines) for group in groups] == [
        ("Amazon.co.uk", 2400, 2),
        ("Amazon.ie", 1200, 1),
    ]


def test_yen_are_whole():
    settlement = read_one(table(summary("1,200", currency="JPY"), line("Order/ItemPrice/Principal", "1,200")))
    assert (settlement.total, settlement.lines_total) == (1200, 1200)


@pytest.mark.parametrize("word", ["Gebühr für Café", "Málaga", "Verkäufe"])
def test_a_western_file_in_code_page_1252_keeps_its_letters(word):
    """Some of these bytes are also good Japanese: "Málaga" would become "M疝aga"."""
    content = table(summary("-5.00"), line(f"other-transaction/other-transaction/{word}", "-5.00"))
    assert list(amounts(read_one(content.encode("cp1252")))) == [f"other-transaction/other-transaction/{word}"]


def test_a_japanese_file_in_code_page_932_keeps_its_letters():
    content = table(summary("-500", currency="JPY"), line("other-transaction/other-transaction/手数料", "-500"))
    assert list(amounts(read_one(content.encode("cp932")))) == ["other-transaction/other-transaction/手数料"]


def refusal(content) -> str:
    with pytest.raises(BrokenSettlement) as refused:
        read(content)
    assert ". In Seller Central" in refused.value.message
    return refused.value.message


def test_an_amount_that_is_too_fine_is_refused_with_its_line():
    assert "Line 3: “12.005” has more decimals than the currency" in refusal(
        table(summary("7.16"), SALE | {"amount": "12.005"}, FEE)
    )


def test_a_date_that_amazon_does_not_write_is_refused():
    message = refusal(table(summary("12.00", settlement_end_date="26/05/2026 07:06"), SALE))
    assert "Line 2: the settlement-end-date reads “26/05/2026 07:06”" in message
    assert "spreadsheet" in message


def test_an_id_in_scientific_notation_is_refused_as_a_spreadsheets_work():
    assert "a spreadsheet has rewritten it" in refusal(table(summary("12.00"), SALE, settlement_id="2.699E+10"))


@pytest.mark.parametrize("code", ["5.0001E+10", "6,21609E+13", "5E+13"])
def test_an_item_code_in_scientific_notation_is_refused_as_a_spreadsheets_work(code):
    """A settlement id of eleven digits survives where an item code of fourteen does not."""
    assert f"“{code}”: a spreadsheet has rewritten the ids" in refusal(
        table(summary("12.00"), SALE | {"order-item-code": code})
    )


def test_a_sku_that_looks_scientific_is_only_a_sku():
    assert read_one(table(summary("12.00"), SALE | {"sku": "1.5E+10"})).total == 1200


def test_a_row_without_an_id_is_refused():
    assert "Line 3 has no valid settlement id" in refusal(table(summary("12.00"), SALE | {"settlement-id": ""}))


def test_a_row_that_runs_past_the_header_is_refused():
    assert "Line 3 has more columns than the header" in refusal(
        table(summary("12.00"), SALE | {"sku": "SKU\tbroken", "promotion-id": "x"})
    )


def test_a_settlement_without_its_summary_is_refused():
    assert "no summary row" in refusal(table(SALE, FEE))


def test_a_settlement_that_stands_twice_in_one_file_is_read_twice():
    other = table(summary("12.00"), SALE)
    assert [(each.copy, each.total, each.line_count) for each in read(SIMPLE + other)] == [(1, 716, 3), (2, 1200, 1)]
    assert read(SIMPLE + SIMPLE) == [read_one(SIMPLE)] * 2


def test_a_summary_row_said_twice_before_any_row_is_one():
    assert read(table(summary("12.00"), summary("12.00"), SALE)) == [read_one(table(summary("12.00"), SALE))]


def test_two_summary_rows_that_differ_are_refused():
    message = refusal(table(summary("12.00"), summary("13.00"), SALE))
    assert "two summary rows that differ, on lines 2 and 3" in message


BAD = table(summary("12.00"), SALE | {"amount": "abc"}, settlement_id="27")
LOST = table(SALE, settlement_id="28")


def test_what_is_wrong_with_one_settlement_leaves_the_others_of_the_file_alone():
    reading = read_file(io.BytesIO((SIMPLE + BAD + LOST).encode()))
    assert reading.settlements == (read_one(SIMPLE),)
    assert {of.settlement_id: error.message.partition(". ")[0] for of, error in reading.refused.items()} == {
        "27": "Line 8: “abc” is not an amount",
        "28": "Settlement 28 (line 10) has no summary row with its total and dates: the file is incomplete",
    }


def test_a_period_that_ends_before_it_begins_is_refused():
    message = refusal(table(summary("12.00", settlement_end_date="11.05.2026 07:06:34 UTC"), SALE))
    assert "Line 2: the period ends (2026-05-11) before it begins (2026-05-12)" in message


def test_a_period_of_one_day_is_taken():
    assert (
        read_one(table(summary("12.00", settlement_end_date="12.05.2026 09:00:00 UTC"), SALE)).end_date == "2026-05-12"
    )


def test_a_currency_in_small_letters_is_the_same_currency():
    settlement = read_one(table(summary("12.00", currency="gbp"), SALE | {"currency": "GBP"}))
    assert (settlement.currency, settlement.total) == ("GBP", 1200)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark(encoding):
    assert read_one(SIMPLE.encode(encoding)) == read_one(SIMPLE)


def quoted(text: str) -> str:
    return "".join("\t".join(f'"{cell}"' for cell in row.split("\t")) + "\n" for row in text.splitlines())


def test_cells_in_quotation_marks_are_what_they_say():
    named = SIMPLE.replace("Storage Fee", 'Storage "Fee"')
    header, _, rows = named.partition("\n")
    whole = quoted(named.replace('"', '""'))
    assert read_one(whole) == read_one(named)
    assert read_one(f"{header}\n{quoted(rows.replace(chr(34), chr(34) * 2))}") == read_one(named)
    assert read_one(f"{quoted(header)}{rows}") == read_one(named)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("posted-date", "########"),
        ("posted-date-time", "########"),
        ("posted-date-time", "20/05/2026 07:06"),
        ("posted-date-time", "5/20/26 7:06"),
        ("order-id", "########"),
        ("order-id", "2,06E+16"),
    ],
)
def test_other_marks_of_a_spreadsheet_are_refused_too(column, text):
    message = refusal(table(summary("12.00"), SALE | {column: text}))
    assert message.startswith(f"The {column} of a row reads “{text}”: a spreadsheet has rewritten it")


def test_rows_may_end_before_their_dates():
    cut = "\n".join(row.rstrip("\t") for row in table(summary("-3.00"), STORAGE).split("\n"))
    assert read_one(cut).total == -300


def test_such_a_mark_is_found_among_many_rows():
    rows = [SALE | {"order-id": f"206-{number}", "posted-date-time": "########"} for number in range(400)]
    assert "########" in refusal(table(summary("12.00"), *rows))


@pytest.mark.parametrize(
    ("column", "text"),
    [("posted-date", "09/06/25"), ("posted-date-time", "2026/05/20 07:06:34 UTC"), ("sku", "####"), ("sku", "5/20/26")],
)
def test_what_amazon_itself_writes_so_is_no_such_mark(column, text):
    assert read_one(table(summary("12.00"), SALE | {column: text})).total == 1200


def test_a_name_longer_than_any_of_amazons_is_cut_and_told_apart():
    long = "x" * 900_000
    first, second = (line(f"other-transaction/other-transaction/{long}{end}", "-1.00") for end in "ab")
    names = [group.line_type.amount_description for group in read_one(table(summary("-2.00"), first, second)).groups]
    assert len(set(names)) == 2
    assert all(len(name) < 600 and name.startswith("xxx") for name in names)


def test_a_line_in_another_currency_is_refused():
    assert "Line 3 is in “EUR”" in refusal(table(summary("12.00"), SALE | {"currency": "EUR"}))


def test_a_settlement_without_a_currency_is_refused():
    assert "Line 2 names no currency" in refusal(table(summary("12.00", currency=""), SALE))


def test_a_header_alone_is_refused():
    assert "nothing below it" in refusal(table())
