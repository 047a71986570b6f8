"""Settings → Account → Xero Integrity Tools: scan, dry run, repair, how far it is, and the last report."""

from flask import Blueprint, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from services import batch_worker, integrity, xero_connection

bp = Blueprint("integrity", __name__, url_prefix="/settings/integrity")
MODES = {"scan": integrity.SCAN, "dry_run": integrity.DRY_RUN, "repair": integrity.REPAIR}


@bp.get("")
def index():
    return render_template("integrity/index.html", connection=xero_connection.card(parts()), **_report())


def _report() -> dict:
    last = integrity.last()
    findings = last.findings if last else []
    return {
        "settlements": integrity.settlements_of(findings),
        "under_way": integrity.under_way(), "last": last, "counts": integrity.counts(findings),
        "names": integrity.NAMES,
    }


@bp.post("")
def run():
    """Only the button that says so changes anything; any other word is a scan. The work goes on in the background."""
    integrity.begin(parts(), MODES.get(request.form.get("mode", ""), integrity.SCAN), actor())
    batch_worker.wake()
    if request.htmx:
        return render_template("integrity/_report.html", **_report())
    return redirect(url_for("integrity.index"), 303)


@bp.get("/progress")
def progress():
    """The report, which asks for itself until the run is over; without JavaScript the whole page."""
    if not request.htmx:
        return redirect(url_for("integrity.index"), 303)
    return render_template("integrity/_report.html", **_report())
