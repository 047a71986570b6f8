"""Post, roll back, repost and ask Xero: one button each; the answer is the settlement as it stands afterwards."""

from flask import Blueprint, request

from blueprints.context import actor, parts
from blueprints.sentences import Message, outcome_in_words
from blueprints.settlements import answer
from services import postings
from services.postings import StalePreview

bp = Blueprint("postings", __name__, url_prefix="/settlements/<settlement_id>")


@bp.post("/posting")
def post(settlement_id: str):
    try:
        outcome = postings.post(parts(), settlement_id, actor(), _previewed())
    except StalePreview as stale:
        return answer(settlement_id, Message("todo", stale.message), stale.status)
    return answer(settlement_id, outcome_in_words(outcome))


@bp.post("/repost")
def repost(settlement_id: str):
    try:
        outcome = postings.repost(parts(), settlement_id, actor(), _previewed())
    except StalePreview as stale:
        return answer(settlement_id, Message("todo", stale.message), stale.status)
    return answer(settlement_id, outcome_in_words(outcome, "Reposted as {number}."))


@bp.post("/rollback")
def roll_back(settlement_id: str):
    return answer(settlement_id, outcome_in_words(postings.roll_back(parts(), settlement_id, actor())))


@bp.post("/settling")
def settle(settlement_id: str):
    return answer(settlement_id, outcome_in_words(postings.settle(parts(), settlement_id, actor())))


def _previewed() -> str:
    """The hash of the plan the user saw; an empty one never fits, so nothing is posted unseen."""
    return request.form.get("plan_hash", "")
