"""Any settlement in any dialect: what it says as plain values, and every way Amazon (or its user) may write it."""

import gzip
import io
import zipfile
from dataclasses import dataclass

from hypothesis import strategies as st

from services.core.catalogue import normalise
from services.core.settlement import Group, LineType
from tests.core.settlement_text import V1, V1_SHORT, V2, table

WITHHELD = "MarketplaceFacilitatorVAT-Principal"
DIGITS = {"GBP": 2, "EUR": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Said:
    """One amount as it is meant, in minor units; ``item`` is empty where it belongs to no order item."""

    line_type: LineType
    marketplace: str
    minor: int
    item: str


@dataclass(frozen=True)
class Dialect:
    format: str = "V2"
    decimal_mark: str = "."
    thousands: str = ""
    dates: str = "2026-05-{day} 07:06:34 UTC"
    encoding: str = "utf-8"
    line_end: str = "\n"
    padding: str = ""
    ending_tabs: str = "kept"  # kept, cut, one more
    blank_lines: bool = False
    repeats_currency: bool = False
    repeats_header: bool = False
    packed: str = ""  # gz, zip


def expected_groups(lines: list[Said]) -> tuple[Group, ...]:
    """The same by the plainest means: which items are Amazon's, then a sum for each group."""
    amazons = {
        (said.line_type.transaction_type, said.item)
        for said in lines
        if said.item and said.minor and said.line_type.amount_description == WITHHELD
    }
    sums: dict[tuple, list[int]] = {}
    for said in lines:
        kind = said.line_type
        is_fee = normalise(kind.amount_type) in ("itemfees", "shipmentfees", "orderfees")
        flag = (kind.transaction_type, said.item) in amazons and (not is_fee or kind.amount_description == WITHHELD)
        group = sums.setdefault((kind, said.marketplace, flag), [0, 0])
        group[0] += said.minor
        group[1] += 1
    return tuple(Group(*key, *group) for key, group in sorted(sums.items()))


def written(lines: list[Said], currency: str, dialect: Dialect) -> bytes:
    """The file's bytes. The total is the sum of the lines."""
    v1 = dialect.format == "V1"
    has_promotion = any(said.line_type.amount_type == "Promotion" for said in lines)
    columns = (V1 if has_promotion else V1_SHORT) if v1 else V2
    rows = [_summary(sum(said.minor for said in lines), currency, dialect)]
    for said in lines:
        row = (_v1_cells if v1 else _v2_cells)(said, _amount(said.minor, currency, dialect))
        if said.item:
            padding = dialect.padding if said.minor % 2 else ""
            row |= {"order-id": f"206-{said.item}{padding}", "order-item-code": f"5{said.item}", "sku": "SKU 1"}
        if dialect.repeats_currency:
            row |= {"currency": currency}
        rows.append(row | {"marketplace-name": said.marketplace})
    text = table(*rows, columns=columns)
    return _packed(_laid_out(text, dialect), dialect.packed)


def _summary(total: int, currency: str, dialect: Dialect) -> dict[str, str]:
    days = {"settlement-start-date": "12", "settlement-end-date": "26", "deposit-date": "28"}
    dates = {name: dialect.dates.format(day=day) for name, day in days.items()}
    return dates | {"total-amount": _amount(total, currency, dialect), "currency": currency}


def _v2_cells(said: Said, amount: str) -> dict[str, str]:
    kind = said.line_type
    return {
        "transaction-type": kind.transaction_type,
        "amount-type": kind.amount_type,
        "amount-description": kind.amount_description,
        "amount": amount,
    }


def _v1_cells(said: Said, amount: str) -> dict[str, str]:
    kind = said.line_type
    if kind.amount_type == "other-transaction":
        return {"transaction-type": kind.amount_description, "other-amount": amount}
    column = {"ItemPrice": "price", "ItemFees": "item-related-fee", "Promotion": "promotion"}[kind.amount_type]
    return {
        "transaction-type": kind.transaction_type,
        f"{column}-type": kind.amount_description,
        f"{column}-amount": amount,
    }


def _amount(minor: int, currency: str, dialect: Dialect) -> str:
    digits = DIGITS[currency]
    whole, fraction = divmod(abs(minor), 10**digits)
    text = f"{whole:,}".replace(",", dialect.thousands)
    if digits:
        text += f"{dialect.decimal_mark}{fraction:0{digits}}"
    return ("-" if minor < 0 else "") + text + dialect.padding


def _laid_out(text: str, dialect: Dialect) -> bytes:
    rows = text.removesuffix("\n").split("\n")
    if dialect.repeats_header:
        rows.insert(1 + len(rows) // 2, rows[0])
    if dialect.ending_tabs == "cut":
        rows = [row.rstrip("\t") for row in rows]
    elif dialect.ending_tabs == "one more":
        rows = [row + "\t" for row in rows]
    between = dialect.line_end * (2 if dialect.blank_lines else 1)
    return (between.join(rows) + dialect.line_end).encode(dialect.encoding)


def _packed(content: bytes, how: str) -> bytes:
    if how == "gz":
        return gzip.compress(content)
    if how == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("settlement.txt", content)
        return packed.getvalue()
    return content


# Letters of each encoding; those of code page 1252 never make good UTF-8 by chance.
_LETTERS = {"cp1252": "éüßñ", "cp932": "手数料配送"}
_WORDS = {
    encoding: st.text("abc XYZ-_&#'\"" + _LETTERS.get(encoding, "éß手€"), min_size=1, max_size=8).map(str.strip)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252", "cp932")
}
_DESCRIPTIONS = st.sampled_from(["Principal", "Tax", "Shipping", WITHHELD])
_KINDS = st.sampled_from(["Order", "Refund"])
_MARKETPLACES = st.sampled_from(["", "Amazon.co.uk", "Non-Amazon UK"])


def _line_types(encoding: str) -> st.SearchStrategy[LineType]:
    words = _WORDS[encoding].filter(bool)
    priced = st.builds(LineType, _KINDS, st.sampled_from(["ItemPrice", "Promotion"]), st.one_of(_DESCRIPTIONS, words))
    fees = st.builds(LineType, _KINDS, st.just("ItemFees"), st.one_of(st.just("Commission"), _DESCRIPTIONS))
    other = words.map(lambda name: LineType("other-transaction", "other-transaction", f"Fee {name}"))
    return st.one_of(priced, fees, other)


@st.composite
def settlements(draw) -> tuple[list[Said], str, Dialect]:
    """(lines, currency, dialect). Every choice is independent of the others, as far as they make sense together."""
    encoding = draw(st.sampled_from(sorted(_WORDS)))
    others = sorted(DIGITS.keys() - {"JPY"} if encoding == "cp1252" else DIGITS)  # yen: 932
    currency = "JPY" if encoding == "cp932" else draw(st.sampled_from(others))
    mark = draw(st.sampled_from(".,"))
    # Where a currency's own decimals are three, or none, thousands and decimals could not be told apart.
    separators = ["", " ", ",." [mark == ","]] if DIGITS[currency] == 2 else [""]
    dialect = Dialect(
        format=draw(st.sampled_from(["V1", "V2"])),
        decimal_mark=mark,
        thousands=draw(st.sampled_from(separators)),
        dates=draw(st.sampled_from(["2026-05-{day} 07:06:34 UTC", "{day}.05.2026 07:06:34 UTC",
                                    "2026/05/{day} 07:06:34 UTC", "2026-05-{day}T07:06:34+00:00"])),
        encoding=encoding,
        line_end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        padding=draw(st.sampled_from(["", "   "])),
        ending_tabs=draw(st.sampled_from(["kept", "cut", "one more"])),
        blank_lines=draw(st.booleans()),
        repeats_currency=draw(st.booleans()),
        repeats_header=draw(st.booleans()),
        packed=draw(st.sampled_from(["", "gz", "zip"])),
    )  # fmt: skip
    line = st.builds(
        Said, _line_types(encoding), _MARKETPLACES, st.integers(-(10**7), 10**7), st.sampled_from(["", "1", "2", "3"])
    )
    return draw(st.lists(line, max_size=20)), currency, dialect
