"""What must hold for any settlement: nothing lost, nothing doubled, nothing a matter of dialect."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.catalogue import standard
from services.core.plans import PlanSettings
from tests.core.books_text import plan_of
from tests.core.settlement_text import V1, item_line, line, read_one, summary, table, v1_row

KNOWN = [
    f"{kind.transaction_type}/{kind.amount_type}/{kind.amount_description}"
    for kind in (entry.line_type for entry in standard().entries)
    if "*" not in f"{kind}" and "/" not in kind.amount_description
]
WORDS = st.text("abc XYZ-_&#'\"üé€", max_size=8).map(str.strip)
TRIPLES = st.one_of(st.sampled_from(KNOWN), st.tuples(WORDS, WORDS, WORDS).map("/".join))
MINOR = st.integers(-(10**7), 10**7)
ITEMS = st.sampled_from(["", "1", "2"])
LINES = st.lists(st.tuples(TRIPLES, MINOR, ITEMS), max_size=25)


def major(minor, mark="."):
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}{mark}{abs(minor) % 100:02d}"


def rows_of(lines, mark="."):
    for triple, minor, item in lines:
        row = item_line(triple, major(minor, mark), order_item_code=item) if item else line(triple, major(minor, mark))
        yield row


def written(lines, mark="."):
    total = sum(minor for _, minor, _ in lines)
    return table(summary(major(total, mark)), *rows_of(lines, mark))


CHOICES = st.builds(PlanSettings, st.sampled_from(["line_type", "category"]), st.sampled_from(["fold", "own_account"]))


@settings(max_examples=60, deadline=None)
@given(LINES, CHOICES)
def test_the_lines_of_a_plan_sum_to_the_total_that_amazon_states(lines, chosen):
    plan = plan_of(read_one(written(lines)), settings=chosen)
    total = sum(minor for _, minor, _ in lines)
    assert sum(line.gross for line in plan.lines) == plan.total == abs(total)
    assert sum(line.gross for line in plan.document_lines) == abs(total)
    assert all(line.net + line.tax == line.gross for line in plan.lines)
    assert sum(line.lines for line in plan.lines) == len(lines)


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_dots_and_commas_and_the_order_of_the_lines_say_the_same(lines):
    said = read_one(written(lines))
    assert read_one(written(lines, ",")) == said
    assert read_one(written(lines[::-1])) == said


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Principal", "Tax", "Shipping"]), MINOR, MINOR, MINOR), max_size=15))
def test_a_v1_row_with_three_amounts_says_what_three_v2_rows_say(rows):
    item = {"order_id": "702-1", "order_item_code": "5", "sku": "SKU-1"}
    v1, v2 = [], []
    for name, price, fee, promotion in rows:
        v1.append(v1_row("Order", price_type=name, price_amount=major(price), item_related_fee_type="Commission",
                         item_related_fee_amount=major(fee), promotion_type=name, promotion_amount=major(promotion),
                         **item))  # fmt: skip
        v2.append(line(f"Order/ItemPrice/{name}", major(price)))
        v2.append(line("Order/ItemFees/Commission", major(fee)))
        v2.append(line(f"Order/Promotion/{name}", major(promotion)))
    total = summary(major(sum(sum(amounts) for _, *amounts in rows)))
    first, second = read_one(table(total, *v1, columns=V1)), read_one(table(total, *v2))
    assert first.groups == second.groups
    assert first.lines_total == first.total


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(5, 10**6)), min_size=1, max_size=12))
def test_tax_that_amazon_accounts_for_always_cancels(items):
    """Whatever the mix of items, their tax rows and facilitator rows leave nothing behind."""
    lines = []
    for number, (accounted, price) in enumerate(items):
        code, tax = str(number), price // 5
        lines += [("Order/ItemPrice/Principal", price, code), ("Order/ItemPrice/Tax", tax, code)]
        if accounted:
            lines.append(("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", -tax, code))
    plan = plan_of(read_one(written(lines)), settings=PlanSettings(lines="category"))
    gross = {line.category: line.gross for line in plan.lines}
    assert gross.get("MF_TAX_WITHHELD", 0) == 0
    assert gross.get("SALES", 0) == sum(price + price // 5 for accounted, price in items if not accounted)
    assert gross.get("SALES_AMAZON_TAXED", 0) == sum(price for accounted, price in items if accounted)
