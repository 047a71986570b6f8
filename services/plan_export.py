"""The preview as a table for a spreadsheet: one row a line, zero ones too, then the total."""

from collections.abc import Iterator

from services.core.csv_cells import csv_lines
from services.core.money import format_major
from services.core.plans import Plan

HEADER = (
    "settlement", "number", "reference", "kind", "contact", "date", "currency", "description", "category",
    "account_code", "account_name", "tax_type", "tax_name", "gross", "tax", "net", "amazon_lines", "in_document",
)  # fmt: skip


def as_csv(plan: Plan) -> Iterator[str]:
    """The plan's lines as CSV, amounts in major units as they stand in the document."""
    told = (plan.settlement_id, plan.number, plan.reference, plan.kind, plan.contact, plan.date, plan.currency)

    def major(minor: int) -> str:
        return format_major(minor, plan.currency)

    def rows() -> Iterator[tuple]:
        for line in plan.lines:
            yield (
                *told, line.description, line.category, line.account_code, line.account_name, line.tax_type,
                line.tax_name, major(line.gross), major(line.tax), major(line.net), line.lines,
                "yes" if line.gross else "no",
            )  # fmt: skip
        net = plan.total - plan.tax
        yield (*told, "Total", "", "", "", "", "", major(plan.total), major(plan.tax), major(net), "", "")

    return csv_lines(HEADER, rows())
