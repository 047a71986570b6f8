"""Errors as pages or fragments, decided in one place: what happened, why, what to do."""

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request, url_for
from htmx_flask import make_response
from werkzeug.exceptions import HTTPException, SecurityError

from services.errors import AppError

TITLES = {
    400: "That did not work", 403: "Not allowed", 404: "Nothing here", 405: "Not possible here",
    409: "Not as things stand", 413: "Too large", 429: "Too many tries", 500: "Something broke",
    502: "No answer",
}
WORDS = {
    400: "The request could not be understood. Go back, reload the page and try again.",
    403: "You may not do this.",
    404: "There is no such page. It may have been moved, or the address mistyped.",
    405: "This address cannot be used that way. Go back and use the buttons of the page.",
    413: "The upload is larger than a page takes at once (200 MB). Drop fewer files at a time, or pack the file as .gz "
    "or .zip; on the command line bin/truebooks import takes files of up to 1 GB.",
    429: "Too many tries from your address. Wait a quarter of an hour, then try again.",
}
_PLACE = re.compile(r"#[A-Za-z][\w-]*")
_SENDS_TO_SETTINGS = re.compile(r"Settings → Account|[Cc]onnect Xero|not connected|Sync from Xero")


def init_app(app: Flask) -> None:
    app.register_error_handler(AppError, lambda error: answer(error.status, error.message))
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(SecurityError, on_foreign_host)
    app.register_error_handler(500, on_own_mistake)


def on_http_error(error: HTTPException):
    """Our own words for the usual statuses; those given with abort() stand."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    given = error.description if error.description != type(error).description else None
    ours = WORDS.get(error.code)
    return answer(error.code, ours if error.code in (405, 413, 429) else given or ours)


def on_foreign_host(_: SecurityError):
    """Asked for under a name that is not ours: no page, because its links would carry that name."""
    public = current_app.extensions["parts"].config.public_url
    return f"TrueBooks does not answer under this name. Open {public} instead.\n", 400, {"Content-Type": "text/plain"}


def on_own_mistake(error: Exception):
    """A fault of ours: the log has the trace, the page has only the id to find it by."""
    fault = secrets.token_hex(4)
    cause = getattr(error, "original_exception", None) or error
    current_app.logger.error("fault %s at %s %s", fault, request.method, request.path, exc_info=cause)
    message = (
        f"TrueBooks made a mistake of its own; its log knows it as {fault}. What was under way with Xero is settled by "
        "itself within minutes. Look at the settlement before you try again."
    )
    return answer(500, message)


def answer(status: int, message: str | None):
    """The error as a fragment where it arose (the place the asking element names), or as a page."""
    message, came_from = message or WORDS[400], _came_from()
    facts = {"status": status, "title": TITLES.get(status, TITLES[400]), "message": message, "back": came_from,
             "remedy": _remedy(message, came_from)}
    if not request.htmx:
        return render_template("errors/error.html", **facts), status
    place = request.headers.get("Error-Place", "")
    target = place if _PLACE.fullmatch(place) else "#error"
    return make_response(render_template("errors/_error.html", **facts), status, retarget=target, reswap="innerHTML")


def _came_from() -> str:
    """The page of ours on which the press was made, as a path; empty when it is not known or is this very page."""
    said = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    own = said.netloc.lower() == request.host.lower() and re.match(r"/(?![/\\])", said.path)
    if not own or (request.method == "GET" and said.path == request.path):
        return ""
    return said.path + (f"?{said.query}" if said.query else "")


def _remedy(message: str, came_from: str) -> str:
    """Settings → Account, where the message sends there and one does not come from there."""
    account = url_for("settings.account")
    return account if _SENDS_TO_SETTINGS.search(message) and urlsplit(came_from).path != account else ""
