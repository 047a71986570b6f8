"""GET and DELETE /connections: which organisations the user has connected to the app (xero.md 1.6, 1.7)."""

import sqlite3
import uuid

from flask import Blueprint, Response, jsonify, request

from sandbox.xero import clock, ledger
from sandbox.xero.accounting import limits
from sandbox.xero.accounting.answers import Refusal
from sandbox.xero.accounting.bearer import Caller, caller_of
from sandbox.xero.parts import parts

blueprint = Blueprint("connections", __name__)


@blueprint.get("/connections")
@blueprint.get("/Connections")  # as the SDK spells it
def show() -> Response:
    with parts().store.write() as db:
        caller = _caller(db)
        return jsonify(listed(db, caller, request.args.get("authEventId", "")))


@blueprint.delete("/connections/<connection_id>")
@blueprint.delete("/Connections/<connection_id>")
def disconnect(connection_id: str) -> Response:
    with parts().store.write() as db:
        caller = _caller(db)
        gone = db.execute(
            "DELETE FROM connections WHERE id = ? AND client_id = ?", (connection_id, caller.client_id)
        ).rowcount
    return Response(status=204 if gone else 404)


def _caller(db: sqlite3.Connection) -> Caller:
    """Raises Refusal."""
    caller = caller_of(db, request.headers.get("Authorization", ""))
    limits.count_identity(db, caller.client_id, parts().now_ms(db))
    return caller


@blueprint.after_request
def name_the_call(response: Response) -> Response:
    response.headers["Xero-Correlation-Id"] = str(uuid.uuid4())
    return response


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    return refusal.answer.response()


def listed(db: sqlite3.Connection, caller: Caller, event_id: str) -> list[dict]:
    """A bare array, oldest first; filtered by the event in which the organisation was first connected."""
    rows = db.execute("SELECT * FROM connections WHERE client_id = ? ORDER BY rowid", (caller.client_id,))
    names = {facts["OrganisationID"]: facts["Name"] for facts in ledger.organisations(db)}
    return [
        {
            "id": row["id"], "authEventId": row["event_id"], "tenantId": row["tenant_id"], "tenantType": "ORGANISATION",
            "tenantName": names[row["tenant_id"]], "createdDateUtc": _moment(row["created_ms"]),
            "updatedDateUtc": _moment(row["updated_ms"]),
        }
        for row in rows
        if event_id in ("", row["event_id"])
    ]


def _moment(ms: int) -> str:
    """ISO with seven fractional digits and no Z [OAS-ID]."""
    return clock.moment(ms).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"
