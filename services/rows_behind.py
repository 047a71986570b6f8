"""From a figure to its rows: Amazon's own rows behind one line of a preview, read again from the kept file."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from models import Settlement, SettlementFile
from services import bookkeeping, postings, settlement_files, settlements
from services.core import amazon_rows
from services.core.amazon_rows import AmazonRow, AmazonsItems, Written
from services.core.csv_cells import csv_lines
from services.core.money import format_major, format_money
from services.core.plan_lines import PlanLine
from services.core.settlement_rows import Telling
from services.errors import NotFound

PAGE = 50
HEADER = (
    "line", "posted", "order_id", "sku", "quantity", "marketplace", "transaction_type", "amount_type",
    "amount_description", "amount", "currency",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A line of a settlement's preview, and the settlement's own sum of it (minor units, Amazon's sign)."""

    settlement: Settlement
    line: PlanLine

    @property
    def amount(self) -> int:
        return sum(group.amount for group in self.line.groups)


@dataclass(frozen=True)
class Page:
    """Some of the rows behind a figure; ``number`` counts from 1."""

    figure: Figure
    rows: list[AmazonRow]
    number: int
    has_next: bool
    looked_for: str = ""


def figures(settlement_id: str) -> list[Figure]:
    """The lines of the settlement's preview as it stands now. Raises NotFound."""
    settlement = settlements.find(settlement_id)
    return [Figure(settlement, line) for line in bookkeeping.gather().plan(settlement).lines]


def figure(settlement_id: str, key: str) -> Figure:
    """The line that ``PlanLine.key`` names, of what was sent or of the preview. Raises NotFound when it is gone."""
    for each in _sent(settlement_id) + figures(settlement_id):
        if each.line.key == key:
            return each
    raise NotFound("The preview has changed since: this line is not in it any more. Open the settlement again.")


def _sent(settlement_id: str) -> list[Figure]:
    """The lines of the settlement's document as it was sent; none while there is none."""
    shown = postings.preview(settlement_id)
    return [Figure(shown.settlement, line) for line in shown.sent.lines] if shown.sent else []


def named(settlement_id: str, name: str) -> Figure:
    """The preview's line with this description, in any case, or in this place, counted from 1.

    Raises NotFound naming the lines there are, or those among which the description leaves the choice.
    """
    there = list(enumerate(figures(settlement_id), 1))
    found = [(at, each) for at, each in there if each.line.description.casefold() == name.strip().casefold()]
    found = found or [(at, each) for at, each in there if str(at) == name.strip()]
    if len(found) == 1:
        return found[0][1]
    if found:
        choices = "; ".join(f"{at} is {_told(each)}" for at, each in found)
        raise NotFound(f"The preview of {settlement_id} has {len(found)} such lines. Name one by its place: {choices}.")
    names = ", ".join(f"“{each.line.description}”" for _, each in there)
    raise NotFound(f"The preview of {settlement_id} has no line “{name}”. It has: {names}.")


def _told(figure: Figure) -> str:
    """``“Product sales” on 200 OUTPUT2, £12.00``."""
    line, whole = figure.line, format_money(figure.amount, figure.settlement.currency)
    mapped = f" on {line.account_code} {line.tax_type}" if line.account_code else ""
    return f"“{line.description}”{mapped}, {whole}"


def page(figure: Figure, number: int = 1, looked_for: str = "") -> Page:
    """One page of the rows, of those that hold ``looked_for`` when it is given. Beyond the last: the last."""
    number = min(max(number, 1), figure.line.lines // PAGE + 1)
    found = list(islice(rows(figure, looked_for), (number - 1) * PAGE, number * PAGE + 1))
    return Page(figure, found[:PAGE], number, len(found) > PAGE, looked_for)


def rows(figure: Figure, looked_for: str = "") -> Iterator[AmazonRow]:
    """Every row behind the figure, in the file's order, one at a time whatever the file's size."""
    settlement, wanted_words = figure.settlement, looked_for.strip().casefold()
    sums = amazon_rows.wanted(figure.line.groups, bookkeeping.groups_of(settlement))
    file = settlement.file
    telling = Telling(settlement.settlement_id, settlement.copy or 1)
    about = (file.id, file.sha256, telling)
    items = _items(*about) if sums.depends_on_items else None
    written = _written(*about, settlement.currency)
    stream = settlement_files.opened(file)
    for row in amazon_rows.rows_behind(stream, telling, sums, written, items):
        if not wanted_words or _holds(row, wanted_words, settlement.currency):
            yield row


def _holds(row: AmazonRow, words: str, currency: str) -> bool:
    cells = (row.order_id, row.sku, row.posted, row.marketplace, format_major(row.amount, currency), *_parts(row))
    return any(words in cell.casefold() for cell in cells)


def _parts(row: AmazonRow) -> tuple[str, str, str]:
    kind = row.line_type
    return kind.transaction_type, kind.amount_type, kind.amount_description


# The hash names the content, so what was found out about a file stays true; the next page asks again.
@lru_cache(maxsize=8)
def _written(file_id: int, sha256: str, telling: Telling, currency: str) -> Written:
    return amazon_rows.how_written(_opened(file_id), telling, currency)


@lru_cache(maxsize=2)
def _items(file_id: int, sha256: str, telling: Telling) -> AmazonsItems:
    return AmazonsItems(_opened(file_id), telling)


def _opened(file_id: int) -> settlement_files.Kept:
    return settlement_files.opened(SettlementFile.get_by_id(file_id))


def as_csv(figure: Figure, looked_for: str = "") -> Iterator[str]:
    """The rows as CSV, line by line, amounts in major units."""
    currency = figure.settlement.currency
    told = (
        (
            row.line, row.posted, row.order_id, row.sku, row.quantity, row.marketplace, *_parts(row),
            format_major(row.amount, currency), currency,
        )
        for row in rows(figure, looked_for)
    )  # fmt: skip
    return csv_lines(HEADER, told)
