"""The two layouts of Amazon's settlement report, V2 and V1, read by the names of their columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from services.core.catalogue import normalise, standard
from services.core.settlement import LineType

Cells = Sequence[bytes]
Names = Mapping[str, str]  # column → the text of its cell; columns that the file lacks are missing

_HEAD = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
)  # fmt: skip
_KIND, _ORDER, _CODE, _SKU = "transaction-type", "order-id", "order-item-code", "sku"
_MARKETPLACE = "marketplace-name"
LOOKED_AT = (_ORDER, "posted-date", "posted-date-time")  # for what a spreadsheet made of them
_REQUIRED = {*_HEAD, _KIND} - {"deposit-date"}

# V1: one type column an amount column, under V2's amount types. Amazon's own table of the conversion
# (changelog "update-deprecation-of-two-payment-settlement-report-types"); "Order-Fees" and "Misc-Fees"
# are ours, since V2 has no word for them.
_V1_TYPED = (
    ("shipment-fee-type", "shipment-fee-amount", "Shipment-Fees"),
    ("order-fee-type", "order-fee-amount", "Order-Fees"),
    ("price-type", "price-amount", "ItemPrice"),
    ("promotion-type", "promotion-amount", "Promotion"),
    ("direct-payment-type", "direct-payment-amount", "DirectPayment"),
    ("", "misc-fee-amount", "Misc-Fees"),
)
_FEE, _REASON = "item-related-fee-type", "other-fee-reason-description"
_OTHER = "other-transaction"
_REIMBURSEMENT = "FBA Inventory Reimbursement"
_SERVICE_TOTAL = "TransactionTotalAmount"


class AmountColumn:
    """A column of amounts: where it stands, and which cells of its row say what the amount is.

    ``shared`` gives those of these cells that the rows of an order item have in common; ``amount`` the others
    and the amount itself, as one text with tabs.
    """

    def __init__(
        self,
        columns: dict[str, int],
        shared: tuple[str, ...],
        own: tuple[str, ...],
        line_type: Callable[[Names], LineType],
    ):
        shared = tuple(name for name in (_MARKETPLACE, *shared) if name in columns)
        self._names = (*shared, *own[:-1])
        self._line_type = line_type
        self.index = columns[own[-1]]
        self.indexes = tuple(columns[name] for name in (*shared, *own))
        self.own = self.indexes[len(shared) :]
        self.shared: Callable[[Cells], tuple[bytes, ...]] = _cells(self.indexes[: len(shared)])

    def amount(self, cells: Cells) -> bytes:
        return b"\t".join([cells[index] for index in self.own])

    def line_type(self, texts: Iterable[str]) -> LineType:
        """What the cells of frame and amount tell, in V2's words."""
        return self._line_type(self._by_name(texts))

    def marketplace(self, texts: Iterable[str]) -> str:
        return self._by_name(texts).get(_MARKETPLACE, "")

    def _by_name(self, texts: Iterable[str]) -> Names:
        return dict(zip(self._names, texts, strict=True))


class Frame:
    """A column with the shared cells of some rows. One object stands for all rows that are alike."""

    __slots__ = ("cells", "column")

    def __init__(self, column: AmountColumn, cells: tuple[bytes, ...]):
        self.column = column
        self.cells = cells

    def naming_cells(self, names: bytes) -> list[bytes]:
        """All the cells that name an amount; ``names`` is the amount's text before its last tab."""
        return [*self.cells, *names.split(b"\t")] if len(self.column.own) > 1 else list(self.cells)


def _cells(indexes: tuple[int, ...]) -> Callable[[Cells], tuple[bytes, ...]]:
    """Like itemgetter, but a tuple for one index too."""
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda cells: (cells[indexes[0]],)


class Layout(NamedTuple):
    """How to read a row."""

    format: str  # V1 or V2
    width: int
    needed: int  # how many cells a row must have for every column that is read to be there
    columns: dict[str, int]
    amounts: tuple[AmountColumn, ...]
    item_cells: Callable[[Cells], tuple[bytes, ...]] | None  # of an order item; None where columns are missing
    head_comes_first: bool  # the cells that say which settlement it is stand at the front
    span: slice | None  # where the only amount and what names it stand side by side

    def cell(self, cells: Cells, name: str) -> bytes:
        index = self.columns.get(name)
        return b"" if index is None else cells[index].strip()

    def is_summary(self, cells: Cells) -> bool:
        """The row with the total and the dates: no amount stands in it (amazon.md 0.5)."""
        return bool(self.cell(cells, "total-amount")) and not self._has_amount(cells)

    def _has_amount(self, cells: Cells) -> bool:
        return any(cells[column.index].strip() for column in self.amounts)


def item_of(item_cells: tuple[bytes, ...]) -> bytes:
    """What an order item is known by: transaction type, order id, item code or else SKU. Empty when it is none."""
    kind, order, code, sku = item_cells
    if not order or not (code or sku):
        return b""
    item = b"\t".join((kind, order, code) if code else (kind, order, b"", sku))
    return item if b" " not in item else _without_padding(item_cells)


def _without_padding(item_cells: tuple[bytes, ...]) -> bytes:
    kind, order, code, sku = map(bytes.strip, item_cells)
    if not order or not (code or sku):
        return b""
    return b"\t".join((kind, order, code) if code else (kind, order, b"", sku))


def sku_item_of(item_cells: tuple[bytes, ...]) -> bytes:
    """What the same item is known by in rows that name its SKU alone. Empty where the row has no SKU."""
    kind, order, _, sku = map(bytes.strip, item_cells)
    return b"\t".join((kind, order, b"", sku)) if order and sku else b""


def layout_of(header: Sequence[str]) -> Layout | None:
    """The layout that a header line announces; None when it is not a settlement report's."""
    columns: dict[str, int] = {}
    for index, name in enumerate(header):
        columns.setdefault(name.strip().lstrip("\ufeff").lower(), index)
    if not columns.keys() >= _REQUIRED:
        return None
    if columns.keys() >= {"amount-type", "amount-description", "amount"}:
        return _layout("V2", header, columns, [_v2_amount(columns)])
    if columns.keys() >= {"price-amount", "other-amount"}:
        return _layout("V1", header, columns, list(_v1_amounts(columns)))
    return None


def _layout(name: str, header: Sequence[str], columns: dict[str, int], amounts: list[AmountColumn]) -> Layout:
    item = _item_indexes(columns)
    head = [columns[name] for name in _HEAD if name in columns]
    looked_at = [columns[name] for name in LOOKED_AT if name in columns]
    return Layout(
        format=name,
        width=len(header),
        needed=1 + max(*head, *item, *looked_at, *(index for column in amounts for index in column.indexes)),
        columns=columns,
        amounts=tuple(amounts),
        item_cells=itemgetter(*item) if item else None,
        head_comes_first=set(head) == set(range(len(_HEAD))),
        span=_span(amounts),
    )


def _span(amounts: list[AmountColumn]) -> slice | None:
    first, last = amounts[0].own[0], amounts[0].own[-1]
    side_by_side = len(amounts) == 1 and amounts[0].own == tuple(range(first, last + 1))
    return slice(first, last + 1) if side_by_side and first > len(_HEAD) else None


def _item_indexes(columns: dict[str, int]) -> tuple[int, ...]:
    """Of transaction type, order id, item code, SKU; a file with one of the latter two alone is read by that one."""
    code, sku = columns.get(_CODE, columns.get(_SKU)), columns.get(_SKU, columns.get(_CODE))
    if _ORDER not in columns or code is None or sku is None:
        return ()
    return (columns[_KIND], columns[_ORDER], code, sku)


def _v2_amount(columns: dict[str, int]) -> AmountColumn:
    named = ("amount-type", "amount-description")
    return AmountColumn(
        columns, (_KIND,), (*named, "amount"), lambda names: LineType(names[_KIND], *(names[name] for name in named))
    )


def _v1_amounts(columns: dict[str, int]) -> Iterable[AmountColumn]:
    for type_column, amount, amount_type in _V1_TYPED:
        if amount in columns:
            yield AmountColumn(columns, (_KIND, type_column), (amount,), _typed(type_column, amount_type))
    if "item-related-fee-amount" in columns:
        yield AmountColumn(columns, (_KIND, _FEE), ("item-related-fee-amount",), _item_fee)
    if "other-fee-amount" in columns:
        yield AmountColumn(columns, (_KIND, _FEE, _REASON), ("other-fee-amount",), _other_fee)
    yield AmountColumn(columns, (_KIND,), ("other-amount",), lambda names: _other(names[_KIND]))


def _typed(type_column: str, amount_type: str) -> Callable[[Names], LineType]:
    return lambda names: LineType(names[_KIND], amount_type, names.get(type_column) or amount_type)


def _item_fee(names: Names) -> LineType:
    return _fee(names[_KIND], names.get(_FEE, ""))


def _other_fee(names: Names) -> LineType:
    """Advertising splits into net and tax, two amounts of one row; V2 prints their sum."""
    fee, reason = names.get(_FEE, ""), names.get(_REASON, "")
    is_tax_of_the_fee = fee and normalise(reason).startswith("tax")
    return _fee(names[_KIND], fee if is_tax_of_the_fee else reason)


def _fee(kind: str, name: str) -> LineType:
    if (normalise(kind), normalise(name)) in _service_totals():
        return LineType(kind, name, _SERVICE_TOTAL)
    return LineType(kind, "ItemFees", name)


def _other(kind: str) -> LineType:
    return LineType(_OTHER, _REIMBURSEMENT if normalise(kind) in _reimbursement_reasons() else _OTHER, kind)


@cache
def _service_totals() -> frozenset[tuple[str, str]]:
    """(transaction type, amount type) that V2 books as one total, such as (ServiceFee, Cost of Advertising)."""
    return frozenset(
        (normalise(entry.line_type.transaction_type), normalise(entry.line_type.amount_type))
        for entry in standard().entries
        if entry.line_type.amount_description == _SERVICE_TOTAL and entry.line_type.transaction_type != "*"
    )


@cache
def _reimbursement_reasons() -> frozenset[str]:
    return frozenset(
        normalise(entry.line_type.amount_description)
        for entry in standard().entries
        if entry.line_type.amount_type == _REIMBURSEMENT
    )
