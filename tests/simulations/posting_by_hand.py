"""What hands do in Xero and here while TrueBooks works: void, pay, edit, copy, lock a period, restore an old backup."""

from dataclasses import replace
from decimal import Decimal

from models import Batch, BatchRow, IntegrityRun, KeySeen, ListRead, Posting, Settlement
from services import keys_seen
from services.core import posting_states as states
from services.xero.documents import Document, DocumentLine
from services.xero.errors import XeroError
from tests.simulations.posting_world import START

DEEDS = ("void", "pay", "lock", "other tool", "old backup", "twin", "twin", "paid twin", "draft twin", "edit")
STRANGER = "ffffffff-0000-4000-8000-00000000000"


def meddle(world, deed: str, index: int = 0) -> None:
    """One deed, on the settlement of that index; nothing where there is nothing to do it to."""
    world.deeds.append(deed)
    active = world.active(index)
    document = active and active.document_id in world.ledger.documents and active.document_id
    if deed == "void" and document and active.state == states.POSTED:
        try:
            world.ledger.change("voided", active.kind, document)
        except XeroError:  # Xero refuses its users as well
            return
        world.troubles.append(f"voided by hand {document}")
    if deed == "pay" and document:
        world.ledger.pay(document)
    if deed == "edit" and document:
        edited(world, document)
    if deed == "lock":
        world.ledger.locked = True
        world.boundary(world.chance.uniform(1, 400), calm=True)
        world.ledger.locked = False
    if deed == "other tool":
        planted(world, another_tools_document(world.settlement(index).key))
    if deed.endswith("twin"):
        twin(world, deed, index)
    if deed == "old backup":
        old_backup(world)


def old_backup(world) -> None:
    world.stop_all_others()  # nobody restores under a running server
    row = world.settlement()
    for table in (Batch, BatchRow, IntegrityRun, KeySeen):
        table.delete().execute()
    ListRead.update(changes_since=START).where(ListRead.name == keys_seen.LOOK).execute()
    keys_seen.look_is_due()  # the server is started again
    Posting.delete().where(Posting.settlement == row).execute()
    Settlement.update(state="in_hand", state_reason="", doomed=None).where(Settlement.id == row.id).execute()


def edited(world, document_id: str) -> None:
    """Its figures are other ones from now on; a paid or ended one cannot be edited."""
    there = world.ledger.documents[document_id]
    if there.status in ("AUTHORISED", "DRAFT", "POSTED"):
        line = replace(there.lines[0], line_amount=there.lines[0].line_amount + 1)
        world.ledger.documents[document_id] = replace(
            there, lines=(line, *there.lines[1:]), total=there.total + 1, updated_at=world.now())
        world.edited.add(document_id)


def twin(world, deed: str, index: int = 0) -> Document | None:
    """A second document of a settlement, as a double click elsewhere makes it: under a lower or a higher number."""
    key = world.settlement(index).key
    model = next((each for each in world.ledger.documents.values() if key in f"{each.number} {each.reference}"), None)
    if model is None:
        return None
    number = f"AMZ-TB-{world.chance.choice((100, 90000)) + len(world.planted)}"
    status = "DRAFT" if deed == "draft twin" else "POSTED" if model.kind == "manual_journal" else "AUTHORISED"
    reference = model.reference
    if model.kind == "bill":
        number = f"{number} {key}"
    if model.kind == "manual_journal":  # its narration is number and reference
        number = model.number.replace(model.number.split()[0], number, 1)
    made = planted(world, replace(
        model, id=f"{STRANGER}{len(world.planted)}", number=number, reference=reference, status=status,
        amount_paid=Decimal("0.00")))
    if deed == "paid twin" and status == "AUTHORISED":
        world.ledger.pay(made.id)
    return made


def planted(world, document: Document) -> Document:
    world.ledger.documents[document.id] = document = replace(document, updated_at=world.now())
    world.planted.add(document.id)
    return document


def another_tools_document(key: str) -> Document:
    """An approved document with the settlement's key that TrueBooks did not make, with other figures."""
    line = DocumentLine("Everything", "200", "NONE", Decimal("1.00"), Decimal("0.00"))
    return Document(
        kind="invoice", id=f"{STRANGER}9", number="INV-0042", reference=f"by hand {key}", status="AUTHORISED",
        currency="GBP", total=Decimal("1.00"), total_tax=Decimal("0.00"), contact_name="", date="2026-05-17",
        lines=(line,))
