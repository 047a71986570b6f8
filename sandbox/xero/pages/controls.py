"""Switches, clock, faults, organisations and reset: what a test or a person turns to make Xero behave differently."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.xero import clock, faults, ledger, seed, switches, wire
from sandbox.xero.page_safety import refuse_other_sites
from sandbox.xero.parts import parts

LOCKS = ("PeriodLockDate", "EndOfYearLockDate")

blueprint = Blueprint("controls", __name__)


@blueprint.get("/sandbox/switches")
def show_switches() -> Response:
    with parts().store.read() as db:
        return jsonify(switches.values(db))


@blueprint.post("/sandbox/switches")
def turn_switches() -> AnyResponse:
    with parts().store.write() as db:
        for name, to in sent().items():
            switches.turn(db, name, str(to))
        return done(switches.values(db))


@blueprint.get("/sandbox/clock")
def show_clock() -> Response:
    with parts().store.read() as db:
        return jsonify(_time(db))


@blueprint.post("/sandbox/clock")
def advance_clock() -> AnyResponse:
    with parts().store.write() as db:
        clock.advance(db, _whole("advance_seconds"))
        return done(_time(db))


@blueprint.get("/sandbox/faults")
def show_faults() -> Response:
    with parts().store.read() as db:
        return jsonify(faults.ordered(db))


@blueprint.post("/sandbox/faults")
def order_fault() -> AnyResponse:
    wanted = sent()
    with parts().store.write() as db:
        faults.order(
            db, str(wanted.get("method", "*")), str(wanted.get("path", "")), str(wanted.get("fault", "")),
            _whole("times", 1),
        )
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
def _refused(problem: ValueError) -> tuple[Response, int]:
    return jsonify(error=str(problem)), 400


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


def done(answer: Any) -> AnyResponse:
    """Back to one of our pages after a form; JSON otherwise."""
    if request.is_json:
        return jsonify(answer)
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/sandbox/") else "/sandbox/", 303)


def _whole(name: str, default: int | None = None) -> int:
    try:
        return int(sent().get(name, default))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        abort(400, f"{name} must be a whole number.")


def _time(db: Any) -> dict[str, Any]:
    now = clock.moment(parts().now_ms(db))
    return {"now": now.isoformat(timespec="seconds"), "offset_seconds": clock.offset_seconds(db)}


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
