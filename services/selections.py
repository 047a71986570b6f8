"""Selected settlements, looked at before they are put through something: which it is for, and what it comes to."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from models import XeroConnection
from services import batches, settings, settlement_list
from services.errors import Refused
from services.settlement_filter import Wanted
from services.settlements import IN_XERO, Row

# The statuses in which a press does something; what is under way already is left to itself.
_FITTING = {batches.POST: ("ready", "draft", "failed"), batches.ROLL_BACK: IN_XERO}


@dataclass(frozen=True)
class Selection:
    """``fitting`` are those that the press is for; ``left`` counts the others by their status."""

    action: str  # post, roll_back
    fitting: list[Row]
    left: dict[str, int]
    organisation: str
    makes_drafts: bool  # the workspace wants drafts in Xero

    @property
    def ids(self) -> list[str]:
        return [row.settlement.settlement_id for row in self.fitting]

    @property
    def sums(self) -> dict[str, int]:
        """Minor units by currency."""
        sums: Counter[str] = Counter()
        for row in self.fitting:
            sums[row.settlement.currency] += row.settlement.total
        return dict(sums)

    @property
    def paid(self) -> int:
        """How many Xero will refuse to void while their payment stands."""
        return sum(row.status == "paid" for row in self.fitting)

    @property
    def mark(self) -> str:
        """Equal for the same action on the same settlements: what was confirmed is what is done."""
        return hashlib.sha256(json.dumps([self.action, sorted(self.ids)]).encode()).hexdigest()[:16]


def of_ticked(action: str, settlement_ids: Iterable[str]) -> Selection:
    """The settlements ticked one by one. Raises Refused when none is."""
    ids = list(dict.fromkeys(settlement_ids))
    if not ids:
        raise Refused("No settlement was selected. Tick the ones you mean, then press again.")
    return _selection(action, settlement_list.named(ids))


def of_matching(action: str, wanted: Wanted) -> Selection:
    """All that the list's filter leaves, on whatever page."""
    return _selection(action, settlement_list.everything(wanted))


def _selection(action: str, rows: list[Row]) -> Selection:
    fitting = [row for row in rows if row.status in _FITTING[action]]
    left = Counter(row.status for row in rows if row.status not in _FITTING[action])
    connected = XeroConnection.get_or_none(XeroConnection.id == 1)
    drafts = settings.value("document_status") == "draft"
    return Selection(action, fitting, dict(left), connected.tenant_name if connected else "", drafts)
