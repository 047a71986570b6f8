"""What people change between two presses: mappings, settings, the file that counts, the organisation."""

from models import Mapping, Setting, Settlement
from services import corrections
from services.database import write_txn
from services.errors import Refused
from tests.simulations.posting_world import FIRST, OTHER, PERSON, START, World, connected

CHOICES = {"post_as": ("invoice", "manual_journal"), "negative_as": ("credit_note", "bill"),
           "document_status": ("authorised", "draft")}  # fmt: skip


def change_mapping(world: World) -> None:
    fees_to(world.chance.choice(("401", "402", "403")))


def fees_to(account: str) -> None:
    Mapping.update(account_code=account).where(Mapping.category == "SELLER_FEES").execute()


def change_anything(world: World) -> None:
    """One of all that a plan is made of."""
    what = world.chance.choice(("mapping", "file", *CHOICES))
    if what == "mapping":
        change_mapping(world)
    elif what == "file":
        use_the_other_file(world, world.chance.choice(world.settlement_ids))
    else:
        choose(what, world.chance.choice(CHOICES[what]))


def choose(name: str, value: str) -> None:
    with write_txn():
        Setting.delete().where(Setting.name == name).execute()
        Setting.create(name=name, value=value, changed_at=START, changed_by="simulation")


def use_the_other_file(world: World, settlement_id: str) -> None:
    """The corrected file of the settlement, or the first one again: their totals have opposite signs."""
    row = Settlement.get(Settlement.settlement_id == settlement_id)
    try:
        corrections.use(world.parts, settlement_id, corrections.of(row)[0].version, PERSON)
    except Refused as refused:  # it is being posted
        world.troubles.append(refused.message)


def connect(world: World, tenant_id: str) -> None:
    """Disconnect, and connect another organisation; its lists are read."""
    with write_txn():
        connected(tenant_id)
        world.tenant_id = tenant_id


def another_organisation(world: World, work) -> None:
    """Somebody connects another organisation, does some ``work`` there, and comes back, or does not."""
    connect(world, OTHER)
    work(world)
    world.boundary(world.chance.uniform(0, 200), calm=True)
    if world.chance.random() < 0.5:
        connect(world, FIRST)
