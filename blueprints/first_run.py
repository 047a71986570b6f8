"""The first steps: five pages that lead from the first admin to the first preview, each leavable and resumable."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import taken_in_words
from services import (
    first_run,
    postings,
    samples,
    settings,
    settlements,
    suggested_mappings,
    xero_connection,
    xero_permissions,
)
from services.core.catalogue import standard
from services.errors import AppError
from services.first_run import FirstRun
from services.settlements import Upload

bp = Blueprint("first_run", __name__, url_prefix="/first-steps")
ON_THE_WAY = ("settings", "mappings", "vat", "settlements")  # pages that the steps lead to
TITLES = {
    "business": "Your business and its VAT",
    "connection": "Connect Xero",
    "settlements": "Bring settlements",
    "mapping": "Accept a suggested mapping",
    "preview": "Look at the first preview",
}


@bp.app_context_processor
def _leading_back() -> dict:
    """What the layout's line back to the first steps needs; asked for on whole pages only."""
    return {"first_steps_onward": _onward_from_here, "first_step_titles": TITLES}


def _onward_from_here() -> FirstRun | None:
    return first_run.onward() if request.blueprint in ON_THE_WAY else None


@bp.get("")
def index():
    """To the step that is next; once all are done, to what comes after."""
    following = first_run.progress().next
    return redirect(url_for("first_run.show", step=following), 303) if following else _page("done")


@bp.get("/<step>")
def show(step: str):
    if step not in TITLES:
        abort(404)
    return _page(step, **_FACTS[step]())


def _page(step: str, **facts):
    return render_template(f"first_run/{step}.html", step=step, steps=first_run.progress(), titles=TITLES, **facts)


def _onward(step: str):
    """To the next open step after this one was done; back to it while it is not."""
    found = first_run.progress()
    following = found.next if step in found.done else step
    return redirect(url_for("first_run.show", step=following) if following else url_for("first_run.index"), 303)


# --- what each step shows ---------------------------------------------------------------------


def _business() -> dict:
    return {"business": first_run.business()}


def _connection() -> dict:
    return {"connection": xero_connection.card(parts()), "permissions": xero_permissions.needed()}


def _settlements() -> dict:
    return {"start_date": settings.value("start_date"), "here": first_run.settlements_here()}


def _mapping() -> dict:
    """What would be filled; or, in words, why nothing can be suggested."""
    try:
        offered, advice, problem = suggested_mappings.suggested(), suggested_mappings.advice(), ""
    except AppError as error:
        offered, advice, problem = [], "", error.message
    return {"suggestions": offered, "advice": advice, "problem": problem, "names": standard().categories,
            "elsewhere": suggested_mappings.suggested_elsewhere()}


def _preview() -> dict:
    first = first_run.first_settlement()
    if first is None:
        return {"plan": None}
    plan = postings.preview(first.settlement_id).plan
    first_run.preview_shown(parts(), plan)
    return {"plan": plan, "first": first}


_FACTS = {"business": _business, "connection": _connection, "settlements": _settlements, "mapping": _mapping,
          "preview": _preview}  # fmt: skip


# --- what can be pressed ----------------------------------------------------------------------


@bp.post("/business")
def confirm_business():
    settings.change(parts(), first_run.TAX_ROWS, request.form.get("value", ""), actor())
    flash("Noted. It can be changed under Accounts & Taxes → VAT on sales at any time.")
    return _onward("business")


@bp.post("/settlements")
def take_in():
    uploads = [Upload(file.filename, file.stream) for file in request.files.getlist("files") if file.filename]
    if not uploads:
        abort(400, "No file was chosen. Pick one or more settlement files, then press Take in.")
    return _taken(settlements.take_in(parts(), uploads, actor()))


@bp.post("/settlements/samples")
def load_samples():
    if parts().config.mode != "sandbox":
        abort(404)
    return _taken(samples.load(parts(), actor()))


def _taken(taken):
    report = taken_in_words(taken)
    flash(report.as_one_message(), report.tone)
    return _onward("settlements")


@bp.post("/settlements/start-date")
def set_start_date():
    settings.change(parts(), "start_date", request.form.get("value", ""), actor())
    flash("Saved. Settlements dated before it count as booked elsewhere.")
    return redirect(url_for("first_run.show", step="settlements"), 303)


@bp.post("/mapping")
def apply_mapping():
    filled = suggested_mappings.apply_suggested(parts(), actor())
    flash(f"{len(filled)} categories have their account and tax rate now.")
    return _onward("mapping")


@bp.post("/leaving")
def leave():
    first_run.leave(parts(), actor())
    flash("The first steps are put away. The end of Settings → Account leads back to them.")
    return redirect(url_for("home.index"), 303)


@bp.post("/return")
def bring_back():
    first_run.bring_back()
    return redirect(url_for("home.index"), 303)
