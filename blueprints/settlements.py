"""Settlements: the list with its inline preview, files dropped in, and one settlement's own page."""

import secrets
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for

from blueprints.context import actor, own_origins, own_path, parts
from blueprints.deeds import deeds
from blueprints.next_steps import next_step
from blueprints.sentences import Message, history_of, taken_in_words
from services import (
    batch_worker,
    booked_elsewhere,
    corrections,
    difference_lines,
    document_links,
    mappings,
    periods,
    postings,
    removal,
    running_batches,
    samples,
    settings,
    settlement_filter,
    settlement_list,
    settlements,
    suggested_mappings,
    xero_connection,
)
from services.core.catalogue import standard
from services.settlement_filter import Wanted
from services.settlements import Taken, Upload
from services.upload_progress import readings

bp = Blueprint("settlements", __name__, url_prefix="/settlements")

MOST_TRIES = 1800  # half an hour, for an upload over a slow line


bp.add_app_template_global(next_step)


@bp.get("")
def index():
    """The list as its address says: filter, order and page are plain parameters."""
    wanted = settlement_filter.wanted(request.args)
    if request.htmx and not request.htmx.history_restore_request and request.htmx.target in ("listing", "statuses"):
        return _listing_alone(wanted)
    return render_template("settlements/index.html", key=secrets.token_urlsafe(12), **_whole(wanted))


def _listing_alone(wanted: Wanted):
    """Only what the filter changes; the address of the page follows."""
    shown = _listing(wanted)
    answer = make_response(render_template("settlements/_listing.html", **shown))
    settled = shown["listed"].wanted
    before, path = _wanted_before()
    if request.htmx.target == "listing" and settled != before and path == url_for("settlements.index"):
        typing_on = before.words and replace(before, words=settled.words) == settled
        kind = "HX-Replace-Url" if typing_on else "HX-Push-Url"
        answer.headers[kind] = url_for("settlements.index", **settled.address(page=settled.page))
    return answer


def _wanted_before() -> tuple[Wanted, str]:
    """What the page that asks was showing, and its path."""
    here = urlsplit(request.htmx.current_url or "")
    return settlement_filter.wanted(dict(parse_qsl(here.query))), here.path


def _listing(wanted: Wanted) -> dict:
    listed = settlement_list.listed(wanted)
    if listed.pending:
        batch_worker.wake()
    return {"listed": listed, "running": running_batches.running()}


def _whole(wanted: Wanted) -> dict:
    return _listing(wanted) | {
        "gaps": periods.missing(), "choices": settlement_list.choices(), "connection": xero_connection.card(parts())}


@bp.get("/running")
def progress():
    """How far the batches under way are; when the last has ended, the list is asked for anew."""
    running = running_batches.running()
    answer = make_response(render_template("settlements/_running.html", running=running))
    if not running:
        answer.headers["HX-Trigger"] = "settlements-changed"
    return answer


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
    return _told(taken)


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
    return _told(samples.load(parts(), actor()))


def _told(taken: list[Taken]):
    """What became of the files; with JavaScript each settlement that came with what to do next."""
    report = taken_in_words(taken)
    if request.htmx:
        ids = [each.settlement_id for each in taken if each.outcome == "imported"]
        shown = _whole(Wanted()) | {"came": settlement_list.named(ids)}
        return render_template("settlements/_list.html", report=report, **shown)
    flash(report.as_one_message(), report.tone)
    return redirect(url_for("settlements.index"), 303)


@bp.get("/<settlement_id>")
def show(settlement_id: str):
    return render_template("settlements/show.html", list_address=_list_one_came_from(), **facts(settlement_id))


def _list_one_came_from() -> str:
    """The list as it was filtered when a link of it was followed; else the whole list."""
    before, index = urlsplit(request.referrer or ""), url_for("settlements.index")
    same_site = f"{before.scheme}://{before.netloc}" in own_origins()
    query = f"?{before.query}" if before.query else ""
    return own_path(index + query, index) if same_site and before.path == index else index


@bp.get("/<settlement_id>/preview")
def preview(settlement_id: str):
    """The settlement's entry in the list with its preview open; without JavaScript its own page."""
    if not request.htmx:
        return redirect(url_for("settlements.show", settlement_id=settlement_id), 303)
    return render_template("settlements/_entry.html", **facts(settlement_id, whole=False))


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
    told = make_response(render_template(template, message=message, **facts(settlement_id, whole=not in_list)), status)
    told.headers["HX-Trigger"] = "status-changed"  # the counts above the list follow
    return told


def facts(settlement_id: str, whole: bool = True) -> dict:
    """What both the open entry and the page show of a settlement; ``whole`` adds what only the page does."""
    shown = postings.preview(settlement_id)
    settlement, card = shown.settlement, xero_connection.card(parts())
    drafts_wanted = settings.value("document_status") == "draft"
    found = {
        "shown": shown, "row": shown.row, "connection": card, "deeds": deeds(shown, card, drafts_wanted),
        "corrections": corrections.of(settlement), "categories": standard().categories,
        "difference_line": difference_lines.of(settlement),
        "home_rates_abroad": suggested_mappings.home_rates_abroad(settlement),
        "document_link": document_links.of_posting(parts(), shown.row.posting),
    }
    return found | _evidence(settlement) if whole else found


def _evidence(settlement) -> dict:
    """Its file, its history, and what can be done with the settlement itself."""
    return {
        "file": settlement.file, "history": history_of(settlement), "attempts": postings.attempts(settlement),
        "may_switch": settlement.state in corrections.MAY_SWITCH, "in_xero": settlement.state in settlements.IN_XERO,
        "booked": booked_elsewhere.of(settlement), "may_remove": removal.may_remove(settlement),
        "accounts": mappings.usable_accounts(),
    }
