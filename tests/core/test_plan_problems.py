"""What stands between a plan and Xero, said so that it can be put right."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.core.books import AccountFacts, Books, Mapped, TaxRateFacts
from services.core.plans import PlanSettings
from services.core.settlement import LineType
from tests.core.books_text import ACCOUNTS, MAPPINGS, RATES, plan_of, uk_books
from tests.core.settlement_text import line, read_one, summary, table

SALE = line("Order/ItemPrice/Principal", "100.00")
FEE = line("Order/ItemFees/Commission", "-15.00")
NEW = line("other-transaction/other-transaction/Moon Landing Fee", "-5.00")


def settled(total, *rows, **cells):
    return read_one(table(summary(total, **cells), *rows))


def problems(*rows, total="100.00", books=None, **options):
    plan = plan_of(settled(total, *rows), books, **options)
    assert plan.is_postable == (not plan.problems)
    return plan.problems


def test_a_mapped_and_known_settlement_has_no_problem():
    assert problems(SALE) == ()


def test_an_unknown_line_type_is_shown_with_its_amount_and_stops_the_post():
    plan = plan_of(settled("95.00", SALE, NEW))
    (problem,) = plan.problems
    assert (problem.code, problem.amount) == ("needs_category", -500)
    assert problem.line_type == LineType("other-transaction", "other-transaction", "Moon Landing Fee")
    assert "“Moon Landing Fee” (-£5.00)" in problem.message and "Needs a category" in problem.message
    assert [(line.category, line.account_code, line.gross) for line in plan.lines][-1] == ("UNKNOWN", None, -500)
    assert plan.total == 9500


def test_unknown_line_types_are_named_one_by_one_even_where_they_share_a_line_or_cancel():
    other = line("other-transaction/other-transaction/Mars Landing Credit", "5.00")
    found = problems(SALE, NEW, other, settings=PlanSettings(lines="category"))
    assert [(problem.code, problem.amount) for problem in found] == [("needs_category", 500), ("needs_category", -500)]


def test_an_unknown_line_type_of_nothing_but_zeros_stops_nothing():
    assert problems(SALE, NEW | {"amount": "0.00"}) == ()


def test_a_rule_ends_the_problem():
    rule = {("othertransaction", "othertransaction", "moonlandingfee"): "SELLER_FEES"}
    assert problems(SALE, NEW, total="95.00", rules=rule) == ()


def unmapped(*categories):
    return replace(uk_books(), mappings={key: to for key, to in MAPPINGS.items() if key[0] not in categories})


def test_a_category_without_a_mapping_is_named_once_with_its_amount():
    tax = line("Order/ItemFees/DigitalServicesFee", "-1.00")
    (problem,) = problems(SALE, FEE, tax, total="84.00", books=unmapped("SELLER_FEES"))
    assert (problem.code, problem.category, problem.amount) == ("needs_mapping", "SELLER_FEES", -1600)
    assert "Selling fees (-£16.00) has no account yet" in problem.message and "Accounts & Taxes" in problem.message


def test_in_a_credit_note_the_amount_is_still_the_settlements():
    (problem,) = problems(FEE, total="-15.00", books=unmapped("SELLER_FEES"))
    assert problem.amount == -1500


def test_unmapped_lines_stay_in_the_plan_without_an_account():
    plan = plan_of(settled("85.00", SALE, FEE), unmapped("SELLER_FEES"))
    assert [(line.category, line.account_code, line.tax_type, line.gross) for line in plan.lines] == [
        ("SALES", "200", "OUTPUT2", 10000),
        ("SELLER_FEES", None, None, -1500),
    ]


def test_a_zero_line_needs_no_mapping():
    assert problems(SALE, FEE | {"amount": "0.00"}, books=unmapped("SELLER_FEES")) == ()


def test_another_marketplaces_mapping_does_not_help():
    books = replace(unmapped("SALES"), mappings={("SALES", "Amazon.de"): Mapped("200", "NONE")})
    assert [problem.code for problem in problems(SALE, books=books)] == ["needs_mapping"]


def test_lines_that_do_not_add_up_are_told_with_the_difference():
    (problem,) = problems(SALE, total="120.00")
    assert (problem.code, problem.amount) == ("does_not_add_up", 2000)
    assert "add up to £100.00" in problem.message and "£120.00" in problem.message and "£20.00" in problem.message


def account(**changes):
    return {"200": replace(ACCOUNTS["200"], **changes)}


@pytest.mark.parametrize(
    ("books", "words"),
    [
        (uk_books(accounts=account(status="ARCHIVED")), "Account 200 – Amazon Sales is archived in Xero"),
        (uk_books(accounts=account(status="GONE")), "Account 200 – Amazon Sales is no longer in Xero"),
        (uk_books(accounts=account(type="BANK")), "is a bank account"),
        (uk_books(accounts=account(system_account="DEBTORS")), "one of Xero's own system accounts"),
        (uk_books({("SALES", ""): Mapped("999", "NONE")}), "Account 999 is not in Xero"),
    ],
)
def test_an_account_that_xero_would_refuse_is_named(books, words):
    (problem,) = problems(SALE, books=books)
    assert (problem.code, problem.category) == ("account_unusable", "SALES")
    assert words in problem.message and "Sync from Xero" in problem.message


def test_the_rounding_account_may_be_used():
    assert problems(SALE, books=uk_books(accounts=account(system_account="ROUNDING"))) == ()


@pytest.mark.parametrize(
    ("books", "words"),
    [
        (uk_books({("SALES", ""): Mapped("200", "INPUT2")}), "cannot be used with account 200 – Amazon Sales"),
        (uk_books({("SALES", ""): Mapped("200", "TAX009")}), "Tax rate TAX009 is not in Xero"),
        (uk_books(tax_rates={"OUTPUT2": replace(RATES["OUTPUT2"], status="DELETED")}), "is no longer active in Xero"),
    ],
)
def test_a_tax_rate_that_xero_would_refuse_is_named(books, words):
    (problem,) = problems(SALE, books=books)
    assert problem.code == "tax_rate_unusable"
    assert words in problem.message


def test_an_unusable_account_behind_a_zero_line_stops_nothing():
    books = uk_books({("SELLER_FEES", ""): Mapped("999", "NONE")})
    assert problems(SALE, FEE | {"amount": "0.00"}, books=books) == ()


def test_a_fault_shared_by_several_lines_is_told_once():
    books = uk_books(accounts={"401": AccountFacts("401", "Old Fees", "EXPENSE", "EXPENSE", "ARCHIVED")})
    dsf = line("Order/ItemFees/DigitalServicesFee", "-1.00")
    assert len(problems(SALE, FEE, dsf, total="84.00", books=books)) == 1


def test_a_currency_that_xero_has_not_enabled_is_named():
    (problem,) = problems(SALE, books=uk_books(currencies=frozenset({"EUR"})))
    assert problem.code == "currency_not_enabled" and "GBP is not enabled" in problem.message


@pytest.mark.parametrize(("lock_date", "locked"), [("2026-05-27", False), ("2026-05-28", True), ("2026-06-30", True)])
def test_a_document_dated_on_or_before_the_lock_date_is_refused(lock_date, locked):
    found = problems(SALE, books=uk_books(lock_date=lock_date))
    assert [problem.code for problem in found] == ["period_locked"] * locked
    assert all("2026-05-28" in problem.message and lock_date in problem.message for problem in found)


def test_before_the_first_sync_only_that_is_told_about_xero():
    (problem,) = problems(SALE, books=Books(mappings=MAPPINGS))
    assert problem.code == "not_synced" and "Sync from Xero" in problem.message


def test_every_rate_of_the_account_class_is_taken():
    rate = TaxRateFacts("TAX001", "Local", Decimal("8.875"), "ACTIVE", frozenset({"REVENUE", "EXPENSE"}))
    books = uk_books({("SALES", ""): Mapped("200", "TAX001")}, tax_rates={"TAX001": rate})
    plan = plan_of(settled("100.00", SALE), books)
    assert (plan.is_postable, plan.tax) == (True, 815)


def test_a_permission_that_xero_was_not_asked_for_stops_the_post_and_says_where_to_allow_it():
    (problem,) = problems(SALE, books=replace(uk_books(), lacks="to read and write manual journals"))
    assert problem.code == "needs_permission"
    assert "to read and write manual journals" in problem.message and "Press Reconnect Xero" in problem.message
