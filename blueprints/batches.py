"""Many at once: the press on the selected rows, and the batch's page with its progress and its lists."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from services import batch_worker, batches

bp = Blueprint("batches", __name__, url_prefix="/batches")


@bp.get("")
def index():
    return render_template("batches/index.html", batches=batches.recent(), lists=batches.LISTS)


@bp.post("")
def begin():
    """Queues the ticked settlements; the work goes on in the background."""
    action = request.form.get("action", "")
    return _under_way(batches.begin(parts(), action, request.form.getlist("settlement"), actor()))


@bp.post("/<batch_id>/retry")
def retry(batch_id: str):
    return _under_way(batches.retry(parts(), batch_id, actor()))


@bp.post("/<batch_id>/stop")
def stop(batch_id: str):
    stopped = batches.stop(parts(), batch_id, actor())
    left = "What was begun already is still carried through." if batches.find(batch_id).finished_at is None else ""
    flash(f"{stopped or 'Nothing'} stopped before anything was sent. {left}".strip(), "good")
    return redirect(url_for("batches.show", batch_id=batch_id), 303)


def _under_way(batch):
    batch_worker.wake()
    return redirect(url_for("batches.show", batch_id=batch.id), 303)


@bp.get("/<batch_id>")
def show(batch_id: str):
    return render_template("batches/show.html", told=batches.tell(batch_id), lists=batches.LISTS)


@bp.get("/<batch_id>/progress")
def progress(batch_id: str):
    """The part of the page that asks for itself until the batch is done; without JavaScript the whole page."""
    if not request.htmx:
        return redirect(url_for("batches.show", batch_id=batch_id), 303)
    return render_template("batches/_progress.html", told=batches.tell(batch_id), lists=batches.LISTS)
