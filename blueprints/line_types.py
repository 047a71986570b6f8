"""Line types: giving the unknown ones a category, and the workspace's own rules."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.evidence import attachment
from blueprints.mappings import choices
from blueprints.sentences import Message
from services import line_types
from services.core.settlement import LineType

bp = Blueprint("line_types", __name__, url_prefix="/line-types")

_PARTS = ("transaction_type", "amount_type", "amount_description")


@bp.get("")
def index():
    """The workspace's own rules, what still waits, and perhaps a known line type to be moved."""
    words = [request.args.get(name, "")[:200] for name in _PARTS]
    return render_template(
        "mappings/rules.html", rules=line_types.rules(), waiting=line_types.unclassified(),
        moved=LineType(*words) if any(words) else None, **choices())


@bp.post("")
def classify():
    """A rule for the line type; ``begins``, or parts named as ``open``, make it one for all that begin so."""
    form = request.form
    words, open_parts = [form.get(name, "") for name in _PARTS], [name in form.getlist("open") for name in _PARTS]
    begins = form.get("begins", "").strip().rstrip("*")
    if begins:
        words[2], open_parts[2] = f"{begins}*", True
    line_types.classify(parts(), LineType(*words), form.get("category", ""), actor(), tuple(open_parts))
    return _told("Classified, here and in every settlement that holds it. Your own rules list it, and take it back.")


@bp.post("/<rule_id>/removal")
def take_back(rule_id: str):
    line_types.take_back(parts(), int(rule_id) if rule_id.isdecimal() else 0, actor())
    return _told("The rule is taken back; the catalogue’s word counts again.")


@bp.get("/contribution.csv")
def contribution():
    """Own rules and unknown line types for others, without amounts, ids or names."""
    return attachment(line_types.as_contribution(), "truebooks-line-types.csv", "text/csv; charset=utf-8")


def _told(message: str):
    """Where the button was: on Accounts & Taxes, among the rules, or in the catalogue."""
    if request.htmx:
        return render_template(
            "mappings/_waiting.html", waiting=line_types.unclassified(), message=Message("good", message), **choices())
    flash(message)
    if request.form.get("from") == "mappings":
        return redirect(url_for("mappings.index", _anchor="needs-a-category"), 303)
    return redirect(url_for("line_types.index"), 303)
