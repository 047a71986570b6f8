"""Sync from Xero: one button, and what came of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from blueprints.settings import facts
from services import reference_data

bp = Blueprint("reference_data", __name__, url_prefix="/reference-data")


@bp.post("/sync")
def sync():
    result = reference_data.sync(parts(), actor())
    if request.htmx:
        return render_template("settings/_sync.html", message=Message("good", result.sentence), **facts())
    flash(result.sentence)
    return redirect(url_for("settings.account", _anchor="sync"), 303)
