"""Refresh: asks Xero what became of posted documents, all of them or one."""

from flask import Blueprint, flash, redirect, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from blueprints.settlements import answer
from services import document_states

bp = Blueprint("document_states", __name__)

WORDS = {"posted": "Xero shows it as it was posted.", "paid": "It is paid in Xero.",
         "changed_in_xero": "It was changed in Xero; what was changed stands below."}  # fmt: skip


@bp.post("/document-states")
def refresh():
    news = document_states.refresh(parts(), actor())
    flash(f"{news or 'Nothing'} changed in Xero since the last look.", "good")
    return redirect(url_for("settlements.index"), 303)


@bp.post("/settlements/<settlement_id>/document-state")
def refresh_one(settlement_id: str):
    state = document_states.refresh_one(parts(), settlement_id, actor())
    return answer(settlement_id, Message("todo" if state == "changed_in_xero" else "good", WORDS[state]))
