"""Settings → Account → Xero Integrity Tools: scan, dry run, repair, and the last report."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from services import integrity, xero_connection

bp = Blueprint("integrity", __name__, url_prefix="/settings/integrity")
MODES = {"scan": integrity.SCAN, "dry_run": integrity.DRY_RUN, "repair": integrity.REPAIR}


@bp.get("")
def index():
    return render_template("integrity/index.html", connection=xero_connection.card(parts()), **_report())


def _report() -> dict:
    last = integrity.last()
    return {"last": last, "counts": integrity.counts(last.findings) if last else {}}


@bp.post("")
def run():
    """Only the button that says so changes anything; any other word is a scan."""
    integrity.run(parts(), MODES.get(request.form.get("mode", ""), integrity.SCAN), actor())
    if request.htmx:
        return render_template("integrity/_report.html", **_report())
    flash("The report stands below.", "good")
    return redirect(url_for("integrity.index"), 303)
