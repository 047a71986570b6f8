"""The client, the payload and the sandbox together: a document's whole life, with nothing mocked in between."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services import xero_connection
from services.xero import errors, payloads
from services.xero.client import XeroClient
from tests.xero.consent_world import ConsentWorld
from tests.xero.test_payloads import INVOICE, line

PLAN = replace(
    INVOICE, lines=(line("Principal", "200", "OUTPUT2", 152405, 25401), line("Fees", "401", "INPUT2", -24885, -4148))
)
NOTE = replace(
    PLAN,
    kind="credit_note",
    number="AMZ-TB-10002",
    reference="(-CA$29.99) TBCA-24512345678",
    currency="CAD",
    lines=(line("Fees", "401", "NONE", 2999, 0),),
    total=2999,
)
KEY = "TBUK-26881161592"


@pytest.fixture
def world(parts, tmp_path) -> ConsentWorld:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    world.connect()
    return world


@pytest.fixture
def client(world) -> XeroClient:
    return xero_connection.client(world.parts)


def create(client: XeroClient, plan=PLAN, key: str = "key-1"):
    payload = payloads.encode(payloads.document_payload(plan, {"Name": plan.contact}))
    return client.create_document(plan.kind, payload, key)


def test_what_is_made_is_what_was_previewed_line_by_line(client):
    draft = create(client)
    assert (draft.status, draft.number, draft.reference) == ("DRAFT", PLAN.number, PLAN.reference)
    assert (draft.total, draft.total_tax) == (Decimal("1275.20"), Decimal("212.53"))
    assert (draft.date, draft.due_date, draft.currency) == ("2026-05-28", "2026-05-28", "GBP")
    assert [
        (each.description, each.account_code, each.tax_type, each.line_amount, each.tax_amount) for each in draft.lines
    ] == [
        ("Principal", "200", "OUTPUT2", Decimal("1524.05"), Decimal("254.01")),
        ("Fees", "401", "INPUT2", Decimal("-248.85"), Decimal("-41.48")),
    ]


def test_one_post_costs_three_calls(world, client):
    assert client.find_documents("invoice", KEY) == []
    client.approve("invoice", create(client).id)
    assert client.calls == 3
    assert [document.status for document in client.find_documents("invoice", KEY)] == ["AUTHORISED"]


def test_a_voided_document_is_no_longer_found_as_active_but_its_number_still_is(client):
    document = client.approve("invoice", create(client).id)
    assert client.void("invoice", document.id).status == "VOIDED"
    assert client.find_documents("invoice", KEY) == []
    assert [each.status for each in client.documents_numbered("invoice", PLAN.number)] == ["VOIDED"]


def test_a_draft_is_deleted_and_cannot_be_voided(client):
    draft = create(client)
    with pytest.raises(errors.Rejected):
        client.void("invoice", draft.id)
    assert client.delete_draft("invoice", draft.id).status == "DELETED"


def test_a_number_in_use_is_refused_in_xeros_words(client):
    create(client)
    with pytest.raises(errors.Rejected) as raised:
        create(client, replace(PLAN, reference="TBUK-2"), "key-2")
    assert raised.value.messages == ["Invoice # must be unique."]


def test_a_document_can_be_renamed_and_keeps_everything_else(client):
    document = client.approve("invoice", create(client).id)
    renamed = client.rename("invoice", document.id, "AMZ-TB-10001-V1")
    assert (renamed.number, renamed.reference, renamed.total, renamed.status) == (
        "AMZ-TB-10001-V1",
        PLAN.reference,
        document.total,
        "AUTHORISED",
    )
    assert [line.line_amount for line in renamed.lines] == [line.line_amount for line in document.lines]


def test_a_credit_note_goes_the_same_way(client):
    assert client.find_documents("credit_note", "TBCA-24512345678") == []
    note = client.approve("credit_note", create(client, NOTE).id)
    assert (note.kind, note.number, note.total, note.currency) == (
        "credit_note",
        "AMZ-TB-10002",
        Decimal("29.99"),
        "CAD",
    )
    assert [each.id for each in client.find_documents("credit_note", "TBCA-24512345678")] == [note.id]
    assert [each.id for each in client.documents_numbered("credit_note", "AMZ-TB-10002")] == [note.id]
    assert client.void("credit_note", note.id).status == "VOIDED"
    assert client.find_documents("credit_note", "TBCA-24512345678") == []


def test_our_numbers_are_found_on_invoices_and_credit_notes(client):
    create(client)
    create(client, NOTE, "key-2")
    assert client.numbers_beginning("invoice", "AMZ-TB-") == ["AMZ-TB-10001"]
    assert client.numbers_beginning("credit_note", "AMZ-TB-") == ["AMZ-TB-10002"]


def test_a_lost_answer_leaves_the_document_to_be_found_by_its_key(world, client):
    world.fault("PUT", "/api.xro/2.0/Invoices", "drop_after")
    with pytest.raises(errors.NoAnswer):
        create(client)
    assert [document.number for document in client.find_documents("invoice", KEY)] == [PLAN.number]


def test_an_error_after_saving_counts_as_unknown(world, client):
    world.fault("PUT", "/api.xro/2.0/Invoices", "500_after")
    with pytest.raises(errors.ServerError) as raised:
        create(client)
    assert raised.value.outcome_unknown
    assert len(client.find_documents("invoice", KEY)) == 1


def test_the_same_key_within_six_minutes_makes_no_second_document(client):
    assert create(client).id == create(client).id


def test_many_pages_of_documents_are_all_looked_through(client, world):
    world.limit(minute=1000)
    for number in range(105):
        create(client, replace(PLAN, number=f"AMZ-TB-{number}"), f"key-{number}")
    assert len(client.find_documents("invoice", KEY)) == 105
    assert len(client.numbers_beginning("invoice", "AMZ-TB-")) == 105


def test_what_is_not_there_is_told_as_that(client):
    with pytest.raises(errors.NotFoundInXero):
        client.get_document("invoice", "5823d684-ca9d-5d96-afb2-b685dc4f75b3")
