"""Switches, clock, faults, limits, lock dates and reset: what is turned to make Xero behave differently."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.xero import clock, faults, ledger, seed, switches, wire
from sandbox.xero.accounting import limits
from sandbox.xero.page_safety import refuse_other_sites
from sandbox.xero.parts import parts

LOCKS = ("PeriodLockDate", "EndOfYearLockDate")
OWN_PATH = re.compile(r"/sandbox/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]*")
MOST_SECONDS = 100 * 365 * 24 * 3600

blueprint = Blueprint("controls", __name__)


@blueprint.post("/sandbox/switches")
def turn_switches() -> AnyResponse:
    with parts().store.write() as db:
        for name, to in settings().items():
            switches.turn(db, name, str(to))
        return done(switches.values(db))


@blueprint.post("/sandbox/limits")
def put_limits() -> AnyResponse:
    with parts().store.write() as db:
        for name, most in settings().items():
            limits.put(db, name, most)
        return done(limits.values(db))


@blueprint.post("/sandbox/clock")
def advance_clock() -> AnyResponse:
    seconds = _whole("advance_seconds")
    with parts().store.write() as db:
        if abs(clock.offset_seconds(db) + seconds) > MOST_SECONDS:
            abort(400, "The clock can be moved by a hundred years at most.")
        clock.advance(db, seconds)
        now = clock.moment(parts().now_ms(db)).isoformat(timespec="seconds")
        return done({"now": now, "offset_seconds": clock.offset_seconds(db)})


@blueprint.post("/sandbox/faults")
def order_fault() -> AnyResponse:
    wanted = settings()
    order = faults.Order(
        str(wanted.get("method", "*")), str(wanted.get("path", "")), str(wanted.get("fault", "")), _whole("times", 1),
        _whole("seconds", 0), _whole("percent", 100), str(wanted.get("seed", "")),
    )
    with parts().store.write() as db:
        faults.order(db, order)
        return done(faults.ordered(db))


@blueprint.delete("/sandbox/faults")
@blueprint.post("/sandbox/faults/clearing")
def clear_faults() -> AnyResponse:
    with parts().store.write() as db:
        faults.clear(db)
    return jsonify([]) if request.method == "DELETE" else done([])


@blueprint.post("/sandbox/reset")
def reset() -> AnyResponse:
    with parts().store.write() as db:
        seed.reset(db, clock.milliseconds(db, parts().real_now))
    return done({"reset": True})


@blueprint.post("/sandbox/<uuid:tenant>/organisation")
def change_organisation(tenant: UUID) -> AnyResponse:
    with parts().store.write() as db:
        book = ledger.Ledger(db, str(tenant))
        if not book.records("organisation"):
            abort(404, "There is no such organisation in the sandbox.")
        return done(_lock(book))


@blueprint.errorhandler(switches.UnknownSwitch)
@blueprint.errorhandler(faults.UnknownFault)
@blueprint.errorhandler(limits.UnknownLimit)
def _refused(problem: ValueError) -> tuple[Response | str, int]:
    if request.is_json:
        return jsonify(error=str(problem)), 400
    return render_template("problem.html", sentence=str(problem)), 400


@blueprint.before_request
def _guard() -> None:
    if request.method != "GET":
        refuse_other_sites()


def sent() -> Mapping[str, Any]:
    """What was sent, as JSON or as a form."""
    if not request.is_json:
        return request.form.to_dict()
    body = request.get_json()
    return body if isinstance(body, dict) else abort(400, "Send a JSON object.")


def settings() -> dict[str, Any]:
    """What was sent, but for the way back."""
    return {name: value for name, value in sent().items() if name != "back"}


def done(answer: Any) -> AnyResponse:
    """Back to one of our pages after a form; JSON otherwise."""
    if request.is_json:
        return jsonify(answer)
    back = request.form.get("back", "")
    return redirect(back if OWN_PATH.fullmatch(back) else "/sandbox/", 303)


def _whole(name: str, default: int | None = None) -> int:
    given = sent().get(name, default)
    try:
        return int(default if given == "" and default is not None else given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        abort(400, f"{name} must be a whole number.")


def _lock(book: ledger.Ledger) -> dict[str, str]:
    """Sets or (with an empty date) lifts the lock dates."""
    facts = dict(book.organisation)
    for lock in LOCKS:
        if lock in sent():
            facts.pop(lock, None)
            try:
                facts |= {lock: wire.read_day(sent()[lock])} if sent()[lock] else {}
            except ValueError:
                abort(400, f"{lock} must be a date like 2026-03-31, or empty.")
    book.keep_organisation(facts)
    return {lock: facts.get(lock, "") for lock in LOCKS}
