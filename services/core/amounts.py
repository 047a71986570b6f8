"""Amounts as Amazon prints them, with dots or commas, in whole minor units; the file itself tells which."""

import re
from collections.abc import Mapping

from services.core.money import minor_digits
from services.core.read_errors import BrokenSettlement

LONGEST_WHOLE = 10  # digits before the decimal mark: Xero's lines end at 9,999,999,999.99 (xero.md 5.5)
Amounts = Mapping[str, int]  # an amount as printed → the first line that holds it

_OTHER = {".": ",", ",": "."}
# Apostrophes and every blank that parts thousands somewhere: no-break, figure, thin, narrow …
_BLANKS = str.maketrans("", "", "'\u2019\u00a0\u202f\u3000 " + "".join(map(chr, range(0x2002, 0x200B))))
_MINUS = "-\u2212"
# Groups of two digits are the Indian way (1,23,456.00).
_WHOLE = {mark: re.compile(rf"\d*|[1-9]\d{{0,2}}(?:\{mark}\d{{2,3}})*\{mark}\d{{3}}", re.ASCII) for mark in _OTHER}


def parse_amount(text: str, decimal_mark: str, digits: int) -> int:
    """``1.141,18`` with mark ``,`` and 2 digits is 114118. Raises ValueError saying what is wrong."""
    signed = text.strip().translate(_BLANKS)
    body = signed[1:] if signed[:1] in ("+", *_MINUS) else signed
    whole, _, fraction = body.partition(decimal_mark)
    short = len(whole) <= LONGEST_WHOLE
    if len(fraction) == digits and short and (whole + fraction).isdecimal() and body.isascii():  # nearly always
        return -int(whole + fraction) if signed[0] in _MINUS else int(whole + fraction)
    if not re.search("[0-9]", body) or not _WHOLE[_OTHER[decimal_mark]].fullmatch(whole):
        raise ValueError("is not an amount")
    if not re.fullmatch("[0-9]*", fraction):
        raise ValueError("is not an amount")
    if len(fraction) > digits and ((len(fraction) == 3 and digits) or fraction[digits:].strip("0")):
        raise ValueError("has more decimals than the currency, so it cannot be booked exactly")
    minor = int(whole.replace(_OTHER[decimal_mark], "") + fraction[:digits].ljust(digits, "0") or "0")
    if minor >= 10 ** (LONGEST_WHOLE + digits):
        raise ValueError("is more than a line in Xero can hold")
    return -minor if signed[0] in _MINUS else minor


def parse_all(amounts: Amounts, currency: str, elsewhere: Amounts) -> dict[str, int]:
    """Every printed amount in minor units of ``currency``.

    ``elsewhere`` holds all amounts of the file, asked when these do not tell dots from commas.
    Raises BrokenSettlement naming the line.
    """
    digits = minor_digits(currency)
    mark = _decimal_mark(amounts, digits, elsewhere)
    parsed = {}
    for text, line in amounts.items():
        try:
            parsed[text] = parse_amount(text, mark, digits)
        except ValueError as reason:
            raise BrokenSettlement(f"Line {line}: “{text.strip()[:40]}” {reason}.") from reason
    return parsed


def _decimal_mark(amounts: Amounts, digits: int, elsewhere: Amounts) -> str:
    certain = certain_marks(amounts, digits)
    if not certain:
        certain = certain_marks(elsewhere, digits)
    if len(certain) > 1:
        raise BrokenSettlement(
            f"The amounts are written in two ways: “{certain['.'][0]}” on line {certain['.'][1]} and "
            f"“{certain[','][0]}” on line {certain[','][1]}."
        )
    if certain:
        return next(iter(certain))
    return _mark_from_thousands(amounts, digits)


def certain_marks(amounts: Amounts, digits: int) -> dict[str, tuple[str, int]]:
    """Decimal marks that cannot be anything else, each with the amount and line that shows it."""
    found: dict[str, tuple[str, int]] = {}
    for text, line in amounts.items():
        mark = _certain_mark(text.strip(), digits)
        if mark and mark not in found:
            found[mark] = (text.strip(), line)
    return found


def _certain_mark(text: str, digits: int) -> str:
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return ""
    mark, decimals = text[last], len(text) - last - 1
    if text.count(mark) > 1:
        return _OTHER[mark]
    if _OTHER[mark] in text or decimals != 3:
        return mark
    return mark if digits == 3 else ""


def _mark_from_thousands(amounts: Amounts, digits: int) -> str:
    """No amount shows decimals: a mark before three digits parts thousands, if the currency has no decimals."""
    unclear = [(text.strip(), line) for text, line in amounts.items() if "." in text or "," in text]
    if not unclear:
        return "."
    text, line = unclear[0]
    if digits:
        raise BrokenSettlement(
            f"Line {line}: “{text}” may be thousands or decimals, and no other amount in the file tells which."
        )
    return _OTHER["." if "." in text else ","]
