"""Schedules too rare for chance to find soon, each played on purpose: for one guard, what it is there for."""

from collections.abc import Callable

from models import Mapping
from services import postings
from tests.simulations import posting_by_hand
from tests.simulations.posting_account import hold_to_account
from tests.simulations.posting_world import PERSON, Violation, World


def seen(world: World, schedule: Callable[[World], None]) -> str:
    """What was violated; empty when nothing was. ``world``: one in which nothing fails by chance."""
    try:
        with world.patched():
            schedule(world)
            world.fine_so_far = False
            hold_to_account(world)
    except Violation as violation:
        return str(violation)
    return ""


def a_void_arrives_late(world: World) -> None:
    """The void that was given up arrives after its document is wanted again."""
    settlement_id = world.settlement_ids[0]
    postings.post(world.parts, settlement_id, PERSON)
    posting_by_hand.old_backup(world)
    _fees_to("402")
    world.line.script = ["late"]  # the first document makes way for other lines; its void hangs somewhere
    postings.post(world.parts, settlement_id, PERSON)
    world.ledger.locked = True  # asked again, Xero refuses: the post fails
    world.settle()
    world.ledger.locked = False
    _fees_to("401")  # and now the first document would be right again
    postings.post(world.parts, settlement_id, PERSON)
    world.boundary(2100)
    world.line.deliver()


def a_sleeper_wakes(world: World) -> None:
    """A machine is suspended with its answer in hand; meanwhile another posts the settlement and rolls it back."""
    settlement_id, real = world.settlement_ids[0], world.line.create_document

    def sleeping(*args):
        world.line.create_document = real
        made = real(*args)
        world.boundary(1000)
        world.settle()
        postings.roll_back(world.parts, settlement_id, PERSON)
        return made

    world.line.create_document = sleeping
    postings.post(world.parts, settlement_id, PERSON)
    world.settle()
    if world.settlement().state != "draft":
        raise Violation(f"rolled back, and {world.settlement().state} since the sleeper woke")


def a_create_arrives_late(world: World) -> None:
    """A create that was given up arrives after it was sent again."""
    world.line.script = ["late"]
    postings.post(world.parts, world.settlement_ids[0], PERSON)
    world.boundary(40)
    world.settle()
    world.boundary(2100)
    world.line.deliver()
    world.sweep()


def _fees_to(account: str) -> None:
    Mapping.update(account_code=account).where(Mapping.category == "SELLER_FEES").execute()


DIRECTED = {  # guard → (kind, the schedule that shows what it is for)
    "ends are remembered": ("invoice", a_void_arrives_late),
    "compare-and-set": ("invoice", a_sleeper_wakes),
    "approve by id (create approved at once)": ("bill", a_create_arrives_late),
    "sweeper": ("bill", a_create_arrives_late),
}
