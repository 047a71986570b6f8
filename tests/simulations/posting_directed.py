"""A schedule too rare for chance to find: the void that was given up arrives after its document is wanted again."""

from models import Mapping
from services import postings
from tests.simulations import posting_by_hand
from tests.simulations.posting_account import hold_to_account
from tests.simulations.posting_world import PERSON, Violation, World


def a_void_arrives_late(world: World) -> str:
    """What was violated; empty when nothing was. ``world``: one in which nothing fails by chance."""
    try:
        with world.patched():
            _play(world)
            hold_to_account(world)
    except Violation as violation:
        return str(violation)
    return ""


def _play(world: World) -> None:
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
    world.fine_so_far = False
    world.boundary(2100)
    world.line.deliver()


def _fees_to(account: str) -> None:
    Mapping.update(account_code=account).where(Mapping.category == "SELLER_FEES").execute()
