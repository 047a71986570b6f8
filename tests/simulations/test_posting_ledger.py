"""The simulation's ledger against the sandbox: the same calls, the same answers."""

import random
import re

import pytest

from app import assemble
from models import database
from services import bookkeeping, posting_intents, settings
from services.clock import FixedClock
from services.xero.errors import NotFoundInXero, Rejected, XeroError
from tests.conftest import NOON, make_config
from tests.simulations.posting_ledger import Ledger
from tests.xero_world import ADS, ANN, SALE, World

DEEDS = ("approved", "voided", "deleted", "renamed")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    parts = assemble(make_config(tmp_path_factory.mktemp("ledger") / "data"), FixedClock(NOON))
    with database.connection_context():
        made = World(parts)
        made.limits(minute=1_000_000, day=1_000_000)
        made.connect_and_map()
        yield made
    database.close()


@pytest.fixture(scope="module")
def bodies(world) -> dict[str, str]:
    """A creating body of each kind."""
    positive, negative = world.settlement(), world.settlement((SALE, "12.00"), (ADS, "-30.00"))
    made = {"invoice": body_of(world, positive), "credit_note": body_of(world, negative)}
    settings.change(world.parts, "negative_as", "bill", ANN)
    return made | {"bill": body_of(world, negative)}


def body_of(world, settlement_id: str) -> str:
    row = world.stored(settlement_id)
    return posting_intents._frozen(row, bookkeeping.gather().plan(row))["payload"]


def told(call) -> tuple:
    """What a call comes to: status, number and amounts of the document, or the refusal in Xero's words."""
    try:
        document = call()
    except Rejected as rejected:
        return "refused", re.sub("credit note", "Invoice", rejected.xero_words, flags=re.IGNORECASE)
    except NotFoundInXero:
        return ("not found",)
    except XeroError as error:
        return (type(error).__name__,)
    return document.status, document.number, document.total, document.total_tax, document.kind


@pytest.mark.parametrize("numbers", ["free", "held"])
@pytest.mark.parametrize("kind", ["invoice", "credit_note", "bill"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_life_of_documents_goes_the_same_way_in_both(world, bodies, kind, numbers, seed):
    world.switch(voided_numbers=numbers)
    chance, ledger, client = random.Random(seed), Ledger(held=numbers == "held"), world.client()
    pairs: list[tuple[str, str]] = []  # (id in the sandbox, id in the ledger)
    run = f"{seed}{'fh'[numbers == 'held']}"
    for step in range(30):
        if not pairs or chance.random() < 0.3:
            body = bodies[kind].replace("AMZ-TB-1000", f"AMZ-TB-{run}{chance.randint(1, 3)}000")
            theirs = told(lambda body=body, step=step: keep(client.create_document(kind, body, f"{kind}{run}{step}")))
            ours = told(lambda body=body, step=step: keep(ledger.create(kind, body, f"{kind}{run}{step}", NOON)))
            if theirs[0] == "DRAFT":
                pairs.append((KEPT[-2].id, KEPT[-1].id))
        else:
            there, here = chance.choice(pairs)
            deed, number = chance.choice(DEEDS[:3] if kind == "bill" else DEEDS), f"AMZ-TB-{run}-{chance.randint(1, 4)}"
            theirs = told(lambda deed=deed, there=there, number=number: client.change(deed, kind, there, number))
            ours = told(lambda deed=deed, here=here, number=number: ledger.change(deed, kind, here, number))
        assert ours == theirs, f"step {step}"


KEPT: list = []


def keep(document):
    KEPT.append(document)
    return document
