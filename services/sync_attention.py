"""What leans on something in Xero that can no longer be used, each as a sentence that names it."""

from models import Mapping, TrackingCategory
from services import bookkeeping, mappings, marketplace_contacts
from services.core.catalogue import standard

ENDED = ("ARCHIVED", "DELETED", "GDPRREQUEST")  # Xero's words for what is not offered any more


def needing_attention() -> list[Mapping]:
    """The mappings that lean on an account, rate or tracking option they cannot use as things stand."""
    return [row for row, _ in _mappings()]


def by_name() -> dict[str, list[str]]:
    """``{"mappings": […], "contacts": […]}``: a sentence on each mapping, and on each contact picked, that lost out."""
    contacts = (marketplace_contacts.problem_of(row) for row in marketplace_contacts.picked().values())
    return {"mappings": [f"{_name(row)}: {why}" for row, why in _mappings()],
            "contacts": [problem for problem in contacts if problem]}


def _mappings() -> list[tuple[Mapping, str]]:
    books, options = bookkeeping.books(), _offered_options()
    told = ((row, mappings.problem_of(row, books) or _lost_tracking(row, options)) for row in Mapping.select())
    return [(row, why) for row, why in told if why]


def _name(row: Mapping) -> str:
    category = standard().categories.get(row.category)
    label = category.label if category else row.category
    return f"{label} ({row.marketplace})" if row.marketplace else label


def _offered_options() -> set[tuple[str, str]]:
    offered = TrackingCategory.select().where(TrackingCategory.gone_at.is_null())
    return {(row.tracking_category_id, option["id"]) for row in offered if row.status not in ENDED
            for option in row.options if option["status"] not in ENDED}


def _lost_tracking(row: Mapping, offered: set[tuple[str, str]]) -> str:
    if all((choice["category_id"], choice["option_id"]) in offered for choice in row.tracking):
        return ""
    return "A tracking option it uses is archived or gone in Xero. Choose another under Accounts & Taxes."
