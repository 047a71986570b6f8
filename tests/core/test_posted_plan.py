"""The document as it was sent, found again in the settlement's plan as it stands now."""

from dataclasses import replace

from services.core.books import Books
from services.core.plan_lines import PlanLine
from services.core.plans import Plan
from services.core.posted_plan import Sent, as_sent
from services.core.settlement import Group, LineType


def fee(account: str, minor: int, words: str = "Commission") -> PlanLine:
    groups = (Group(LineType("Order", "ItemFees", words), "Amazon.co.uk", False, minor, 1),)
    return PlanLine(words, "SELLER_FEES", account, "", "INPUT2", "", (), minor, 0, minor, groups)


def now(*lines: PlanLine) -> Plan:
    total = sum(line.gross for line in lines)
    return Plan("26000000001", "AMZ-TB-10001", "(£1.00) TBUK-26000000001", "invoice", "Amazon.co.uk", "2026-05-17",
                "2026-05-17", "GBP", total, total, lines, ())  # fmt: skip


def sent(plan: Plan) -> Sent:
    lines = [{"description": line.description, "account_code": line.account_code, "tax_type": line.tax_type,
              "tracking": [], "gross": line.gross, "tax": line.tax} for line in plan.lines if line.gross]  # fmt: skip
    return Sent(plan.kind, plan.number, plan.reference, plan.contact, plan.date, plan.due_date, plan.currency,
                plan.total, False, lines)  # fmt: skip


def test_unchanged_books_show_the_same_lines():
    plan = now(fee("401", -1800), fee("401", 0, "Closing fee"))
    assert as_sent(sent(plan), plan, Books()).lines == plan.lines


def test_another_mapping_leaves_the_old_account_and_its_rows():
    before, after = now(fee("401", -1800)), now(fee("400", -1800))
    (line,) = as_sent(sent(before), after, Books()).lines
    assert (line.account_code, line.groups) == ("401", after.lines[0].groups)


def test_another_file_leaves_the_old_amount_without_rows_that_do_not_make_it():
    before, after = now(fee("401", -1800)), now(fee("401", -2000))
    shown = as_sent(sent(before), after, Books())
    assert (shown.total, shown.lines[0].gross, shown.lines[0].groups) == (-1800, -1800, ())


def test_a_credit_note_finds_its_rows_by_turned_signs():
    before = now(fee("401", -1800))
    turned = replace(sent(before), kind="credit_note", total=1800)
    turned.lines[0]["gross"] = 1800
    shown = as_sent(turned, before, Books())
    assert shown.lines[0].groups == before.lines[0].groups and shown.lines_total == -1800
