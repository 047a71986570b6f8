"""Accounts & Taxes: where each category goes, for every marketplace or for one, and suggested mappings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from services import line_types, mappings, suggested_mappings
from services.core.catalogue import UNKNOWN, standard

bp = Blueprint("mappings", __name__, url_prefix="/mappings")


@bp.get("")
def index():
    """Every category, or only those that need attention."""
    rows = mappings.rows()
    attention = [row for row in rows if row.needs_attention]
    only_attention = "attention" in request.args
    return render_template(
        "mappings/index.html", rows=attention if only_attention else rows, attention=attention,
        only_attention=only_attention, waiting=line_types.unclassified(),
        elsewhere=suggested_mappings.suggested_elsewhere(), **choices())


def choices() -> dict:
    """What the selects of a row offer."""
    categories = [category for category in standard().categories.values() if category.id != UNKNOWN]
    return {
        "accounts": mappings.usable_accounts(), "rates_for": mappings.usable_tax_rates,
        "marketplaces": mappings.marketplaces(), "categories": categories, "tracking": mappings.tracking_choices(),
    }


@bp.post("/<category>")
def save(category: str):
    """Saves one row, for every marketplace or for one."""
    form = request.form
    account, marketplace = form.get("account_code", ""), form.get("marketplace", "")
    saved = mappings.save(
        parts(), category, account, form.get("tax_type", ""), actor(), marketplace=marketplace, tracking=_tracking())
    return _row(category, f"Saved: {mappings.by_name(saved)}{' on ' + marketplace if marketplace else ''}.")


def _tracking() -> list[tuple[str, str]] | None:
    """The options chosen, (tracking category, option) each; None where the form offers none."""
    if "tracking" not in request.form:
        return None
    return [tuple(each.split("/", 1)) for each in request.form.getlist("tracking") if "/" in each]


@bp.get("/<category>")
def row(category: str):
    """The tax rates the account now chosen may use; without JavaScript a page to choose both on."""
    chosen = mappings.account_code(request.args.get("account_code", ""))
    if request.htmx:
        rates, before = mappings.usable_tax_rates(chosen), request.args.get("tax_type", "")
        still_fits = before in {rate.tax_type for rate in rates}
        return render_template("mappings/_rates.html", rates=rates, chosen=before if still_fits else "")
    return render_template("mappings/category.html", row=mappings.row_of(category), chosen=chosen, **choices())


@bp.post("/<category>/override-removal")
def drop_override(category: str):
    marketplace = request.form.get("marketplace", "")
    mappings.drop_override(parts(), category, marketplace, actor())
    return _row(category, f"{marketplace} follows the row for all marketplaces again.")


def _row(category: str, message: str):
    if not request.htmx:
        flash(message)
        return redirect(url_for("mappings.index", _anchor=category), 303)
    return render_template(
        "mappings/_row.html", row=mappings.row_of(category), message=Message("good", message), **choices())


@bp.get("/suggestion")
def suggestion():
    """What *Use suggested mapping* would do, before it does it."""
    template = "mappings/_suggestion.html" if request.htmx else "mappings/suggestion.html"
    return render_template(
        template, suggestions=suggested_mappings.suggested(), advice=suggested_mappings.advice(),
        elsewhere=suggested_mappings.suggested_elsewhere(), names=standard().categories)


@bp.post("/suggestion")
def apply_suggestion():
    filled = suggested_mappings.apply_suggested(parts(), actor())
    left = len(suggested_mappings.suggested())
    flash(f"{len(filled)} rows filled." + (f" {left} left for you to choose." if left else ""))
    return redirect(url_for("mappings.index"), 303)


@bp.post("/suggestion-elsewhere")
def apply_suggestion_elsewhere():
    """Makes the suggested overrides of one marketplace."""
    marketplace = request.form.get("marketplace", "")
    filled = suggested_mappings.apply_elsewhere(parts(), marketplace, actor())
    flash(f"{len(filled)} categories are overridden for {marketplace} now." if filled else "There was nothing to do.")
    return redirect(url_for("mappings.index"), 303)
