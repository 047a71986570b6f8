"""Joins the parts of the sandbox into one WSGI application."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from flask import Flask, jsonify, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from sandbox.xero import clock, faults, seed
from sandbox.xero.accounting import endpoints
from sandbox.xero.oauth import connections, consent_page, identity
from sandbox.xero.oauth.signing import SigningKey
from sandbox.xero.page_safety import guard
from sandbox.xero.pages import controls, ledger_pages, wording
from sandbox.xero.parts import Parts
from sandbox.xero.store import Store

API = "/api.xro/"


class Sandbox:
    """The WSGI application; orders of faults are carried out here, outside of everything else.

    Raises ConnectionDropped where a connection is to be dropped; the server, or whoever calls
    it in process, turns that into a closed connection.
    """

    def __init__(self, parts: Parts, flask: Flask):
        self.parts = parts
        self.flask = flask

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        fault = self._fault(environ)
        if fault == "drop_before":
            raise faults.ConnectionDropped("The sandbox was told to drop this connection before doing anything.")
        if fault == "503":
            return Response(faults.MAINTENANCE, status=503, content_type="text/plain")(environ, start_response)
        if fault.startswith("500") and environ["PATH_INFO"].startswith(API):
            environ["sandbox.fault"] = fault  # inside of the idempotency store, which keeps errors too
        elif fault == "500_before":
            return _broken(environ, start_response)
        elif fault in ("drop_after", "500_after"):
            run_wsgi_app(self.flask.wsgi_app, environ, buffered=True)
            if fault == "drop_after":
                raise faults.ConnectionDropped("The sandbox was told to drop this connection once all was done.")
            return _broken(environ, start_response)
        return self.flask.wsgi_app(environ, start_response)

    def _fault(self, environ: dict) -> str:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path.startswith("/sandbox/"):
            return ""
        with self.parts.store.read() as db:
            if faults.matching(db, method, path) is None:
                return ""
        with self.parts.store.write() as db:
            return faults.take(db, method, path)


def _broken(environ: dict, start_response: Callable) -> Iterable[bytes]:
    return Response(faults.UNHANDLED, status=500, content_type="text/html; charset=utf-8")(environ, start_response)


def create_sandbox(
    state: Path,
    now: Callable[[], datetime] = clock.utc_now,
    client_id: str = "",
    client_secret: str = "",
    base_url: str | None = None,
) -> Sandbox:
    """The sandbox Xero, keeping its state in the folder ``state``.

    ``now`` gives an aware datetime. Any app is let in unless a client id (and secret) is given.
    ``base_url`` is the issuer and the base of all announced addresses; without it, as each request says.
    """
    store = Store(Path(state))
    parts = Parts(store, now, SigningKey(store.folder), client_id, client_secret, base_url or "")
    with store.write() as db:
        seed.fill(db, parts.now_ms(db))
    return Sandbox(parts, _flask(parts))


def _page_of(error: HTTPException) -> Response | tuple[str, int]:
    """Errors of the sandbox's own pages as a page, or as JSON for those who sent JSON."""
    if request.is_json or not request.path.startswith("/sandbox/"):
        return jsonify(error=error.description) if request.is_json else error.get_response(), error.code or 500
    return render_template("problem.html", sentence=error.description), error.code or 500


def _flask(parts: Parts) -> Flask:
    flask = Flask("sandbox.xero", root_path=os.fspath(Path(__file__).parent), static_url_path="/sandbox/static")
    flask.url_map.strict_slashes = False
    flask.jinja_env.trim_blocks = flask.jinja_env.lstrip_blocks = True
    flask.extensions["sandbox"] = parts
    wording.teach(flask)
    flask.after_request(guard)
    flask.register_error_handler(HTTPException, _page_of)
    for area in (consent_page, identity, connections, endpoints, controls, ledger_pages):
        flask.register_blueprint(area.blueprint)
    return flask
