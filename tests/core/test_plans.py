"""The plan: one document, to the penny, from everything the settlement says."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from services.core.books import AccountFacts, Books, Mapped, TaxRateFacts
from services.core.plans import AddedLine, PlanSettings
from services.core.settlement import Group, LineType
from tests.core.books_text import plan_of, uk_books
from tests.core.settlement_text import item_line, line, read, read_one, summary, table

UK = {"marketplace_name": "Amazon.co.uk"}
SALE = item_line("Order/ItemPrice/Principal", "100.00", **UK)
TAX = item_line("Order/ItemPrice/Tax", "20.00", **UK)
FEE = item_line("Order/ItemFees/Commission", "-18.36", **UK)
FBA = item_line("Order/ItemFees/FBAPerUnitFulfillmentFee", "-3.05", **UK)
WITHHELD = item_line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", "-20.00", **UK)
ADVERTISING = line("ServiceFee/Cost of Advertising/TransactionTotalAmount", "-60.00")
PER_CATEGORY = PlanSettings(lines="category")


def settled(total, *rows, **cells):
    return read_one(table(summary(total, **cells), *rows))


def shown(plan):
    """Lines as an accountant reads them: description, account, tax type, gross, tax."""
    return [(line.description, line.account_code, line.tax_type, line.gross, line.tax) for line in plan.lines]


def test_a_positive_settlement_becomes_an_invoice_dated_when_the_money_came():
    plan = plan_of(settled("101.64", SALE, TAX, FEE))
    assert (plan.kind, plan.date, plan.due_date, plan.contact) == (
        "invoice",
        "2026-05-28",
        "2026-05-28",
        "Amazon.co.uk",
    )
    assert (plan.number, plan.reference) == ("AMZ-TB-10001", "(£101.64) TBUK-26990000001")
    assert shown(plan) == [
        ("Product sales", "200", "OUTPUT2", 12000, 2000),
        ("Commission", "401", "INPUT2", -1836, -306),
    ]
    assert (plan.total, plan.settlement_total, plan.tax) == (10164, 10164, 1694)
    assert plan.is_postable


AUSTRALIA = Books(
    {("SALES", ""): Mapped("200", "OUTPUT")},
    {code: AccountFacts(code, "An account", "REVENUE", "SALES", "ACTIVE") for code in ("200", "850")},
    {
        name: TaxRateFacts(name, name, Decimal(rate), "ACTIVE", frozenset({"REVENUE"}))
        for name, rate in (("OUTPUT", 10), ("BASEXCLUDED", 0))
    },
    frozenset({"AUD"}),
    base_currency="AUD",
)


@pytest.mark.parametrize("settings", [PlanSettings(), PlanSettings(post_as="manual_journal", clearing_account="850")])
def test_an_australian_organisation_has_its_own_word_for_no_tax(settings):
    plan = plan_of(
        settled("99.00", item_line("Order/ItemPrice/Principal", "100.00"), currency="AUD"),
        AUSTRALIA, settings=settings, added=AddedLine(-100, "850", "Amazon lost a line"),
    )  # fmt: skip
    assert plan.problems == ()
    assert {line.tax_type for line in plan.lines[1:]} == {"BASEXCLUDED"}


def test_a_description_longer_than_xero_takes_is_cut():
    """Line types kept before names were cut when read may be as long as a line of the file."""
    (settlement,) = read(table(summary("-5.00"), line("x/y/z", "-5.00")))
    long = Group(LineType("other-transaction", "other-transaction", "x" * 5000), "", False, -500, 1)
    plan = plan_of(replace(settlement, groups=(long,)))
    assert [len(each.description) for each in plan.lines] == [4000]


def test_without_a_deposit_date_it_is_dated_at_the_periods_end():
    plan = plan_of(settled("100.00", SALE, deposit_date=""))
    assert (plan.date, plan.due_date) == ("2026-05-26", "2026-05-26")


def test_a_negative_settlement_becomes_a_credit_note_with_every_sign_turned():
    plan = plan_of(settled("-40.00", ADVERTISING, TAX), settings=PER_CATEGORY)
    assert plan.kind == "credit_note"
    assert (plan.total, plan.settlement_total, plan.reference) == (4000, -4000, "(-£40.00) TBUK-26990000001")
    assert shown(plan) == [
        ("Product sales", "200", "OUTPUT2", -2000, -333),
        ("Advertising", "400", "INPUT2", 6000, 1000),
    ]


def test_a_zero_settlement_with_real_lines_is_a_zero_invoice():
    reserve = line("other-transaction/other-transaction/Current Reserve Amount", "-100.00")
    plan = plan_of(settled("0.00", SALE, reserve))
    assert (plan.kind, plan.total, len(plan.document_lines), plan.is_postable) == ("invoice", 0, 2, True)


def test_there_is_nothing_to_post_only_where_every_line_is_zero():
    plan = plan_of(settled("0.00", SALE | {"amount": "0.00"}))
    assert (plan.kind, plan.is_postable, plan.document_lines) == ("nothing", False, ())


def test_a_line_that_sums_to_zero_is_shown_and_left_out_of_the_document():
    there = line("other-transaction/other-transaction/Successful charge", "15.00")
    back = line("other-transaction/other-transaction/Payable to Amazon", "-15.00")
    plan = plan_of(settled("100.00", SALE, there, back), settings=PER_CATEGORY)
    assert [(line.category, line.gross) for line in plan.lines] == [("SALES", 10000), ("BALANCE_MOVEMENT", 0)]
    assert [line.category for line in plan.document_lines] == ["SALES"]


def test_lines_are_joined_by_plain_words_or_by_category():
    settlement = settled("78.59", SALE, FEE, FBA)
    storage = PlanSettings(lines="line_type")
    assert [line.description for line in plan_of(settlement, settings=storage).lines] == [
        "Product sales", "Commission", "FBA fulfilment fee",
    ]  # fmt: skip
    assert [line.description for line in plan_of(settlement, settings=PER_CATEGORY).lines] == [
        "Product sales", "Selling fees", "FBA fees",
    ]  # fmt: skip


def test_a_line_names_every_line_type_and_counts_every_row_behind_it():
    plan = plan_of(settled("220.00", SALE, SALE, TAX))
    (only,) = plan.lines
    assert [group.line_type.amount_description for group in only.groups] == ["Principal", "Tax"]
    assert (only.lines, only.account_name, only.tax_name) == (3, "Amazon Sales", "20% (VAT on Income)")


def test_tax_rows_may_have_a_line_of_their_own_without_tax():
    plan = plan_of(settled("120.00", SALE, TAX), settings=PlanSettings(sales_tax_rows="own_account"))
    assert shown(plan) == [
        ("Product sales", "200", "OUTPUT2", 10000, 1667),
        ("Tax on product sales", "835", "NONE", 2000, 0),
    ]


def test_where_amazon_accounts_for_the_tax_the_tax_cancels_in_one_line():
    other = {"order-item-code": "2"}
    plan = plan_of(settled("220.00", SALE, TAX, WITHHELD, SALE | other, TAX | other))
    assert shown(plan) == [
        ("Product sales", "200", "OUTPUT2", 12000, 2000),
        ("Product sales (tax accounted for by Amazon)", "200", "ZERORATEDOUTPUT", 10000, 0),
        ("Tax collected and paid by Amazon", "835", "NONE", 0, 0),
    ]


def german(*rows, total):
    return settled(total, *[row | {"marketplace-name": "Amazon.de"} for row in rows], ADVERTISING, currency="EUR")


REVERSE = {
    ("SALES", "Amazon.de"): Mapped("200", "NONE"),
    ("ADVERTISING", "Amazon.de"): Mapped("400", "REVERSECHARGES"),
}


def test_a_marketplaces_own_mapping_goes_first_also_for_rows_that_name_no_marketplace():
    plan = plan_of(german(SALE, FEE, total="21.64"), uk_books(REVERSE))
    assert shown(plan) == [
        ("Product sales", "200", "NONE", 10000, 0),
        ("Commission", "401", "INPUT2", -1836, -306),
        ("Sponsored ads", "400", "REVERSECHARGES", -6000, 0),
    ]


def test_rows_of_another_marketplace_follow_that_marketplaces_mapping():
    irish = SALE | {"marketplace-name": "amazon.DE"}
    plan = plan_of(settled("200.00", SALE, irish), uk_books(REVERSE))
    assert shown(plan) == [
        ("Product sales", "200", "NONE", 10000, 0),
        ("Product sales", "200", "OUTPUT2", 10000, 1667),
    ]


def test_rows_of_other_shops_follow_the_settlements_marketplace():
    other_shop = SALE | {"marketplace-name": "Non-Amazon"}
    assert plan_of(german(SALE, total="40.00"), uk_books(REVERSE)).lines[0].tax_type == "NONE"
    own = {("SALES", "Amazon.co.uk"): Mapped("201", "ZERORATEDOUTPUT")}
    plan = plan_of(settled("200.00", SALE, other_shop), uk_books(own))
    assert shown(plan) == [("Product sales", "201", "ZERORATEDOUTPUT", 20000, 0)]


def test_tracking_travels_with_its_mapping_and_parts_lines():
    tracked = {("SALES", ""): Mapped("200", "OUTPUT2", (("region", "north"),))}
    (sales,) = plan_of(settled("100.00", SALE), uk_books(tracked)).lines
    assert sales.tracking == (("region", "north"),)


def test_lines_stand_in_the_order_of_their_categories_whatever_the_files():
    forwards = plan_of(settled("18.59", SALE, FEE, FBA, ADVERTISING))
    backwards = plan_of(settled("18.59", ADVERTISING, FBA, FEE, SALE))
    assert forwards == backwards
    assert [line.category for line in forwards.lines] == ["SALES", "SELLER_FEES", "FBA_FEES", "ADVERTISING"]


def test_the_preview_for_machines_is_strings_in_major_units():
    plan = plan_of(settled("-60.00", ADVERTISING))
    assert plan.as_json() == {
        "settlement_id": "26990000001",
        "number": "AMZ-TB-10001",
        "reference": "(-£60.00) TBUK-26990000001",
        "kind": "credit_note",
        "contact": "Amazon.co.uk",
        "date": "2026-05-28",
        "due_date": "2026-05-28",
        "currency": "GBP",
        "total": "60.00",
        "settlement_total": "-60.00",
        "lines": [
            {
                "description": "Sponsored ads", "category": "ADVERTISING", "account_code": "400", "tax_type": "INPUT2",
                "gross": "60.00", "tax": "10.00", "net": "50.00",
            }
        ],
        "problems": [],
    }  # fmt: skip
    assert json.dumps(plan.as_json())


SENT = settled("81.64", SALE, FEE)


@pytest.mark.parametrize(
    "other",
    [
        plan_of(SENT, number="AMZ-TB-10002"),
        plan_of(SENT, contact="Amazon EU"),
        plan_of(SENT, deposit_date="2026-05-29"),
        plan_of(SENT, reference="(£81.64) TBUK-1"),
        plan_of(SENT, uk_books({("SALES", ""): Mapped("201", "OUTPUT2")})),
        plan_of(SENT, uk_books({("SALES", ""): Mapped("200", "ZERORATEDOUTPUT")})),
        plan_of(SENT, uk_books({("SALES", ""): Mapped("200", "OUTPUT2", (("region", "north"),))})),
        plan_of(SENT, settings=PER_CATEGORY),
        plan_of(settled("81.65", SALE, FEE | {"amount": "-18.35"})),
    ],
    ids=["number", "contact", "date", "reference", "account", "tax type", "tracking", "description", "amount"],
)
def test_the_hash_changes_with_anything_that_would_be_sent(other):
    assert other.hash != plan_of(SENT).hash


def test_the_hash_stays_the_same_for_the_same_document():
    assert plan_of(SENT).hash == plan_of(SENT).hash
    zero = item_line("Order/ItemFees/DigitalServicesFee", "0.00", **UK)
    with_a_zero_line = plan_of(settled("81.64", SALE, FEE, zero))
    assert len(with_a_zero_line.lines) == 3
    assert with_a_zero_line.hash == plan_of(SENT).hash


def test_a_settlement_whose_groups_were_lost_is_caught_before_anything_is_shown():
    lost = replace(SENT, groups=SENT.groups[:1])
    with pytest.raises(AssertionError, match="every line"):
        plan_of(lost, lines_total=SENT.lines_total)
