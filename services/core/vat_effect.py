"""What a plan's lines put into a tax return: tax on sales and on purchases, and the net amounts beside them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.core.books import Books
from services.core.plan_lines import PlanLine
from services.core.tax import types_without_tax


@dataclass(frozen=True)
class Boxes:
    """Minor units, in the settlement's own sense: sales positive, purchases positive when they cost.

    A UK VAT return has them as boxes 1, 4, 6 and 7. Tax that the buyer accounts for (reverse charge)
    goes into boxes of its own and is not counted.
    """

    tax_on_sales: int = 0  # box 1
    tax_on_purchases: int = 0  # box 4
    net_sales: int = 0  # box 6
    net_purchases: int = 0  # box 7

    def __add__(self, other: "Boxes") -> "Boxes":
        return Boxes(
            self.tax_on_sales + other.tax_on_sales,
            self.tax_on_purchases + other.tax_on_purchases,
            self.net_sales + other.net_sales,
            self.net_purchases + other.net_purchases,
        )


def boxes(lines: Iterable[PlanLine], books: Books, sign: int) -> Boxes:
    """``sign`` -1 turns a credit note's amounts back. A rate belongs to the side whose accounts may bear it."""
    total = Boxes()
    for line in lines:
        side = _side(line, books)
        if side == "sales":
            total += Boxes(tax_on_sales=sign * line.tax, net_sales=sign * line.net)
        elif side == "purchases":
            total += Boxes(tax_on_purchases=-sign * line.tax, net_purchases=-sign * line.net)
    return total


def _side(line: PlanLine, books: Books) -> str:
    rate = books.tax_rates.get(line.tax_type or "")
    if rate is None or rate.tax_type in types_without_tax():
        return ""
    on_sales, on_purchases = "REVENUE" in rate.applies_to, "EXPENSE" in rate.applies_to
    if on_sales and on_purchases:  # the account tells
        account = books.accounts.get(line.account_code or "")
        return "sales" if account and account.class_ == "REVENUE" else "purchases"
    return "sales" if on_sales else "purchases" if on_purchases else ""
