"""The way every call takes: token, organisation, scope, limits, idempotency, and then its endpoint."""

import sqlite3
import uuid
from collections.abc import Callable

from flask import Request, Response, request

from sandbox.xero import faults
from sandbox.xero.accounting import idempotency, limits
from sandbox.xero.accounting.answers import HTML, TEXT, Answer, Refusal
from sandbox.xero.accounting.bearer import caller_of, demand_connection, demand_scope
from sandbox.xero.accounting.call import Call
from sandbox.xero.ledger import Ledger
from sandbox.xero.parts import parts
from sandbox.xero.store import savepoint

Endpoint = Callable[..., Answer]
MAX_BODY_BYTES = 10 * 1024 * 1024  # [MNV]


def serve(endpoint: Endpoint, scope: str, **ids: str) -> Response:
    call_id = str(uuid.uuid4())
    try:
        _demand_json(request)
        with parts().store.write() as db:
            answer = _counted(db, endpoint, scope, ids, call_id)
    except Refusal as refusal:
        answer = refusal.answer
    response = answer.response()
    response.headers["Xero-Correlation-Id"] = call_id
    return response


def _demand_json(request: Request) -> None:
    """Xero answers XML unless JSON is asked for [RC-DOC]; the sandbox knows JSON only."""
    if "application/json" not in request.headers.get("Accept", ""):
        raise Refusal(Answer(406, "Xero would answer XML here. Send Accept: application/json.", TEXT))
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise Refusal(Answer(413, "A request may have 10 MB at most.", TEXT))


def _counted(db: sqlite3.Connection, endpoint: Endpoint, scope: str, ids: dict, call_id: str) -> Answer:
    caller = caller_of(db, request.headers.get("Authorization", ""))
    tenant = request.headers.get("Xero-Tenant-Id", "").lower()
    demand_connection(db, caller, tenant)
    now_ms = parts().now_ms(db)
    left = limits.count(db, caller.client_id, tenant, now_ms)
    call = Call(db, request, caller, Ledger(db, tenant), now_ms, call_id)
    try:
        demand_scope(db, caller, scope, request.method not in ("GET", "HEAD"))
        answer = _once(call, lambda: _act(call, endpoint, ids))
    except Refusal as refusal:  # what was counted and remembered stays
        answer = refusal.answer
    return Answer(answer.status, answer.body, answer.content_type, {**answer.headers, **left})


def _once(call: Call, act: Callable[[], Answer]) -> Answer:
    key = call.request.headers.get("Idempotency-Key")
    if key is None or call.request.method not in ("PUT", "POST", "PATCH"):
        return act()
    owner = call.caller.client_id if call.switch("idempotency_owner") == "app" else call.caller.token_id
    asked = (call.request.method, call.request.full_path, call.request.get_data())
    return idempotency.once(call.db, owner, key, asked, call.now_ms, act)


def _act(call: Call, endpoint: Endpoint, ids: dict[str, str]) -> Answer:
    fault = call.request.environ.get("sandbox.fault", "")
    if fault == "500_before":
        return Answer(500, faults.UNHANDLED, HTML)
    try:
        with savepoint(call.db):
            answer = endpoint(call, **ids)
    except Refusal as refusal:
        answer = refusal.answer
    return Answer(500, faults.UNHANDLED, HTML) if fault == "500_after" else answer
