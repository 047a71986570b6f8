"""Where what stands in a settlement's way is put right: the words of a link and its address."""

from typing import NamedTuple

from flask import url_for

from services.settlements import Row

_MAPPING = {
    "needs_mapping": "Choose its account",
    "account_unusable": "Change its mapping",
    "tax_rate_unusable": "Change its mapping",
    "tracking_unusable": "Change its mapping",
}
_ON_ITS_PAGE = {"does_not_add_up": ("What to do", "difference-line"), "booked_elsewhere": ("Its page", "elsewhere")}


class Step(NamedTuple):
    """One link."""

    words: str
    address: str


def next_step(row: Row) -> Step | None:
    """The one thing to press for a settlement as the list shows it; None where its preview says all."""
    settlement_id = row.settlement.settlement_id
    code = row.ready.code if row.ready else row.status
    if row.status == "ready":
        return Step("Preview and post", url_for("settlements.show", settlement_id=settlement_id))
    if code in _ON_ITS_PAGE:
        words, place = _ON_ITS_PAGE[code]
        return Step(words, url_for("settlements.show", settlement_id=settlement_id, _anchor=place))
    if code == "needs_category":
        return Step("Give it a category", url_for("mappings.index", _anchor="needs-a-category"))
    if code in _MAPPING:
        return _mapping(row, code)
    if code in ("failed", "unsure", "changed_in_xero"):
        return Step("Look at it", url_for("settlements.show", settlement_id=settlement_id))
    return Step("Settings → Account", url_for("settings.account")) if row.ready and code else None


def _mapping(row: Row, code: str) -> Step:
    if row.ready.category == "DIFFERENCE":  # its account is chosen on the settlement's own page
        page = url_for("settlements.show", settlement_id=row.settlement.settlement_id, _anchor="difference-line")
        return Step("Take the difference line back", page)
    return Step(_MAPPING[code], url_for("mappings.index", _anchor=row.ready.category))
