"""A made-up shop for tea and table linen: what it sells, and dice that fall the same way every time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Product:
    """``price`` is what the buyer pays, tax included; ``fulfilment`` what Amazon takes to send one. Minor units."""

    sku: str
    price: int
    fulfilment: int


PRODUCTS = (
    Product("TEA-EARL-250", 899, 289),
    Product("TEA-ASSAM-500", 1449, 335),
    Product("TEA-GREEN-100", 749, 248),
    Product("TEA-HERBAL-SET6", 2199, 379),
    Product("KETTLE-STEEL-1L", 3499, 512),
    Product("TEAPOT-CAST-08", 4299, 585),
    Product("CUP-STONE-4PK", 2699, 498),
    Product("LINEN-NAPKIN-6", 1999, 305),
    Product("LINEN-RUNNER-150", 2499, 319),
    Product("LINEN-CLOTH-300", 5999, 455),
    Product("STRAINER-FINE", 649, 221),
    Product("GIFT-HAMPER-XL", 8999, 829),
)


class Dice:
    """Chance with a seed. Only ``random()`` is used: Python promises its sequence for good."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)  # noqa: S311 – made-up data, nothing secret

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def chance(self, per_cent: int) -> bool:
        return self.below(100) < per_cent

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def digits(self, count: int) -> str:
        return "".join(str(self.below(10)) for _ in range(count))

    def within(self, start: datetime, days: int) -> datetime:
        return start + timedelta(seconds=1 + self.below(days * 86400 - 2))


def share(amount: int, per_mille: int) -> int:
    """A share of an amount in minor units, halves up: what Amazon charges as a percentage."""
    return (2 * amount * per_mille + 1000) // 2000


def net_of(gross: int, rate: int) -> int:
    """The part of a tax-inclusive price that is not tax, at ``rate`` per cent."""
    return gross - (2 * gross * rate + 100 + rate) // (2 * (100 + rate))
