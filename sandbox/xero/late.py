"""Requests that reach the ledger after their caller gave up: kept, and delivered when the sandbox's clock says so."""

import json
from collections.abc import Callable
from io import BytesIO

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request

from sandbox.xero.parts import Parts

ARRIVED_MS = "sandbox.arrived_ms"  # keys in the environ of a request delivered late: when it was sent …
SHOWN = ("REQUEST_METHOD", "PATH_INFO")  # in clear: what the page says of requests on their way
AT_MS = "sandbox.at_ms"  # … and when it is done; both in ms by the sandbox's clock


def keep(parts: Parts, environ: dict, seconds: int) -> None:
    """Sealed, body and all: a form may hold a refresh token, a header an access token."""
    told = {name: value for name, value in environ.items() if isinstance(value, str) and "." not in name}
    whole = {"environ": told, "body": Request(environ).get_data(cache=False).decode("latin-1")}
    body = parts.signing.seal(json.dumps(whole).encode())
    plain = {name: environ[name] for name in SHOWN}
    with parts.store.write() as db:
        now_ms = parts.now_ms(db)
        db.execute(
            "INSERT INTO late_requests (arrived_ms, due_ms, environ, body) VALUES (?, ?, ?, ?)",
            (now_ms, now_ms + seconds * 1000, json.dumps(plain), body),
        )


def deliver(parts: Parts, inner: Callable) -> None:
    """Delivers what is due, oldest first, each once."""
    while True:
        with parts.store.write() as db:
            due = db.execute(
                "DELETE FROM late_requests WHERE id = (SELECT id FROM late_requests WHERE due_ms <= ? "
                "ORDER BY due_ms, id LIMIT 1) RETURNING *", (parts.now_ms(db),),
            ).fetchall()
        if not due:
            return
        run_wsgi_app(inner, _environ(parts, due[0]), buffered=True)


def _environ(parts: Parts, row) -> dict:
    told = json.loads(row["environ"])
    whole = {"environ": told, "body": row["body"].decode("latin-1")}  # as an earlier version kept it
    if set(told) == set(SHOWN):
        whole = json.loads(parts.signing.open(row["body"]))
    body = whole["body"].encode("latin-1")
    return {
        **whole["environ"], ARRIVED_MS: row["arrived_ms"], AT_MS: row["due_ms"],
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body), "wsgi.errors": BytesIO(),
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
