"""The link to Xero: off to its consent page, back with the answer, choose an organisation, disconnect."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_login import current_user

from blueprints.context import actor, origin, parts
from services import xero_connection
from services.errors import AppError, Refused

bp = Blueprint("xero_connection", __name__, url_prefix="/xero")


@bp.post("/connection")
def connect():
    """Starts an authorisation, bound to this browser's session, and leads to Xero."""
    public = parts().config.public_url
    if request.host.lower() != origin(public).partition("//")[2]:  # the session would not be found on the way back
        raise Refused(f"Xero leads back to {public}, but you are at {request.host}. Open {public} and connect there.")
    session["connecting_in_first_steps"] = request.form.get("from") == "first-steps"
    return redirect(xero_connection.begin(parts(), actor(), current_user.token), 303)


@bp.get("/callback")
def callback():
    """Back from Xero. Whatever came of it is told where it began, and the code leaves the address bar."""
    try:
        state = xero_connection.finish(parts(), request.args.to_dict(), current_user.token, actor())
    except AppError as error:
        flash(error.message, "bad")
        return _where_it_began()
    else:
        if state == xero_connection.CONNECTED:
            return _connected()
    return redirect(url_for("settings.account"), 303)


@bp.post("/choice")
def choose():
    xero_connection.choose(parts(), request.form.get("tenant_id", ""), actor())
    return _connected()


def _connected():
    """The banner, on the page where connecting began: the account page, or the step of the first steps."""
    flash(f"Xero connected successfully: {xero_connection.card(parts()).organisation}")
    return _where_it_began()


def _where_it_began():
    if session.pop("connecting_in_first_steps", False):
        return redirect(url_for("first_run.show", step="connection"), 303)
    return redirect(url_for("settings.account"), 303)


@bp.post("/disconnection")
def disconnect():
    flash(xero_connection.disconnect(parts(), actor()))
    return redirect(url_for("settings.account"), 303)
