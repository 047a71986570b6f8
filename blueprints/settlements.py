"""Settlements: the list with its inline preview, files dropped in, and one settlement's own page."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message, history_of, taken_in_words
from services import (
    booked_elsewhere,
    corrections,
    difference_lines,
    document_links,
    mappings,
    periods,
    postings,
    removal,
    samples,
    settings,
    settlement_list,
    settlements,
    suggested_mappings,
    xero_connection,
)
from services.core.catalogue import standard
from services.settlements import Upload
from services.upload_progress import readings

bp = Blueprint("settlements", __name__, url_prefix="/settlements")

MOST_TRIES = 1800  # half an hour, for an upload over a slow line


@bp.get("")
def index():
    return render_template("settlements/index.html", key=secrets.token_urlsafe(12), **_listed())


def _listed() -> dict:
    return {"rows": settlement_list.everything(), "gaps": periods.missing(), "connection": xero_connection.card(parts())}


@bp.post("")
def take_in():
    """Takes the dropped files in; what became of each is told above the list."""
    uploads = [Upload(file.filename, file.stream) for file in request.files.getlist("files") if file.filename]
    if not uploads:
        abort(400, "No file was chosen. Pick one or more settlement files, then press Take in.")
    key = request.form.get("key", "")[:40]
    try:
        taken = settlements.take_in(parts(), uploads, actor(), readings.watch(key))
    finally:
        readings.end(key, parts().clock)
    return _told(taken_in_words(taken))


@bp.get("/reading/<key>")
def reading(key: str):
    """How far a dropped file is read; the page asks every second while it is."""
    tries, found = request.args.get("tries", 0, type=int), readings.of(key[:40], parts().clock)
    waits = tries < MOST_TRIES and not (found and found.ended_at)
    return render_template("settlements/_reading.html", key=key, reading=found, tries=tries, waits=waits)


@bp.post("/samples")
def load_samples():
    """Takes in the settlements that ship with TrueBooks; only in the sandbox."""
    if parts().config.mode != "sandbox":
        abort(404)
    return _told(taken_in_words(samples.load(parts(), actor())))


def _told(report):
    if request.htmx:
        return render_template("settlements/_list.html", report=report, **_listed())
    flash(report.as_one_message(), report.tone)
    return redirect(url_for("settlements.index"), 303)


@bp.get("/<settlement_id>")
def show(settlement_id: str):
    return render_template("settlements/show.html", **facts(settlement_id))


@bp.get("/<settlement_id>/preview")
def preview(settlement_id: str):
    """The settlement's entry in the list with its preview open; without JavaScript its own page."""
    if not request.htmx:
        return redirect(url_for("settlements.show", settlement_id=settlement_id), 303)
    return render_template("settlements/_entry.html", **facts(settlement_id))


@bp.get("/<settlement_id>/entry")
def entry(settlement_id: str):
    """The settlement's entry in the list, closed again."""
    if not request.htmx:
        return redirect(url_for("settlements.index"), 303)
    return render_template("settlements/_entry.html", row=postings.preview(settlement_id).row)


def answer(settlement_id: str, message: Message, status: int = 200):
    """The settlement as it stands after a button was pressed on it, where the button was."""
    if not request.htmx:
        flash(message.text, message.tone)
        return redirect(url_for("settlements.show", settlement_id=settlement_id), 303)
    in_list = (request.htmx.target or "").startswith("entry-")
    template = "settlements/_entry.html" if in_list else "settlements/_settlement.html"
    return render_template(template, message=message, **facts(settlement_id)), status


def facts(settlement_id: str) -> dict:
    """What both the open entry and the page show of a settlement."""
    shown = postings.preview(settlement_id)
    settlement = shown.settlement
    return {
        "shown": shown, "row": shown.row, "history": history_of(settlement),
        "file": settlement.file, "corrections": corrections.of(settlement),
        "may_switch": settlement.state in corrections.MAY_SWITCH, "in_xero": settlement.state in settlements.IN_XERO,
        "difference_line": difference_lines.of(settlement), "booked": booked_elsewhere.of(settlement),
        "home_rates_abroad": suggested_mappings.home_rates_abroad(settlement) if not shown.row.posting else [],
        "may_remove": removal.may_remove(settlement), "accounts": mappings.usable_accounts(),
        "document_link": document_links.of_posting(parts(), shown.row.posting),
        "connection": xero_connection.card(parts()), "categories": standard().categories,
        "attempts": postings.attempts(settlement), "drafts_wanted": settings.value("document_status") == "draft",
    }
