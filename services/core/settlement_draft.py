"""A settlement in the making: the facts of its summary row, and its amounts as they come."""

import re
from collections.abc import Iterator, Mapping

from services.core.amazon_items import AmazonItems, is_facilitator
from services.core.amounts import certain_marks, parse_all, parse_amount
from services.core.catalogue import normalise
from services.core.line_tally import LineTally
from services.core.money import minor_digits
from services.core.printed_dates import printed_date
from services.core.printed_names import printed_name
from services.core.read_errors import BrokenSettlement
from services.core.settlement import Group, LineType, Settlement
from services.core.settlement_rows import Batch, Row

MOST_GROUPS = 20_000
MOST_AMOUNTS = 200_000

# So many different amounts are kept as printed before they are summed up.
_AT_HAND = 30_000
_SUMMED_UP = ("settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency")
# The item's flag cannot change what a fee is, so fees go without it: fewer groups.
_FEES = ("itemfees", "shipmentfees", "orderfees")


class Draft:
    """Gathers one settlement: ``note_head`` and ``take`` for all of the file, then what is left to be understood."""

    def __init__(self, settlement_id: str, copy: int, line: int):
        self.settlement_id = settlement_id
        self.copy = copy
        self.items = AmazonItems()
        self._first_line = line
        self._summary: Row | None = None
        self._other_summary: Row | None = None  # that says something else, with no rows between them
        self._currencies: dict[bytes, int] = {}
        self._all, self._amazons = LineTally(), LineTally()
        self._marks: dict[str, str] = {}  # decimal mark → an amount, summed already, that shows it
        self._minor: dict[str, int] = {}
        self._at_hand = _AT_HAND

    def note_head(self, row: Row) -> None:
        """A row whose first cells are new: perhaps the summary row."""
        currency = row.cell("currency")
        if currency:
            self._currencies.setdefault(currency, row.line)
        if row.layout.is_summary(row.cells):
            if self._summary is not None and _told_by(self._summary) != _told_by(row):
                self._other_summary = row
            self._summary = self._summary or row

    def take(self, batch: Batch) -> None:
        """Counts the batch's amounts, and apart those of items on which Amazon accounts for the tax."""
        self.items.learn(self._all.count(batch.stretches))
        self._amazons.count(self.items.stretches_in(batch))
        if len(self._all) > self._at_hand:
            self._sum_up()

    def revisit(self, number: int, batch: Batch) -> None:
        """The same batch again, once the whole file has told which items are Amazon's."""
        self._amazons.count(self.items.earlier_stretches_in(number, batch))

    def printed(self, encoding: str) -> set[str]:
        """Every amount that is left to be understood, as printed."""
        texts = {raw.decode(encoding, "replace") for raw in self._left()}
        total = {self._summary.cell("total-amount").decode(encoding, "replace")} if self._summary else set()
        return texts | set(self._marks.values()) | total

    def understand_amounts(self, printed: Mapping[str, int], printed_in_file: Mapping[str, int], encoding: str) -> None:
        """``printed`` holds ``printed()`` with the lines on which they first stand. Raises BrokenSettlement."""
        self._minor = parse_all(printed, self._currency(), printed_in_file)
        self._understand({raw: self._minor[raw.decode(encoding, "replace")] for raw in self._left()})

    def settlement(self, encoding: str) -> Settlement:
        summary = self._required_summary()
        groups = tuple(sorted(self._groups(encoding), key=_in_order))
        begins, ends = self._period()
        return Settlement(
            settlement_id=self.settlement_id,
            format=summary.layout.format,
            currency=self._currency(),
            total=self._minor[self._total(encoding)],
            start_date=begins,
            end_date=ends,
            deposit_date=self._date("deposit-date") if summary.cell("deposit-date") else "",
            line_count=sum(group.lines for group in groups),
            groups=groups,
            copy=self.copy,
        )

    def _period(self) -> tuple[str, str]:
        begins, ends = self._date("settlement-start-date"), self._date("settlement-end-date")
        if ends < begins:
            raise BrokenSettlement(
                f"Line {self._required_summary().line}: the period ends ({ends}) before it begins ({begins}); "
                "a spreadsheet may have rewritten the dates."
            )
        return begins, ends

    def _left(self) -> set[bytes]:
        return {*self._all.printed(), *self._amazons.printed()}

    def _understand(self, minor: Mapping[bytes, int]) -> None:
        self._all.understand(minor)
        self._amazons.understand(minor)
        if self._all.groups_at_hand > MOST_GROUPS:
            raise BrokenSettlement(f"Settlement {self.settlement_id} has more than {MOST_GROUPS:,} line types.")

    def _sum_up(self) -> None:
        """Sums what can be understood already, so that memory does not grow with the file."""
        self.items.forget()
        if self._summary is not None:
            self._understand(self._understood_so_far(minor_digits(self._currency())))
        if len(self._all) > MOST_AMOUNTS:
            raise BrokenSettlement(f"Settlement {self.settlement_id} has more than {MOST_AMOUNTS:,} unclear amounts.")
        self._at_hand = _AT_HAND + 2 * len(self._all)

    def _understood_so_far(self, digits: int) -> dict[bytes, int]:
        texts = {raw: raw.decode() for raw in self._left() if raw.isascii()}
        marks = certain_marks(dict.fromkeys(texts.values(), 0), digits)
        self._marks = {mark: text for mark, (text, _) in marks.items()} | self._marks
        if len(self._marks) > 1:
            return {}  # refused at the end, when the lines are known
        minor = {}
        for raw, text in texts.items():
            if self._marks or not ("." in text or "," in text):
                try:
                    minor[raw] = parse_amount(text, next(iter(self._marks), "."), digits)
                except ValueError:
                    continue  # refused at the end as well
        return minor

    def _groups(self, encoding: str) -> Iterator[Group]:
        def text_of(cell: bytes) -> str:
            return printed_name(cell, encoding)

        amazons = self._amazons.groups(text_of)
        for (line_type, marketplace), (amount, lines) in self._all.groups(text_of).items():
            taxed = amazons.get((line_type, marketplace), (0, 0)) if _carries_flag(line_type) else (0, 0)
            if lines > taxed[1]:
                yield Group(line_type, marketplace, False, amount - taxed[0], lines - taxed[1])
            if taxed[1]:
                yield Group(line_type, marketplace, True, *taxed)

    def _required_summary(self) -> Row:
        if self._summary is None:
            raise BrokenSettlement(
                f"Settlement {self.settlement_id} (line {self._first_line}) has no summary row with its total and "
                f"dates: the file is incomplete."
            )
        if self._other_summary is not None:
            raise BrokenSettlement(
                f"Settlement {self.settlement_id} has two summary rows that differ, on lines {self._summary.line} and "
                f"{self._other_summary.line}."
            )
        return self._summary

    def _total(self, encoding: str) -> str:
        return self._required_summary().cell("total-amount").decode(encoding, "replace")

    def _currency(self) -> str:
        summary = self._required_summary()
        currency = _code(summary.cell("currency"))
        if not re.fullmatch("[A-Z]{3}", currency):
            raise BrokenSettlement(f"Line {summary.line} names no currency (“{currency[:40]}”).")
        other = next((code for code in self._currencies if _code(code) != currency), None)
        if other is not None:
            raise BrokenSettlement(
                f"Line {self._currencies[other]} is in “{_text(other)[:40]}”, but settlement {self.settlement_id} "
                f"is in {currency}."
            )
        return currency

    def _date(self, column: str) -> str:
        summary = self._required_summary()
        printed = _text(summary.cell(column))
        try:
            return printed_date(printed)
        except ValueError as error:
            raise BrokenSettlement(
                f"Line {summary.line}: the {column} reads “{printed[:40]}”, which is not how Amazon "
                "writes dates; a spreadsheet may have rewritten it."
            ) from error


def _told_by(summary: Row) -> list[bytes]:
    return [summary.cell(name) for name in _SUMMED_UP]


def _in_order(group: Group) -> tuple[LineType, str, bool]:
    return group.line_type, group.marketplace, group.amazon_accounted


def _carries_flag(line_type: LineType) -> bool:
    return is_facilitator(line_type.amount_description) or normalise(line_type.amount_type) not in _FEES


def _code(cell: bytes) -> str:
    return _text(cell).upper()


def _text(cell: bytes) -> str:
    return cell.decode("utf-8", "replace")
