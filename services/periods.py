"""The periods that settlements here cover, and what is missing between them."""

from models import Settlement
from services import settings
from services.core.gaps import Gap, Period, gaps


def missing() -> list[Gap]:
    """The gaps between settlements of the same marketplace, the latest first; none before the start date."""
    columns = (Settlement.marketplace, Settlement.currency, Settlement.start_date, Settlement.end_date)
    return gaps((Period(*row) for row in Settlement.select(*columns).tuples()), settings.value("start_date"))
