"""The front page and those of the sandbox itself: organisations, clock, faults, limits and switches."""

import sqlite3
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from sandbox.xero import clock, faults, ledger, switches
from sandbox.xero.accounting import limits
from sandbox.xero.accounting.families import FAMILIES
from sandbox.xero.parts import parts

blueprint = Blueprint("home_pages", __name__)

Page = Response | str


@blueprint.get("/sandbox/")
def home() -> str:
    with parts().store.read() as db:
        return render_template("home.html", organisations=_organisations(db), **_time(db))


@blueprint.get("/sandbox/switches")
def show_switches() -> Page:
    with parts().store.read() as db:
        values = switches.values(db)
    if not asked_for_a_page():
        return jsonify(values)
    return render_template("switches.html", switches=switches.switches(), values=values)


@blueprint.get("/sandbox/limits")
def show_limits() -> Page:
    with parts().store.read() as db:
        values = limits.values(db)
    return render_template("limits.html", limits=limits.limits(), values=values) if asked_for_a_page() \
        else jsonify(values)


@blueprint.get("/sandbox/faults")
def show_faults() -> Page:
    with parts().store.read() as db:
        ordered, waiting = faults.ordered(db), late_ones(db)
    if not asked_for_a_page():
        return jsonify(ordered)
    return render_template("faults.html", faults=faults.faults(), ordered=ordered, waiting=waiting)


@blueprint.get("/sandbox/clock")
def show_clock() -> Page:
    with parts().store.read() as db:
        time = _time(db)
    return render_template("clock.html", **time) if asked_for_a_page() else jsonify(told(time["now_ms"], time))


def told(now_ms: int, time: dict[str, Any]) -> dict[str, Any]:
    """The clock as JSON."""
    return {
        "now": clock.moment(now_ms).isoformat(timespec="seconds"), "offset_seconds": time["offset_seconds"],
    }


def asked_for_a_page() -> bool:
    """Browsers name text/html; scripts get JSON."""
    return "text/html" in request.headers.get("Accept", "")


def late_ones(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Requests on their way: what they are, and when they arrive (ms)."""
    rows = db.execute(
        "SELECT due_ms, json_extract(environ, '$.REQUEST_METHOD') AS method, json_extract(environ, '$.PATH_INFO') "
        "AS path FROM late_requests ORDER BY due_ms, id"
    )
    return [dict(row) for row in rows]


def _time(db: sqlite3.Connection) -> dict[str, Any]:
    return {"now_ms": parts().now_ms(db), "offset_seconds": clock.offset_seconds(db)}


def _organisations(db: sqlite3.Connection) -> list[dict[str, Any]]:
    return [
        {**facts, "counts": counts(db, facts["OrganisationID"]), "apps": apps(db, facts["OrganisationID"])}
        for facts in ledger.organisations(db)
    ]


def counts(db: sqlite3.Connection, tenant_id: str) -> dict[str, int]:
    rows = db.execute("SELECT family, count(*) AS n FROM documents WHERE tenant_id = ? GROUP BY family", (tenant_id,))
    found = {row["family"]: row["n"] for row in rows}
    return {slug: found.get(family.plural, 0) for slug, family in FAMILIES.items()}


def apps(db: sqlite3.Connection, tenant_id: str) -> list[str]:
    """Those connected to the organisation."""
    rows = db.execute("SELECT client_id FROM connections WHERE tenant_id = ? ORDER BY created_ms", (tenant_id,))
    return [row["client_id"] for row in rows]
