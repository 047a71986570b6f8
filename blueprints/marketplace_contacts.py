"""Which contact in Xero each marketplace's documents go to: picked and given up on the settings page."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from blueprints.settings import facts
from services import marketplace_contacts

bp = Blueprint("marketplace_contacts", __name__, url_prefix="/settings/contacts")


@bp.post("")
def pick():
    row = marketplace_contacts.pick(
        parts(), request.form.get("marketplace", ""), request.form.get("contact", ""), actor())
    return _told(f"{row.marketplace}: documents go to “{row.name}” from now on; what is posted stays as it is.")


@bp.post("/forget")
def forget():
    marketplace = request.form.get("marketplace", "")
    marketplace_contacts.forget(parts(), marketplace, actor())
    return _told(f"{marketplace}: documents go to the contact of that name again.")


@bp.get("/offered")
def offered():
    """The names that hold what was typed, for the field's list."""
    found = marketplace_contacts.offered(request.args.get("contact", ""))
    return render_template("settings/_contact_names.html", names=[each.name for each in found])


def _told(words: str):
    if request.htmx:
        return render_template("settings/_contacts.html", message=Message("good", words), **facts())
    flash(words)
    return redirect(url_for("settings.account", _anchor="contacts"), 303)
