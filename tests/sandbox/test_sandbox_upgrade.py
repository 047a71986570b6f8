"""A state kept by an earlier version opens, with its documents, connections and switches."""

import json
import sqlite3

from sandbox.xero import create_sandbox
from tests.sandbox.xero_app import XeroApp, credit_note, invoice

EARLIER = """
CREATE TABLE documents (
    tenant_id TEXT NOT NULL, family TEXT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL COLLATE NOCASE,
    type TEXT NOT NULL, status TEXT NOT NULL, updated_ms INTEGER NOT NULL, body TEXT NOT NULL, lines TEXT NOT NULL,
    PRIMARY KEY (tenant_id, family, id)
);
CREATE INDEX documents_number ON documents (tenant_id, family, number);
CREATE TABLE calls (
    client_id TEXT NOT NULL, tenant_id TEXT NOT NULL, span TEXT NOT NULL, started INTEGER NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (client_id, tenant_id, span)
);
CREATE TABLE faults (
    id INTEGER PRIMARY KEY, method TEXT NOT NULL, path TEXT NOT NULL, fault TEXT NOT NULL, times INTEGER NOT NULL
);
"""


def as_it_was(path) -> None:
    """Turns a state of today into one of the first version."""
    db = sqlite3.connect(path)
    rows = db.execute(
        "SELECT d.tenant_id, family, d.id, number, type, status, updated_ms, body, lines FROM documents d "
        "JOIN contents c ON c.id = d.id"
    ).fetchall()
    new = ("documents", "contents", "allocations", "attachments", "call_log", "orders", "late_requests",
           "latest_access")
    for table in new:
        db.execute(f"DROP TABLE {table}")
    db.executescript(EARLIER)
    db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    facts = db.execute("SELECT tenant_id, body FROM records WHERE kind = 'organisation'").fetchall()
    for tenant, body in facts:
        without = {name: value for name, value in json.loads(body).items() if name != "Key"}
        db.execute("UPDATE records SET body = ? WHERE kind = 'organisation' AND id = ?", (json.dumps(without), tenant))
    db.execute("PRAGMA user_version = 0")
    db.commit()
    db.close()


def test_an_earlier_state_is_carried_over(app, sandbox, time):
    kept = app.save(invoice(InvoiceNumber="A-1", Reference="(£120.00) TBUK-1", Status="AUTHORISED"))
    app.save(credit_note(CreditNoteNumber="C-1"), "/CreditNotes")
    app.turn(voided_numbers="held")
    as_it_was(sandbox.parts.store.path)
    again = XeroApp(create_sandbox(sandbox.parts.store.folder, now=time))
    again.tokens, again.tenant = app.tokens, app.tenant
    assert again.get("/Invoices", searchTerm="tbuk-1", page=1)[0]["InvoiceID"] == kept["InvoiceID"]
    assert again.get("/Invoices/A-1")[0]["LineItems"] == app.get("/Invoices/A-1")[0]["LineItems"]
    assert again.get("/CreditNotes")[0]["CreditNoteNumber"] == "C-1"
    assert again.client.get("/sandbox/switches").json["voided_numbers"] == "held"
    path = f"/Invoices/{kept['InvoiceID']}"
    assert again.save({"Status": "VOIDED"}, path, "POST")["Status"] == "VOIDED"
    assert again.client.post(f"/sandbox/{again.tenant}/reset", json={}).status_code == 200


def test_opening_it_again_changes_nothing(app, sandbox, time):
    app.save(invoice(InvoiceNumber="A-1"))
    create_sandbox(sandbox.parts.store.folder, now=time)
    assert len(app.get("/Invoices")) == 1
