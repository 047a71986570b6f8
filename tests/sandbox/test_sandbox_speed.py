"""With ten thousand documents in it, an organisation is still looked through in the blink of an eye."""

import time
import uuid

import pytest

from sandbox.xero.accounting import document_store
from sandbox.xero.accounting.document_store import Document
from sandbox.xero.accounting.families import INVOICES
from sandbox.xero.ledger import Ledger
from tests.sandbox.xero_app import API, invoice, line

MANY = 10_000
MOST_SECONDS = 0.1  # of processor time; some 0.03 on the machine it was written on


@pytest.fixture
def crowded(app):
    """Copies of one document, each with a number and a reference of its own."""
    app.save(invoice(*[line("10.00")] * 12, Status="AUTHORISED"))
    with app.sandbox.parts.store.write() as db:
        ledger = Ledger(db, app.tenant)
        [pattern] = document_store.read(ledger, INVOICES, "1")
        for number in range(1, MANY):
            facts = {**pattern.facts, "InvoiceID": str(uuid.UUID(int=number)), "InvoiceNumber": f"AMZ-TB-{number}",
                     "Reference": f"(£120.00) TBUK-{26_000_000_000 + number}",
                     "UpdatedDateUTC": pattern.facts["UpdatedDateUTC"] + number}
            document_store.write(db, app.tenant, Document(INVOICES, facts, pattern.lines))
    return app


def quickest(act) -> float:
    """Processor seconds, best of five: the machine may be busy with other things."""
    taken = []
    for _ in range(5):
        started = time.process_time()
        act()
        taken.append(time.process_time() - started)
    return min(taken)


QUERIES = [
    {"page": 1}, {"page": 99}, {"searchTerm": "TBUK-26000005000", "Statuses": "DRAFT,SUBMITTED,AUTHORISED,PAID"},
    {"where": 'Reference!=null AND Reference.Contains("TBUK-26000005000")', "page": 1},
    {"where": 'Contact.Name=="amazon.co.uk" AND AmountDue>0', "page": 50}, {"InvoiceNumbers": "AMZ-TB-5000"},
    {"order": "InvoiceNumber DESC", "page": 1}, {"searchTerm": "AMZ-TB-5", "summaryOnly": "true"},
]


def test_lists_searches_and_pages_stay_quick(crowded):
    assert crowded.call("GET", "/Invoices", page=1).json["pagination"]["itemCount"] == MANY
    assert len(crowded.get("/Invoices", **QUERIES[2])) == 1
    slow = {}
    for query in QUERIES:
        taken = quickest(lambda query=query: crowded.client.get(
            f"{API}/Invoices", query_string=query, headers=crowded.headers()))
        if taken > MOST_SECONDS:
            slow[str(query)] = taken
    for path in ("invoices", "invoices?page=99", ""):
        taken = quickest(lambda path=path: crowded.client.get(f"/sandbox/{crowded.tenant}/{path}"))
        if taken > MOST_SECONDS:
            slow[path] = taken
    assert not slow
    assert quickest(lambda: crowded.client.put(
        f"{API}/Invoices", json=invoice(), headers=crowded.headers())) < MOST_SECONDS
