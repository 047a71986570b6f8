"""The page on which the user picks an organisation and allows an app in, or does not."""

import secrets
import sqlite3

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from sandbox.xero import ledger, switches
from sandbox.xero.oauth import grants, scopes
from sandbox.xero.oauth.authorisation import Authorisation, Refused, check
from sandbox.xero.page_safety import content_security, refuse_other_sites
from sandbox.xero.parts import parts

NO_ORGANISATION = "none"

blueprint = Blueprint("consent", __name__)


@blueprint.get("/identity/connect/authorize")
def ask() -> Response | str:
    asked = Authorisation.read(request.args)
    _check(asked)
    return _page(asked)


@blueprint.post("/identity/connect/authorize")
def decide() -> Response:
    refuse_other_sites()
    asked = Authorisation.read(request.form)
    _check(asked)
    if request.form.get("decision") != "allow":
        return redirect(asked.redirect(error="access_denied"))
    return redirect(_allow(asked, request.form.getlist("organisation")))


def _check(asked: Authorisation) -> None:
    """Raises Refused."""
    with parts().store.read() as db:
        loopback = switches.value(db, "loopback_redirect") == "accepted"
    check(asked, parts().client_id, loopback)


def _offers_several(db: sqlite3.Connection, asked: Authorisation) -> bool:
    return asked.takes_several and switches.value(db, "consent_organisations") == "several"


@blueprint.errorhandler(Refused)
def show_refusal(refusal: Refused) -> tuple[str, int]:
    return render_template("refusal.html", refusal=refusal), 400


def _page(asked: Authorisation) -> Response:
    with parts().store.read() as db:
        choices, several = ledger.organisations(db), _offers_several(db, asked)
    page = Response(
        render_template(
            "consent.html", asked=asked, organisations=choices, no_organisation=NO_ORGANISATION, several=several,
            meanings=[scopes.meanings()[scope] for scope in scopes.joined(asked.scopes)],
        ),
        content_type="text/html; charset=utf-8",
    )
    # Chromium applies form-action to the redirect that follows the form too.
    page.headers["Content-Security-Policy"] = content_security(form_targets=["'self'", asked.origin])
    return page


def _allow(asked: Authorisation, chosen: list[str]) -> str:
    with parts().store.write() as db:
        known = {choice["OrganisationID"] for choice in ledger.organisations(db)}
        too_many = len(chosen) > 1 and not _offers_several(db, asked)
        if not chosen or too_many or not set(chosen) <= known | {NO_ORGANISATION}:
            raise Refused("invalid_request", "Pick one of the organisations.")
        tenants = [tenant for tenant in chosen if tenant != NO_ORGANISATION]
        code = grants.consent(db, asked, tenants, parts().now_ms(db))
        extras = {"scope": asked.scope, "session_state": secrets.token_urlsafe(24)}
        if switches.value(db, "callback_extras") == "left_out":
            extras = {}
    return asked.redirect(code=code, **extras)
