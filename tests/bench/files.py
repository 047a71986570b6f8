"""Large settlement files for measurements: seeded, the same bytes every time, made once and kept in var/bench."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from services.core.catalogue import standard
from services.samples.flat_file import Line, Sample, flat_file
from services.samples.orders import Market, make_item, order, other_shop_order, refund
from services.samples.shop import Dice, Product

SEED = 20261120
START = datetime(2026, 10, 12, 7, 6, 34, tzinfo=UTC)
CHUNK_LINES = 20_000


@dataclass(frozen=True)
class Dialect:
    """How a marketplace's file is written; ``amazon_accounted_per_cent`` of its orders carry withheld tax."""

    name: str
    market: Market
    currency: str
    decimal_mark: str
    encoding: str
    line_end: bytes
    amazon_accounted_per_cent: int


DIALECTS = (
    Dialect("uk", Market("Amazon.co.uk", "206", 20, 153, START), "GBP", ".", "utf-8", b"\n", 14),
    Dialect("de", Market("Amazon.de", "303", 19, 150, START), "EUR", ",", "cp1252", b"\r\n", 3),
)


def large_file(folder: Path, dialect: Dialect, lines: int) -> Path:
    """The path of the file with at least ``lines`` lines; made when it is not there yet."""
    path = folder / f"{dialect.name}-{lines}-{SEED}.txt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        print(f"making {path.name} …", file=sys.stderr)
        _make(path, dialect, lines)
    return path


def _make(path: Path, dialect: Dialect, lines: int) -> None:
    """Body first, since the summary row above it states its total; a file half made is made anew."""
    body, whole = path.with_suffix(".body"), path.with_suffix(".making")
    total = 0
    with body.open("wb") as file:
        for chunk in _chunks(dialect, lines):
            total += sum(line.amount for line in chunk)
            file.write(_text(dialect, chunk).split(b"\n", 2)[2])
    header, summary, _ = _text(dialect, [Line("", "", "", total, START)]).split(b"\n", 2)
    with whole.open("wb") as file, body.open("rb") as rows:
        for line in (header, summary):
            file.write(line + dialect.line_end)
        for line in rows:
            file.write(line.removesuffix(b"\n") + dialect.line_end)
    body.unlink()
    whole.rename(path)


def _text(dialect: Dialect, lines: list[Line]) -> bytes:
    sample = Sample("", "27055120936", dialect.currency, dialect.decimal_mark, START, tuple(lines))
    return flat_file(sample).decode().encode(dialect.encoding)


def _chunks(dialect: Dialect, lines: int) -> Iterator[list[Line]]:
    dice, left = Dice(SEED), lines
    products = [_product(dice, number) for number in range(400)]
    charges = _charges()
    chunk = [Line(*charge, -dice.below(30_000), START) for charge in charges]
    while left > 0:
        chunk += _some(dice, dialect, products, charges)
        if len(chunk) >= min(left, CHUNK_LINES):
            yield chunk[:left]
            left -= len(chunk)
            chunk = []


def _some(dice: Dice, dialect: Dialect, products: list[Product], charges: list[tuple[str, str, str]]) -> list[Line]:
    """An order, at times with a refund, a charge or a parcel for another shop beside it."""
    item = make_item(dice, dialect.market, dialect.amazon_accounted_per_cent)
    item = replace(item, product=dice.one_of(products))
    lines = list(order(dice, item))
    if dice.chance(8):
        lines += refund(dice, item, dice.one_of(("Refund", "Refund", "Refund", "Chargeback Refund")))
    if dice.chance(2):
        lines += other_shop_order(dice, item)
    if dice.chance(5):
        lines.append(Line(*dice.one_of(charges), -dice.below(30_000), dice.within(START, 14)))
    return lines


def _product(dice: Dice, number: int) -> Product:
    return Product(f"SKU-{number:04}-{dice.digits(3)}", 399 + dice.below(9000), 221 + dice.below(700))


def _charges() -> list[tuple[str, str, str]]:
    """Some fifty known charges at the level of the settlement, so that the file has about 80 line types."""
    types = [entry.line_type for entry in standard().entries if entry.category not in ("SALES", "SALES_TAX", "UNKNOWN")]
    plain = [
        (each.transaction_type, each.amount_type, each.amount_description)
        for each in types
        if "*" not in f"{each}" and each.transaction_type not in ("Order", "Refund") and each.amount_description
    ]
    return plain[:: max(1, len(plain) // 52)]
