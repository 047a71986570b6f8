"""Settings → Account: the connection card, Sync from Xero, and the workspace's settings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from blueprints.context import actor, parts
from blueprints.sentences import Message
from services import marketplace_contacts, reference_data, settings, xero_connection, xero_permissions
from services.core.marketplaces import known_marketplaces
from services.xero.scopes import NEVER_ASKED

bp = Blueprint("settings", __name__, url_prefix="/settings")

SHOWN = ("lines", "sales_tax_rows", "negative_as", "document_status", "post_as", "clearing_account",
         "start_date")


@bp.get("/account")
def account():
    return render_template("settings/account.html", **facts())


def facts() -> dict:
    """What the connection card, the sync panel and the settings show."""
    return {
        "connection": xero_connection.card(parts()), "permissions": xero_permissions.needed(),
        "never_asked": NEVER_ASKED,
        "syncs": reference_data.status(parts()), "definitions": {name: settings.DEFINITIONS[name] for name in SHOWN},
        "values": settings.values(), "redirect_uri": parts().config.redirect_uri,
        "contacts": marketplace_contacts.picked(), "marketplaces": known_marketplaces(),
    }


@bp.post("/workspace")
def change():
    """Saves one setting: its name and new value."""
    name = request.form.get("name", "")
    settings.change(parts(), name, request.form.get("value", ""), actor())
    message = _saved()
    if request.htmx:
        return render_template("settings/_workspace.html", message=message, saved=name, **facts())
    flash(message.text, message.tone)
    return redirect(url_for("settings.account", _anchor="workspace"), 303)


def _saved() -> Message:
    lacks = xero_connection.card(parts()).lacks
    if lacks:
        asked = f"Reconnect Xero first, so that it allows TrueBooks {lacks}"
        return Message("todo", f"Saved. {asked}: until then nothing is posted.")
    return Message("good", "Saved. Previews are made with it from now on; what is posted stays as it is.")
