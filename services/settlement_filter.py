"""What a list of settlements is asked for: read from an address, written into one, and which words it knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

STATUSES = (
    "does_not_add_up", "needs_category", "needs_mapping", "failed", "unsure", "changed_in_xero", "ready", "draft",
    "queued", "posting", "posted", "paid", "nothing_to_post", "booked_elsewhere",
)  # fmt: skip  # in the order of the list sorted by status: what a person must see to comes first
NEEDS_ME = ("does_not_add_up", "needs_category", "needs_mapping", "failed", "unsure", "changed_in_xero")
NEEDS_ME_NAME = "needs_me"  # stands in an address for all of them
SORTS = {"deposit": True, "total": True, "number": True, "marketplace": False, "status": False}  # largest first?
_AMOUNT = re.compile(r"[^\d,.\-]+")


@dataclass(frozen=True)
class Wanted:
    """One list: which settlements, in which order, which page of them. Dates are YYYY-MM-DD, inclusive; "" is any."""

    status: str = ""  # one of STATUSES, or NEEDS_ME_NAME
    marketplace: str = ""
    currency: str = ""
    since: str = ""  # listed under this day (deposit, else the period's end) or later
    until: str = ""
    words: str = ""  # in id, number, reference or marketplace; or an amount
    sort: str = "deposit"
    reverse: bool = False  # the other way than the sort begins with
    page: int = 1

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses asked for; none means all."""
        if self.status == NEEDS_ME_NAME:
            return NEEDS_ME
        return (self.status,) if self.status else ()

    @property
    def largest_first(self) -> bool:
        return SORTS[self.sort] != self.reverse

    @property
    def narrows(self) -> bool:
        """Whether some settlements may be left out."""
        return bool(self.status or self.narrows_otherwise)

    @property
    def narrows_otherwise(self) -> bool:
        """The same, the status apart."""
        return any((self.marketplace, self.currency, self.since, self.until, self.words))

    def address(self, **changes) -> dict[str, str]:
        """The parameters of the list's address, with changes; what is usual is left out.

        A change of anything but the page leads to the first page.
        """
        asked = replace(self, **({"page": 1} | changes))
        told = {"status": asked.status, "marketplace": asked.marketplace, "currency": asked.currency,
                "from": asked.since, "to": asked.until, "q": asked.words}  # fmt: skip
        told |= {"sort": asked.sort if asked.sort != "deposit" else "", "reverse": "1" if asked.reverse else ""}
        told["page"] = str(asked.page) if asked.page > 1 else ""
        return {name: value for name, value in told.items() if value}

    def sorted_by(self, sort: str) -> dict[str, str]:
        """The address of the same list by this column; by the same column once more, the other way round."""
        return self.address(sort=sort, reverse=sort == self.sort and not self.reverse)


def wanted(asked: Mapping[str, str]) -> Wanted:
    """Read from an address; what makes no sense in it is as if it were not there."""
    status, sort, page = asked.get("status", ""), asked.get("sort", ""), asked.get("page", "")
    return Wanted(
        status=status if status in (*STATUSES, NEEDS_ME_NAME) else "",
        marketplace=asked.get("marketplace", "").strip()[:100],
        currency=asked.get("currency", "").strip().upper()[:3],
        since=_day(asked.get("from", "")),
        until=_day(asked.get("to", "")),
        words=" ".join(asked.get("q", "").replace("\0", " ").split())[:100],
        sort=sort if sort in SORTS else "deposit",
        reverse=asked.get("reverse") == "1",
        page=int(page) if page.isascii() and page.isdecimal() and 0 < int(page[:7]) < 1_000_000 else 1,
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return ""


def typed_amount(words: str) -> Decimal | None:
    """An amount as people type it: ``1,275.20``, ``£1275.2``, ``-CA$29.99``, ``1.275,20``; None when it is none."""
    figure = _AMOUNT.sub("", words)
    if not any(mark.isdigit() for mark in figure) or re.search(r"[a-z]{4}|\d[a-z]", words, re.IGNORECASE):
        return None
    whole, mark, decimals = figure.rpartition("," if figure.rfind(",") > figure.rfind(".") else ".")
    if not mark or (len(decimals) == 3 and mark == ",") or len(decimals) > 3:
        whole, decimals = figure, ""
    try:
        return Decimal(whole.replace(",", "").replace(".", "") + ("." + decimals if decimals else ""))
    except InvalidOperation:
        return None
