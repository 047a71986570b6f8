"""The page on which the user picks an organisation and allows an app in, or does not."""

import secrets

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
    check(asked, parts().client_id)
    return _page(asked)


@blueprint.post("/identity/connect/authorize")
def decide() -> Response:
    refuse_other_sites()
    asked = Authorisation.read(request.form)
    check(asked, parts().client_id)
    if request.form.get("decision") != "allow":
        return redirect(asked.redirect(error="access_denied"))
    return redirect(_allow(asked, request.form.get("organisation", "")))


@blueprint.errorhandler(Refused)
def show_refusal(refusal: Refused) -> tuple[str, int]:
    return render_template("refusal.html", refusal=refusal), 400


def _page(asked: Authorisation) -> Response:
    with parts().store.read() as db:
        choices = ledger.organisations(db)
    page = Response(
        render_template(
            "consent.html", asked=asked, organisations=choices, no_organisation=NO_ORGANISATION,
            meanings=[scopes.meanings()[scope] for scope in scopes.joined(asked.scopes)],
        ),
        content_type="text/html; charset=utf-8",
    )
    # Chromium applies form-action to the redirect that follows the form too.
    page.headers["Content-Security-Policy"] = content_security(form_targets=["'self'", asked.origin])
    return page


def _allow(asked: Authorisation, organisation: str) -> str:
    with parts().store.write() as db:
        known = {choice["OrganisationID"] for choice in ledger.organisations(db)}
        if organisation not in known | {NO_ORGANISATION}:
            raise Refused("invalid_request", "Pick one of the organisations.")
        tenant = "" if organisation == NO_ORGANISATION else organisation
        code = grants.consent(db, asked, tenant, parts().now_ms(db))
        extras = {"scope": asked.scope, "session_state": secrets.token_urlsafe(24)}
        if switches.value(db, "callback_extras") == "left_out":
            extras = {}
    return asked.redirect(code=code, **extras)
