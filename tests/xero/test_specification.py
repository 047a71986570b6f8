"""Every request TrueBooks makes, and every answer it builds on, fits Xero's published OpenAPI files."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from services import xero_connection
from services.xero import errors
from tests.sandbox import openapi
from tests.xero.consent_world import ANNA, ConsentWorld, Exchange
from tests.xero.test_documents_in_the_sandbox import NOTE, PLAN, create

pytestmark = pytest.mark.skipif(not openapi.available(), reason=openapi.ABSENT)


def everything_there_is(world: ConsentWorld) -> None:
    """Connects, syncs, and takes an invoice and a credit note through all that can happen to them."""
    world.connect()
    client = xero_connection.client(world.parts)
    for number, plan in enumerate((PLAN, NOTE)):
        client.find_documents(plan.kind, "TBUK-26881161592")
        document = create(client, plan, f"key-{number}")
        client.approve(plan.kind, document.id)
        with pytest.raises(errors.Rejected):
            create(client, replace(plan, reference="TBUK-2"), f"other-{number}")
        client.find_documents(plan.kind, "TBUK-26881161592")
        client.documents_numbered(plan.kind, plan.number)
        client.numbers_beginning(plan.kind, "AMZ-TB-")
        client.get_document(plan.kind, document.id)
        client.rename(plan.kind, document.id, f"{plan.number}-V1")
        client.void(plan.kind, document.id)
        draft = create(client, replace(plan, number=f"AMZ-TB-2000{number}"), f"draft-{number}")
        client.delete_draft(plan.kind, draft.id)
    xero_connection.disconnect(world.parts, ANNA)


@pytest.fixture
def exchanges(parts, tmp_path) -> list[Exchange]:
    world = ConsentWorld(parts, tmp_path / "sandbox")
    everything_there_is(world)
    return [each for each in world.exchanges if each.path.startswith(("/api.xro/", "/connections"))]


def value(body: bytes):
    return json.loads(body, parse_float=Decimal) if body else None


def test_every_request_fits(exchanges):
    assert len(exchanges) > 25
    for each in exchanges:
        openapi.validate_request(each.method, each.path, value(each.sent))


def test_every_answer_fits(exchanges):
    for each in exchanges:
        openapi.validate_answer(each.method, each.path, each.status, value(each.answered))
