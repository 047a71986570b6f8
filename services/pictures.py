"""What Home's pictures show: one currency at a time, from the sums of settlements and months, in minor units."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from peewee import fn

from models import MonthSum, Settlement, SettlementSum
from services import change_marks
from services.core import catalogue, charts
from services.core.charts import ColumnChart, Frame, RowChart
from services.core.months import between, moved
from services.core.slices import PAYOUT, SALES, UNEXPLAINED, Slice, slices

MOST_SETTLEMENTS = 24
ROLLING = {"12": "Last 12 months", "3": "Last 3 months"}
MONTHS_COMPARED = 13  # so that a month stands beside the same one a year ago

# Two sheets for each picture: one beside another on a desk, one as wide as a phone, with the words in the same size.
COLUMNS = {
    "wide": Frame(544, 230, left=70, right=24, top=14, bottom=28, label_width=64),
    "slim": Frame(350, 220, left=62, right=22, top=14, bottom=28, label_width=58),
}
ROWS = {"wide": (Frame(544, 0, left=118, right=138, top=4, bottom=4), 32, 18),
        "slim": (Frame(350, 0, top=2, bottom=4), 48, 16)}  # fmt: skip
ROW_PAIRS = {"wide": (Frame(544, 0, left=118, right=104, top=4, bottom=4), 36, 20),
             "slim": (Frame(350, 0, top=2, bottom=4), 50, 18)}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What is shown, and what could be: (value, words) each."""

    currency: str
    marketplace: str  # empty: all
    period: str  # 12, 3, or a year
    currencies: list[tuple[str, str]]
    marketplaces: list[tuple[str, str]]
    periods: list[tuple[str, str]]
    first: str  # month
    last: str


@dataclass(frozen=True)
class Share:
    """A slice of what was sold, in the period: its amount and how much of the sales it is, in tenths of a per cent."""

    slice: Slice
    amount: int
    tenths: int | None


@dataclass(frozen=True)
class Compared:
    """Sales and payout of a month or a marketplace, and the payout's share of the sales."""

    name: str
    sales: int
    payout: int
    tenths: int | None


@dataclass(frozen=True)
class Proceeds:
    """One settlement as a bar: what was paid out."""

    settlement_id: str
    marketplace: str
    dated: str
    amount: int


@dataclass(frozen=True)
class Pictures:
    """Figures and drawings; each drawing twice, ``wide`` and ``slim``."""

    choice: Choice
    unit: str  # a pound, a euro
    proceeds: list[Proceeds]
    shares: list[Share]
    months: list[Compared]
    marketplaces: list[Compared]
    proceeds_drawn: dict[str, ColumnChart]
    shares_drawn: dict[str, RowChart]
    months_drawn: dict[str, ColumnChart]
    marketplaces_drawn: dict[str, RowChart]


def mark() -> str:
    """Another one when any of the sums behind the pictures has changed."""
    return change_marks.mark(change_marks.PICTURES)


def gather(currency: str = "", marketplace: str = "", period: str = "") -> Pictures | None:
    """The pictures of one currency; what is not on offer is taken for the default. None while nothing is here."""
    held = _held()
    if not held:
        return None
    choice = _choice(held, currency, marketplace, period)
    months = _months_shown(choice)
    rows = _sums(choice.currency, min(months[0], choice.first), choice.last)
    proceeds = _proceeds(choice)
    by_slice, by_month = _shares(rows, choice), _by_month(rows, choice, months)
    by_marketplace = _by_market(rows, choice)
    return Pictures(
        choice, unit_of(choice.currency), proceeds, by_slice, by_month, by_marketplace,
        proceeds_drawn=_columns([[each.amount] for each in proceeds]),
        shares_drawn=_drawn_shares(by_slice),
        months_drawn=_columns([[each.sales, each.payout] for each in by_month]),
        marketplaces_drawn=_rows([[(0, each.sales), (0, each.payout)] for each in by_marketplace], ROW_PAIRS),
    )


# --- what can be chosen -----------------------------------------------------------------------

_Held = list[tuple[str, str, str, str, int]]  # currency, marketplace, first month, last month, settlements


def _held() -> _Held:
    counted = (fn.MIN(MonthSum.month), fn.MAX(MonthSum.month), fn.SUM(MonthSum.settlements))
    payouts = MonthSum.select(MonthSum.currency, MonthSum.marketplace, *counted).where(MonthSum.slice == PAYOUT)
    return list(payouts.group_by(MonthSum.currency, MonthSum.marketplace).tuples())


def _choice(held: _Held, currency: str, marketplace: str, period: str) -> Choice:
    counts = Counter()
    for code, *_, settlements in held:
        counts[code] += settlements
    if currency not in counts:
        currency = min(counts, key=lambda code: (-counts[code], code))
    markets = sorted(market for code, market, *_ in held if code == currency)
    first = min(first for code, _, first, _, _ in held if code == currency)
    last = max(last for code, _, _, last, _ in held if code == currency)
    periods = ROLLING | {str(year): str(year) for year in range(int(last[:4]), int(first[:4]) - 1, -1)}
    period = period if period in periods else "12"
    rolling = period in ROLLING
    return Choice(
        currency, marketplace if marketplace in markets else "", period,
        [(code, f"{code} ({count} settlement{'' if count == 1 else 's'})") for code, count in counts.most_common()],
        [("", "All marketplaces"), *((market, market) for market in markets)], list(periods.items()),
        first=moved(last, 1 - int(period)) if rolling else f"{period}-01",
        last=last if rolling else f"{period}-12",
    )


def _months_shown(choice: Choice) -> list[str]:
    """At least a year of them, whatever the period."""
    first = moved(choice.last, 1 - MONTHS_COMPARED) if choice.period in ROLLING else choice.first
    return between(first, choice.last)


# --- figures ----------------------------------------------------------------------------------

_Rows = list[tuple[str, str, str, int]]  # marketplace, month, slice, amount


def _sums(currency: str, first: str, last: str) -> _Rows:
    columns = (MonthSum.marketplace, MonthSum.month, MonthSum.slice, MonthSum.amount)
    within = (MonthSum.currency == currency) & MonthSum.month.between(first, last)
    return list(MonthSum.select(*columns).where(within).tuples())


def _proceeds(choice: Choice) -> list[Proceeds]:
    """The last settlements up to the end of the period, the oldest first."""
    wanted = (SettlementSum.currency == choice.currency) & (SettlementSum.slice == PAYOUT)
    wanted &= SettlementSum.dated < moved(choice.last, 1)
    if choice.marketplace:
        wanted &= SettlementSum.marketplace == choice.marketplace
    columns = (Settlement.settlement_id, SettlementSum.marketplace, SettlementSum.dated, SettlementSum.amount)
    latest = SettlementSum.select(*columns).join(Settlement).where(wanted).order_by(SettlementSum.dated.desc())
    return [Proceeds(*row) for row in latest.limit(MOST_SETTLEMENTS).tuples()][::-1]


def _shares(rows: _Rows, choice: Choice) -> list[Share]:
    """Sales first, then where they went, at last what was paid out; what is nothing is left out, but for those two."""
    held = Counter()
    for market, month, name, amount in rows:
        if choice.marketplace in ("", market) and choice.first <= month <= choice.last:
            held[name] += amount
    sales, *others = slices()
    shown = [sales, *(each for each in (*others, _MISSED) if held[each.id]), _PAYOUT]
    whole = held[SALES]
    return [Share(each, held[each.id], charts.tenths_of_a_per_cent(held[each.id], whole)) for each in shown]


_MISSED = Slice(UNEXPLAINED, "Not explained", "By how much the lines of files miss the totals that they state")
_PAYOUT = Slice(PAYOUT, "Payout", "What Amazon paid to your bank account, or took when it is negative")


def _by_month(rows: _Rows, choice: Choice, months: list[str]) -> list[Compared]:
    wanted = ((month, name, amount) for market, month, name, amount in rows if choice.marketplace in ("", market))
    return _compared(wanted, months)


def _by_market(rows: _Rows, choice: Choice) -> list[Compared]:
    """Every marketplace of the currency, whichever is chosen: to be compared is what they stand here for."""
    wanted = [
        (market, name, amount) for market, month, name, amount in rows if choice.first <= month <= choice.last
    ]  # fmt: skip
    compared = _compared(wanted, list(dict.fromkeys(market for market, *_ in wanted)))
    return sorted(compared, key=lambda each: (-each.sales, each.name))


def _compared(wanted, names: list[str]) -> list[Compared]:
    held: defaultdict[str, Counter] = defaultdict(Counter)
    for name, slice_id, amount in wanted:
        held[name][slice_id] += amount
    return [
        Compared(name, held[name][SALES], held[name][PAYOUT],
                 charts.tenths_of_a_per_cent(held[name][PAYOUT], held[name][SALES]))
        for name in names
    ]  # fmt: skip


# --- drawings ---------------------------------------------------------------------------------


def _columns(amounts: list[list[int]]) -> dict[str, ColumnChart]:
    return {name: charts.column_chart(amounts, frame) for name, frame in COLUMNS.items()}


def _rows(spans: list[list[tuple[int, int]]], sheets: dict) -> dict[str, RowChart]:
    return {name: charts.row_chart(spans, *sheet) for name, sheet in sheets.items()}


def _drawn_shares(shares: list[Share]) -> dict[str, RowChart]:
    first, *others, payout = (share.amount for share in shares)
    return _rows([[span] for span in [*charts.waterfall(first, others), (0, payout)]], ROWS)


@cache
def _units() -> dict[str, str]:
    path = Path(catalogue.__file__).parent / "data" / "currency_units.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["unit"] for row in csv.DictReader(file)}


def unit_of(currency: str) -> str:
    """What one of the currency is called: ``a pound``; ``1 XYZ`` where no word is known."""
    return _units().get(currency, f"1 {currency}")
