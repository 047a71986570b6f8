"""Ticked settlements, or all that match: posted at once, or first shown with what it would come to."""

from flask import Blueprint, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from services import batch_worker, batches, selections, settlement_filter
from services.selections import Selection

bp = Blueprint("selections", __name__, url_prefix="/settlements/selection")


@bp.post("")
def press():
    """Posts the ticked ones; to take something back, and for all that match, it asks once more."""
    form = request.form
    if _action(form) == batches.POST and "matching" not in form:
        return _under_way(selections.of_ticked(batches.POST, form.getlist("settlement")), form.getlist("settlement"))
    return redirect(url_for("selections.confirm", **_asked(form)), 303)


@bp.get("")
def confirm():
    """What the press would do, in words, before it does."""
    return _shown(_selection(request.args))


@bp.post("/batch")
def begin():
    """Does what was confirmed, unless the settlements are others by now: then it is shown anew."""
    selection = _selection(request.form)
    if not selection.fitting or request.form.get("mark") != selection.mark:
        return _shown(selection, changed=True), 409
    return _under_way(selection, selection.ids)


def _shown(selection: Selection, changed: bool = False):
    asked = request.values
    return render_template(
        "settlements/selection.html", selection=selection, asked=_asked(asked), changed=changed,
        back=settlement_filter.wanted(asked).address())


def _under_way(selection: Selection, settlement_ids: list[str]):
    batch = batches.begin(parts(), selection.action, settlement_ids, actor())
    batch_worker.wake()
    return redirect(url_for("batches.show", batch_id=batch.id), 303)


def _selection(asked) -> Selection:
    if "matching" in asked:
        return selections.of_matching(_action(asked), settlement_filter.wanted(asked))
    return selections.of_ticked(_action(asked), asked.getlist("settlement"))


def _action(asked) -> str:
    return batches.POST if asked.get("action") == batches.POST else batches.ROLL_BACK


def _asked(asked) -> dict:
    """What was asked, as an address or hidden fields carry it on."""
    which = {"matching": "1"} if "matching" in asked else {"settlement": asked.getlist("settlement")}
    return {"action": _action(asked), **which, **settlement_filter.wanted(asked).address()}
