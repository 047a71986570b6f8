"""Joins the parts of the sandbox into one WSGI application."""

import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from flask import Flask, jsonify, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from sandbox.xero import clock, fault_acts, faults, late, seed
from sandbox.xero.accounting import endpoints
from sandbox.xero.accounting.bearer import claimed_client
from sandbox.xero.accounting.gate import AT_ONCE
from sandbox.xero.oauth import connections, consent_page, identity
from sandbox.xero.oauth.signing import SigningKey
from sandbox.xero.page_safety import guard
from sandbox.xero.pages import controls, document_pages, hand_pages, home_pages, wording
from sandbox.xero.parts import Parts
from sandbox.xero.store import Store
from sandbox.xero.upgrade import upgrade


class Sandbox:
    """The WSGI application; orders of faults are carried out here, outside of everything else.

    Raises ConnectionDropped where a connection is to be dropped; the server, or whoever calls
    it in process, turns that into a closed connection.
    """

    def __init__(self, parts: Parts, flask: Flask):
        self.parts = parts
        self.flask = flask

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"] or "/"
        waiting, ordered = self._glance(environ)
        if waiting:
            late.deliver(self.parts, self.flask.wsgi_app)
        with self.parts.in_flight.entered(_counted_as(environ)) as at_once:
            environ[AT_ONCE] = at_once
            order = self._take(environ) if ordered else None
            if order is None:
                return self.flask.wsgi_app(environ, start_response)
            return fault_acts.answer(self.parts, self.flask.wsgi_app, order, environ, start_response)

    def _glance(self, environ: dict) -> tuple[bool, bool]:
        """Whether late requests are due, and whether an order may strike this one; reads only."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        with self.parts.store.read() as db:
            due = db.execute("SELECT 1 FROM late_requests WHERE due_ms <= ? LIMIT 1", (self.parts.now_ms(db),))
            own = path.startswith("/sandbox/")  # the sandbox's own pages never fail
            return bool(due.fetchone()), not own and bool(faults.matching(db, method, path))

    def _take(self, environ: dict) -> faults.Order | None:
        with self.parts.store.write() as db:
            return faults.take(db, environ["REQUEST_METHOD"], environ["PATH_INFO"])


def _counted_as(environ: dict) -> tuple[str, str]:
    """Calls under way are counted for each app and organisation."""
    return claimed_client(environ.get("HTTP_AUTHORIZATION", "")), environ.get("HTTP_XERO_TENANT_ID", "").lower()


def create_sandbox(
    state: Path,
    now: Callable[[], datetime] = clock.utc_now,
    client_id: str = "",
    client_secret: str = "",
    base_url: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Sandbox:
    """The sandbox Xero, keeping its state in the folder ``state``.

    ``now`` gives an aware datetime; ``sleep`` waits real seconds, for slow answers. Any app is let
    in unless a client id (and secret) is given. ``base_url`` is the issuer and the base of all
    announced addresses; without it, as each request says.
    """
    store = Store(Path(state), upgrade)
    parts = Parts(store, now, SigningKey(store.folder), client_id, client_secret, base_url or "", sleep)
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
    for area in (
        consent_page, identity, connections, endpoints, controls, home_pages, document_pages, hand_pages,
    ):
        flask.register_blueprint(area.blueprint)
    return flask
