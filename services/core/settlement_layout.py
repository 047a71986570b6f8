"""The two layouts of Amazon's settlement report, V2 and V1, read by the names of their columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from services.core.catalogue import normalise, standard
from services.core.settlement import LineType

Cells = Sequence[bytes]
Key = tuple[bytes, ...]  # the cells that name an amount, and the amount itself, as printed
Names = Mapping[str, str]  # column → the text of its cell; columns that the file lacks are missing

_HEAD = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
)  # fmt: skip
_KIND, _ORDER, _CODE, _SKU = "transaction-type", "order-id", "order-item-code", "sku"
_MARKETPLACE = "marketplace-name"
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
    """A column of amounts: where it stands, and which cells of its row say what the amount is."""

    def __init__(
        self, columns: dict[str, int], amount: str, labels: tuple[str, ...], line_type: Callable[[Names], LineType]
    ):
        self._named = tuple(name for name in (_MARKETPLACE, *labels) if name in columns)
        self._line_type = line_type
        self.index = columns[amount]
        self.label_index = columns[self._named[-1]]  # the most telling of the cells
        self.indexes = (*(columns[name] for name in self._named), self.index)
        self.key: Callable[[Cells], Key] = itemgetter(*self.indexes)

    def line_type(self, texts: Iterable[str]) -> LineType:
        """What a key's naming cells tell, in V2's words."""
        return self._line_type(self._by_name(texts))

    def marketplace(self, texts: Iterable[str]) -> str:
        return self._by_name(texts).get(_MARKETPLACE, "")

    def _by_name(self, texts: Iterable[str]) -> Names:
        return dict(zip(self._named, texts, strict=True))


class Layout(NamedTuple):
    """How to read a row."""

    format: str  # V1 or V2
    width: int
    needed: int  # how many cells a row must have for every column that is read to be there
    columns: dict[str, int]
    amounts: tuple[AmountColumn, ...]
    item_cells: Callable[[Cells], Key] | None  # those of an order item; None where the columns are missing
    head_comes_first: bool  # the cells that say which settlement it is stand at the front

    def cell(self, cells: Cells, name: str) -> bytes:
        index = self.columns.get(name)
        return b"" if index is None else cells[index].strip()

    def has_amount(self, cells: Cells) -> bool:
        return any(cells[column.index].strip() for column in self.amounts)


def item_of(item_cells: Key) -> bytes:
    """What an order item is known by: transaction type, order id, item code or SKU. Empty when it is none."""
    kind, order, code, sku = map(bytes.strip, item_cells)
    return b"\t".join((kind, order, code or sku)) if order and (code or sku) else b""


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
    return Layout(
        format=name,
        width=len(header),
        needed=1 + max(*head, *item, *(index for column in amounts for index in column.indexes)),
        columns=columns,
        amounts=tuple(amounts),
        item_cells=itemgetter(*item) if item else None,
        head_comes_first=set(head) == set(range(len(_HEAD))),
    )


def _item_indexes(columns: dict[str, int]) -> tuple[int, ...]:
    """Of transaction type, order id, item code, SKU; a file with one of the latter two alone is read by that one."""
    code, sku = columns.get(_CODE, columns.get(_SKU)), columns.get(_SKU, columns.get(_CODE))
    if _ORDER not in columns or code is None or sku is None:
        return ()
    return (columns[_KIND], columns[_ORDER], code, sku)


def _v2_amount(columns: dict[str, int]) -> AmountColumn:
    labels = (_KIND, "amount-type", "amount-description")
    return AmountColumn(columns, "amount", labels, lambda names: LineType(*(names[label] for label in labels)))


def _v1_amounts(columns: dict[str, int]) -> Iterable[AmountColumn]:
    for type_column, amount, amount_type in _V1_TYPED:
        if amount in columns:
            yield AmountColumn(columns, amount, (_KIND, type_column), _typed(type_column, amount_type))
    if "item-related-fee-amount" in columns:
        yield AmountColumn(columns, "item-related-fee-amount", (_KIND, _FEE), _item_fee)
    if "other-fee-amount" in columns:
        yield AmountColumn(columns, "other-fee-amount", (_KIND, _FEE, _REASON), _other_fee)
    yield AmountColumn(columns, "other-amount", (_KIND,), lambda names: _other(names[_KIND]))


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
