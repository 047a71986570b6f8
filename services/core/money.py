"""Money in whole minor units: how many decimals a currency has, how amounts are written, the tax inside them."""

from decimal import Decimal

# ISO 4217: every currency not named here has two decimals.
_NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "US$", "CAD": "CA$", "AUD": "A$", "JPY": "¥"}


def minor_digits(currency: str) -> int:
    """How many decimals the currency has: 2 for GBP, 0 for JPY, 3 for KWD."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount in major units, exactly: 127520 pence are Decimal("1275.20")."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def format_major(minor: int, currency: str) -> str:
    """Plain major units for machines: ``1275.20``, ``-29.99``, ``1200`` for yen."""
    return f"{to_decimal(minor, currency):f}"


def format_money(minor: int, currency: str) -> str:
    """The amount for people: ``£1,275.20``, ``-CA$29.99``, ``SEK 1,000.00``."""
    sign = "-" if minor < 0 else ""
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{to_decimal(abs(minor), currency):,f}"


def tax_within(gross: int, rate: Decimal) -> int:
    """The tax inside ``gross`` minor units at ``rate`` per cent: gross × rate / (100 + rate).

    Halves go away from zero, for negative amounts too, so that a credit mirrors its charge.
    """
    if rate < 0:
        raise ValueError(f"a tax rate cannot be negative: {rate}")
    share, of = rate.as_integer_ratio()  # exact, and many times as quick as fractions
    whole = 100 * of + share
    tax = (2 * abs(gross) * share + whole) // (2 * whole)
    return tax if gross >= 0 else -tax
