"""Jobs: what TrueBooks does by itself, how each last went, when it comes next, and running one now."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from services import jobs

bp = Blueprint("jobs", __name__, url_prefix="/settings/jobs")

_TONES = {"done": "good", "waiting": "wait-for"}


@bp.get("")
def index():
    return render_template("jobs/index.html", jobs=jobs.status(parts()))


@bp.post("/runs")
def run():
    """Runs the job named in the form, now."""
    status = jobs.run_now(parts(), request.form.get("name", ""), actor())
    message = Message(_TONES.get(status.outcome, "bad"), f"{status.name}: {status.words or 'done.'}")
    if request.htmx:
        return render_template("jobs/_jobs.html", jobs=jobs.status(parts()), message=message)
    flash(message.text, "message" if message.tone == "good" else message.tone)
    return redirect(url_for("jobs.index"), 303)
