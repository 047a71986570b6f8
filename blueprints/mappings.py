"""Accounts & Taxes: where each category goes, suggested mappings, and line types that need a category."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from services import mappings
from services.core.catalogue import UNKNOWN, standard
from services.core.settlement import LineType

bp = Blueprint("mappings", __name__, url_prefix="/mappings")


@bp.get("")
def index():
    return render_template("mappings/index.html", rows=mappings.rows(), waiting=mappings.unclassified(), **_choices())


def _choices() -> dict:
    """What the selects of a row offer."""
    categories = [category for category in standard().categories.values() if category.id != UNKNOWN]
    return {
        "accounts": mappings.usable_accounts(), "rates_for": mappings.usable_tax_rates,
        "marketplaces": mappings.marketplaces(), "categories": categories,
    }


@bp.post("/<category>")
def save(category: str):
    """Saves one row, for every marketplace or for one."""
    form = request.form
    account = _code(form.get("account_code", ""))
    saved = mappings.save(
        parts(), category, account, form.get("tax_type", ""), actor(), marketplace=form.get("marketplace", ""))
    return _row(category, f"Saved: {account} {saved.tax_type}.")


@bp.get("/<category>")
def row(category: str):
    """The tax rates the account now chosen may use; without JavaScript a page to choose both on."""
    chosen = _code(request.args.get("account_code", ""))
    if request.htmx:
        rates, before = mappings.usable_tax_rates(chosen), request.args.get("tax_type", "")
        still_fits = before in {rate.tax_type for rate in rates}
        return render_template("mappings/_rates.html", rates=rates, chosen=before if still_fits else "")
    return render_template("mappings/category.html", row=mappings.row_of(category), chosen=chosen, **_choices())


@bp.post("/<category>/override-removal")
def drop_override(category: str):
    marketplace = request.form.get("marketplace", "")
    mappings.drop_override(parts(), category, marketplace, actor())
    return _row(category, f"{marketplace} follows the row for all marketplaces again.")


def _code(typed: str) -> str:
    """The account's code from ``200 – Sales`` as the list offers it, or from the code alone."""
    return typed.partition(" – ")[0].strip()


def _row(category: str, message: str):
    if not request.htmx:
        flash(message)
        return redirect(url_for("mappings.index", _anchor=category), 303)
    return render_template(
        "mappings/_row.html", row=mappings.row_of(category), message=Message("good", message), **_choices())


@bp.get("/suggestion")
def suggestion():
    """What *Use suggested mapping* would do, before it does it."""
    template = "mappings/_suggestion.html" if request.htmx else "mappings/suggestion.html"
    return render_template(template, suggestions=mappings.suggested(), names=standard().categories)


@bp.post("/suggestion")
def apply_suggestion():
    filled = mappings.apply_suggested(parts(), actor())
    left = len(mappings.suggested())
    flash(f"{len(filled)} rows filled." + (f" {left} left for you to choose." if left else ""))
    return redirect(url_for("mappings.index"), 303)


@bp.post("/line-types")
def classify():
    form = request.form
    line_type = LineType(*(form.get(name, "") for name in ("transaction_type", "amount_type", "amount_description")))
    mappings.classify(parts(), line_type, form.get("category", ""), actor())
    message = "Classified, here and in every settlement that holds it."
    if request.htmx:
        return render_template(
            "mappings/_waiting.html", waiting=mappings.unclassified(), message=Message("good", message), **_choices())
    flash(message)
    return redirect(url_for("mappings.index", _anchor="needs-a-category"), 303)
