"""What another file of the same settlement says otherwise."""

from services.core.file_differences import between
from services.core.settlement import Group, LineType

FEE, SALE = LineType("Order", "ItemFees", "Commission"), LineType("Order", "ItemPrice", "Principal")


def group(line_type, amount, lines=1, marketplace="Amazon.co.uk", accounted=False):
    return Group(line_type, marketplace, accounted, amount, lines)


def test_what_is_the_same_is_not_told():
    assert between([group(SALE, 100)], [group(SALE, 100)]) == []


def test_new_gone_and_changed_line_types_are_told_the_largest_change_first():
    told = between([group(SALE, 100), group(FEE, -10)], [group(SALE, 130), group(LineType("a", "b", "c"), -5)])
    assert [(each.before, each.after, each.change) for each in told] == [(100, 130, 30), (-10, 0, 10), (0, -5, -5)]


def test_a_line_more_is_told_even_where_the_sum_is_the_same():
    (told,) = between([group(FEE, 0, 1)], [group(FEE, 0, 2)])
    assert (told.lines_before, told.lines_after) == (1, 2)


def test_marketplaces_and_tax_treatment_are_summed_over():
    split = [group(SALE, 60), group(SALE, 40, marketplace="", accounted=True)]
    assert between([group(SALE, 100, 2)], split) == []
