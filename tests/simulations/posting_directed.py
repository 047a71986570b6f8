"""Schedules too rare for chance to find soon, each played on purpose: for one guard, what it is there for."""

from collections.abc import Callable

from services import integrity, integrity_repair, integrity_scan, postings
from services.errors import Refused
from tests.simulations import posting_by_hand
from tests.simulations.posting_account import hold_to_account
from tests.simulations.posting_choices import choose, connect, fees_to
from tests.simulations.posting_world import FIRST, OTHER, PERSON, Violation, World


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
    fees_to("402")
    world.line.script = ["late"]  # the first document makes way for other lines; its void hangs somewhere
    postings.post(world.parts, settlement_id, PERSON)
    world.ledger.locked = True  # asked again, Xero refuses: the post fails
    world.settle()
    world.ledger.locked = False
    fees_to("401")  # and now the first document would be right again
    postings.post(world.parts, settlement_id, PERSON)
    world.boundary(2100)
    world.deliver()


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


def the_records_are_lost(world: World) -> None:
    """An old backup knows nothing of what was posted since; then it is posted again."""
    settlement_id = world.settlement_ids[0]
    postings.post(world.parts, settlement_id, PERSON)
    posting_by_hand.old_backup(world)
    postings.post(world.parts, settlement_id, PERSON)


def posted_otherwise_before(world: World) -> None:
    """Posted as a journal; an old backup knows nothing of it; then it is posted as an invoice."""
    settlement_id = world.settlement_ids[0]
    choose("post_as", "manual_journal")
    postings.post(world.parts, settlement_id, PERSON)
    posting_by_hand.old_backup(world)
    choose("post_as", "invoice")
    postings.post(world.parts, settlement_id, PERSON)


def another_organisation_is_connected(world: World) -> None:
    """Posted in one organisation; with another one connected, the integrity tools look for what is not there."""
    postings.post(world.parts, world.settlement_ids[0], PERSON)
    connect(world, OTHER)
    integrity.run(world.parts, integrity.REPAIR, PERSON)
    connect(world, FIRST)


def an_answer_is_lost(world: World) -> None:
    """The create was done, and its answer is lost: what was made is taken, nothing is made beside it."""
    world.line.script = ["lost after"]
    postings.post(world.parts, world.settlement_ids[0], PERSON)
    world.boundary(400)
    world.settle()
    if world.ledger.made > 1:
        raise Violation(f"{world.ledger.made} documents were made, and the first was right")


def a_mapping_changes_under_way(world: World) -> None:
    """A create that did not reach Xero is sent again after a mapping changed: as it was previewed."""
    world.line.script = ["lost before"]
    postings.post(world.parts, world.settlement_ids[0], PERSON)
    fees_to("403")
    world.boundary(60)
    world.settle()


def two_press_together(world: World) -> None:
    """Two processes at once, and nothing fails: one posts, and the other waits and is told so."""
    told: list[str] = []
    for _ in range(2):
        world.start(lambda: told.append(postings.post(world.parts, world.settlement_ids[0], PERSON).outcome))
    world.run()
    if sorted(told) != ["already_there", "posted"]:
        raise Violation(f"two pressed together, and were told {' and '.join(told)}")


def a_repair_comes_late(world: World) -> None:
    """Voided by hand, scanned, and posted anew before the repair of what the scan saw."""
    settlement_id, key = world.settlement_ids[0], world.settlement().key
    postings.post(world.parts, settlement_id, PERSON)
    world.ledger.change("voided", world.active().kind, world.active().document_id)
    looked = integrity_scan.scan(world.line)
    postings.repost(world.parts, settlement_id, PERSON)
    for finding in [each for each in looked.findings if each.key == key]:
        try:
            integrity_repair.repaired(world.parts, world.line, finding, looked.seen, PERSON)
        except Refused as refused:
            world.troubles.append(refused.message)


def a_create_arrives_late(world: World) -> None:
    """A create that was given up arrives after it was sent again."""
    world.line.script = ["late"]
    postings.post(world.parts, world.settlement_ids[0], PERSON)
    world.boundary(40)
    world.settle()
    world.boundary(2100)
    world.deliver()
    world.sweep()


DIRECTED = {  # guard → (kind, the schedule that shows what it is for)
    "lookup": ("bill", the_records_are_lost), "adopt": ("bill", an_answer_is_lost),
    "frozen payload": ("invoice", a_mapping_changes_under_way), "lease": ("bill", two_press_together),
    "every list": ("invoice", posted_otherwise_before),
    "the organisation": ("invoice", another_organisation_is_connected),
    "every line": ("invoice", the_records_are_lost), "repair looks again": ("invoice", a_repair_comes_late),
    "ends are remembered": ("invoice", a_void_arrives_late),
    "compare-and-set": ("invoice", a_sleeper_wakes),
    "approve by id (create approved at once)": ("bill", a_create_arrives_late),
    "sweeper": ("bill", a_create_arrives_late),
}
