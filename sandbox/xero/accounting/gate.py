"""The way every call takes: token, organisation, limits, scope, role, idempotency, and then its endpoint."""

import sqlite3
import uuid
from collections.abc import Callable

from flask import Request, Response, request

from sandbox.xero import wire
from sandbox.xero.accounting import idempotency, limits, roles
from sandbox.xero.accounting.answers import HTML, JSON, TEXT, Answer, ApiException, Refusal, as_validation
from sandbox.xero.accounting.bearer import Caller, caller_of, claimed_client, demand_connection, demand_scope
from sandbox.xero.accounting.call import Call
from sandbox.xero.fault_acts import FAULT, UNHANDLED
from sandbox.xero.faults import Order
from sandbox.xero.late import AT_MS
from sandbox.xero.ledger import Ledger
from sandbox.xero.parts import parts
from sandbox.xero.store import savepoint
from sandbox.xero.switches import value

Endpoint = Callable[..., Answer]
MAX_BODY_BYTES = 10 * 1024 * 1024  # [MNV]
MAX_FILE_BYTES = 25 * 1024 * 1024  # the attachments have a limit of their own, below this
UNREADABLE = (14, 16, 17)  # ErrorNumbers whose bodies nobody has written down
AT_ONCE = "sandbox.at_once"  # key in the environ: how many calls of this app to this organisation are under way


def serve(endpoint: Endpoint, scope: str, raw: bool = False, **ids: str) -> Response:
    """``raw`` calls carry a file one way or the other."""
    call_id, key = str(uuid.uuid4()), request.headers.get("Idempotency-Key", "")
    same = (claimed_client(request.headers.get("Authorization", "")), key or call_id)
    try:
        _demand_readable(request, raw)
        with parts().in_flight.entered(("key", *same)) as users, parts().store.write() as db:
            answer = _counted(db, endpoint, scope, ids, call_id, users > 1)
    except Refusal as refusal:
        answer = refusal.answer
    response = answer.response()
    response.headers["Xero-Correlation-Id"] = call_id
    return response


def _demand_readable(request: Request, raw: bool) -> None:
    """Xero answers XML unless JSON is asked for [RC-DOC]; the sandbox knows JSON only."""
    file_comes_back = raw and request.method in ("GET", "HEAD")
    if not file_comes_back and "application/json" not in request.headers.get("Accept", ""):
        raise Refusal(Answer(406, "Xero would answer XML here. Send Accept: application/json.", TEXT))
    if (request.content_length or 0) > (MAX_FILE_BYTES if raw else MAX_BODY_BYTES):
        raise Refusal(Answer(413, "The request is too large.", TEXT))


def _counted(
    db: sqlite3.Connection, endpoint: Endpoint, scope: str, ids: dict, call_id: str, key_in_use: bool
) -> Answer:
    _demand_short_query(db)
    caller = caller_of(db, request.headers.get("Authorization", ""))
    tenant = request.headers.get("Xero-Tenant-Id", "").lower()
    demand_connection(db, caller, tenant)
    now_ms = request.environ.get(AT_MS) or parts().now_ms(db)
    call = Call(db, request, caller, Ledger(db, tenant), now_ms, call_id)
    try:
        left = _count(call, caller, tenant)
    except Refusal as refusal:
        return _remembered_if_so(call, refusal.answer)
    try:
        writing = request.method not in ("GET", "HEAD")
        demand_scope(db, caller, scope, writing)
        roles.demand(db, scope, writing)
        answer = _once(call, lambda: _act(call, endpoint, ids), key_in_use)
    except Refusal as refusal:  # what was counted and remembered stays
        answer = _as_switched(call, refusal)
    return Answer(answer.status, answer.body, answer.content_type, {**answer.headers, **left})


def _demand_short_query(db: sqlite3.Connection) -> None:
    if len(request.query_string) > limits.value(db, "query"):
        raise Refusal(Answer(int(value(db, "long_query")), "", HTML))


def _count(call: Call, caller: Caller, tenant: str) -> dict[str, str]:
    """The headers that say what is left. Raises Refusal: 429, by the limits or as ordered."""
    ordered: Order | None = request.environ.get(FAULT)
    if ordered and ordered.fault.startswith("429_"):
        raise limits.refusal(ordered.fault.removeprefix("429_"), ordered.struck_seconds)
    return limits.count(call.db, caller.client_id, tenant, call.now_ms, request.environ.get(AT_ONCE, 1))


def _remembered_if_so(call: Call, answer: Answer) -> Answer:
    """A 429 comes before anything is remembered, unless the switch says otherwise."""
    return answer if call.switch("idempotency_429") == "forgotten" else _once(call, lambda: answer)


def _once(call: Call, act: Callable[[], Answer], key_in_use: bool = False) -> Answer:
    key = call.request.headers.get("Idempotency-Key")
    if key is None or call.request.method not in ("PUT", "POST", "PATCH"):
        return act()
    if key_in_use and call.switch("idempotency_simultaneous") == "refused":
        raise idempotency.in_use(key)
    owner = call.caller.client_id if call.switch("idempotency_owner") == "app" else call.caller.token_id
    asked = (call.request.method, call.request.full_path, call.request.get_data())
    remember_500 = call.switch("idempotency_500") == "kept"
    return idempotency.once(call.db, owner, key, asked, call.now_ms, act, remember_500)


def _act(call: Call, endpoint: Endpoint, ids: dict[str, str]) -> Answer:
    ordered: Order | None = call.request.environ.get(FAULT)
    fault = ordered.fault if ordered else ""
    if fault == "500_before":
        return _unhandled(call)
    try:
        with savepoint(call.db):
            answer = endpoint(call, **ids)
    except Refusal as refusal:
        answer = _as_switched(call, refusal)
    return _unhandled(call) if fault == "500_after" else answer


def _unhandled(call: Call) -> Answer:
    if call.switch("unhandled_body") == "html":
        return Answer(500, UNHANDLED, HTML)
    return Answer(500, wire.pretty({"ErrorNumber": 0, "Type": "UnhandledException", "Message": UNHANDLED}), JSON)


def _as_switched(call: Call, refusal: Refusal) -> Answer:
    told = isinstance(refusal, ApiException) and refusal.number in UNREADABLE
    return as_validation(refusal) if told and call.switch("bad_request_type") == "validation" else refusal.answer
