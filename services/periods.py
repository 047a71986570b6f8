"""The periods that settlements here cover, and what is missing between them."""

from models import Settlement
from services import change_marks, settings
from services.core.gaps import Gap, Period, gaps

_latest: dict[tuple[str, str], list[Gap]] = {}  # one at most: under the mark and the start date it was found at


def missing() -> list[Gap]:
    """The gaps between settlements of the same marketplace, the latest first; none before the start date.

    Looked for only when a settlement came, went or changed its period.
    """
    asked = (change_marks.mark(change_marks.PERIODS), settings.value("start_date"))
    found = _latest.get(asked)
    if found is None:
        columns = (Settlement.marketplace, Settlement.currency, Settlement.start_date, Settlement.end_date)
        found = gaps((Period(*row) for row in Settlement.select(*columns).tuples()), asked[1])
        _latest.clear()
        _latest[asked] = found
    return list(found)
