"""A settlement in the making: what the first pass over its file notes, and what the second adds up."""

import re
from typing import NamedTuple

from services.core.amounts import parse_all
from services.core.catalogue import normalise
from services.core.printed_dates import printed_date
from services.core.read_errors import BrokenSettlement
from services.core.settlement import Group, LineType, Settlement
from services.core.settlement_layout import Amount, Layout

Item = tuple[str, str, str]  # transaction type, order id, order item code or SKU

_FACILITATOR = ("marketplacefacilitator", "lowvaluegoods")
# The item's flag cannot change what a fee is, so fees go without it: fewer groups.
_FEES = ("itemfees", "shipmentfees", "orderfees")


class Row(NamedTuple):
    """A row of the file. ``amounts`` is empty on summary rows, quantity rows and their like."""

    line: int
    settlement_id: str
    cells: list[str]
    layout: Layout
    amounts: list[Amount]

    def cell(self, name: str) -> str:
        return self.layout.cell(self.cells, name)

    @property
    def item(self) -> Item | None:
        """The order item the row belongs to, if any."""
        order, code = self.cell("order-id"), self.cell("order-item-code") or self.cell("sku")
        return (self.cell("transaction-type"), order, code) if order and code else None


class Draft:
    """Gathers one settlement: ``note`` every row, ``understand_amounts``, ``add`` every row, ``settlement``."""

    def __init__(self, settlement_id: str, line: int):
        self.settlement_id = settlement_id
        self.printed: dict[str, int] = {}  # amounts as printed → their first line
        self._first_line = line
        self._summary: Row | None = None
        self._currencies: dict[str, int] = {}
        self._amazon_items: set[Item] = set()
        self._minor: dict[str, int] = {}
        self._sums: dict[tuple[LineType, str, bool], list[int]] = {}
        self._traits: dict[LineType, _Traits] = {}

    def note(self, row: Row) -> None:
        """First pass: the summary row, how amounts are printed, items whose tax Amazon accounts for."""
        currency = row.cell("currency")
        if currency:
            self._currencies.setdefault(currency, row.line)
        if not row.amounts:
            if row.cell("total-amount"):
                self._note_summary(row)
            return
        for line_type, text in row.amounts:
            self.printed.setdefault(text, row.line)
            if self._traits_of(line_type).is_facilitator and _is_not_zero(text) and row.item:
                self._amazon_items.add(row.item)

    def understand_amounts(self, printed_in_file: dict[str, int]) -> None:
        """Between the passes: every printed amount in minor units. Raises BrokenSettlement."""
        self._minor = parse_all(self.printed, self._currency(), printed_in_file)

    def add(self, row: Row) -> None:
        """Second pass: adds the row's amounts to their groups."""
        if not row.amounts:
            return
        marketplace = row.cell("marketplace-name")
        flagged = bool(self._amazon_items) and row.item in self._amazon_items
        for line_type, text in row.amounts:
            flag = flagged and self._traits_of(line_type).carries_flag
            group = self._sums.setdefault((line_type, marketplace, flag), [0, 0])
            group[0] += self._minor[text]
            group[1] += 1

    def settlement(self) -> Settlement:
        summary = self._required_summary()
        groups = tuple(Group(*key, amount, lines) for key, (amount, lines) in sorted(self._sums.items()))
        return Settlement(
            settlement_id=self.settlement_id,
            format=summary.layout.format,
            currency=self._currency(),
            total=self._minor[summary.cell("total-amount")],
            start_date=self._date("settlement-start-date"),
            end_date=self._date("settlement-end-date"),
            deposit_date=self._date("deposit-date") if summary.cell("deposit-date") else "",
            line_count=sum(group.lines for group in groups),
            groups=groups,
        )

    def _note_summary(self, row: Row) -> None:
        if self._summary is not None:
            raise BrokenSettlement(
                f"Settlement {self.settlement_id} stands in this file twice, on line {self._summary.line} and again "
                f"on line {row.line}."
            )
        self._summary = row
        self.printed.setdefault(row.cell("total-amount"), row.line)

    def _required_summary(self) -> Row:
        if self._summary is None:
            raise BrokenSettlement(
                f"Settlement {self.settlement_id} (line {self._first_line}) has no summary row with its total and "
                f"dates: the file is incomplete."
            )
        return self._summary

    def _currency(self) -> str:
        currency = self._required_summary().cell("currency")
        if not re.fullmatch("[A-Z]{3}", currency):
            raise BrokenSettlement(f"Line {self._required_summary().line} names no currency (“{currency[:40]}”).")
        other = next((code for code in self._currencies if code != currency), "")
        if other:
            raise BrokenSettlement(
                f"Line {self._currencies[other]} is in “{other[:40]}”, but settlement {self.settlement_id} "
                f"is in {currency}."
            )
        return currency

    def _date(self, column: str) -> str:
        summary = self._required_summary()
        try:
            return printed_date(summary.cell(column))
        except ValueError as error:
            raise BrokenSettlement(
                f"Line {summary.line}: the {column} reads “{summary.cell(column)[:40]}”, which is not how Amazon "
                "writes dates; a spreadsheet may have rewritten it."
            ) from error

    def _traits_of(self, line_type: LineType) -> "_Traits":
        traits = self._traits.get(line_type)
        if traits is None:
            traits = self._traits[line_type] = _traits(line_type)
        return traits


class _Traits(NamedTuple):
    is_facilitator: bool
    carries_flag: bool


def _traits(line_type: LineType) -> _Traits:
    is_facilitator = normalise(line_type.amount_description).startswith(_FACILITATOR)
    return _Traits(is_facilitator, is_facilitator or normalise(line_type.amount_type) not in _FEES)


def _is_not_zero(printed: str) -> bool:
    return any(digit in printed for digit in "123456789")
