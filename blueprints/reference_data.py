"""Sync from Xero: one button, and what came of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from htmx_flask import make_response

from blueprints.context import actor, parts
from blueprints.sentences import Message
from blueprints.settings import facts
from services import reference_data

bp = Blueprint("reference_data", __name__, url_prefix="/reference-data")


@bp.get("/progress")
def progress():
    """How far a sync under way has got; once it is over the whole panel, for those who came upon it under way."""
    syncs, whole = reference_data.status(parts()), "panel" in request.args
    if syncs.is_running or not whole:  # whoever pressed the button gets the panel as the answer to that
        return render_template("settings/_progress.html", syncs=syncs, whole=whole)
    return make_response(render_template("settings/_sync.html", **facts()), retarget="#sync", reswap="outerHTML")


@bp.post("/sync")
def sync():
    result = reference_data.sync(parts(), actor())
    if request.htmx:
        return render_template("settings/_sync.html", message=Message("good", result.sentence), **facts())
    flash(result.sentence)
    return redirect(url_for("settings.account", _anchor="sync"), 303)
