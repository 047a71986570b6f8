"""demo: the whole journey in the terminal, on the sandbox, in a data folder of its own."""

import shutil
from pathlib import Path

import click

from app import ROOT, assemble
from commands import consent
from commands.postings import print_plan
from commands.workspace import as_json, print_json, table
from models import database
from services import bookkeeping, postings, samples, settlements, suggested_mappings, xero_connection
from services.audit import COMMAND_LINE
from services.config import load_config
from services.parts import Parts
from services.settlements import Upload

FOLDER = ROOT / "var" / "demo"


@click.command()
@as_json
def demo(json_wanted: bool) -> None:
    """The whole journey, on the sandbox: connect, sync, map, import, preview, post, roll back, repost."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    parts = assemble(load_config(ROOT, demo_data=FOLDER))
    say = (lambda text="": click.echo(text, err=True)) if json_wanted else click.echo
    with database.connection_context():
        document = _journey(parts, say, quiet=json_wanted)
    if json_wanted:
        print_json(document)


def _journey(parts: Parts, say, quiet: bool) -> dict:
    say("1  Connect: through the sandbox's consent page")
    say(f"   Xero connected successfully: {consent.connect(parts).organisation}")
    say(f"2  Sync from Xero: {_known()}")
    say(f"3  Use suggested mapping: {len(suggested_mappings.apply_suggested(parts, COMMAND_LINE))} categories mapped")
    settlement_id = _import_largest(parts, say)
    plan = postings.preview(settlement_id).plan
    if not quiet:
        say("5  Preview\n")
        print_plan(plan)
        say()
    first = _told(postings.post(parts, settlement_id, COMMAND_LINE), "6  Post", say)
    document = _in_xero(parts, plan.kind, first.document_id)
    if not quiet:
        _print_document(document)
    _told(postings.roll_back(parts, settlement_id, COMMAND_LINE), "8  Roll back", say)
    say(f"   in Xero the document is now {_in_xero(parts, plan.kind, first.document_id)['status']}")
    again = _told(
        postings.repost(parts, settlement_id, COMMAND_LINE), "9  Post again: same number, same reference", say
    )
    say(f"\nIn the browser: TRUEBOOKS_DATA={parts.config.data} bin/run, then {parts.config.public_url}")
    return _in_xero(parts, plan.kind, again.document_id)


def _known() -> str:
    """What the sync that follows connecting has fetched."""
    books = bookkeeping.books()
    return f"{len(books.accounts)} accounts, {len(books.tax_rates)} tax rates, {len(books.currencies)} currencies"


def _import_largest(parts: Parts, say) -> str:
    largest = max(samples.sample_files(), key=lambda path: path.stat().st_size)
    with Path(largest).open("rb") as stream:
        taken = settlements.take_in(parts, [Upload(largest.name, stream)], COMMAND_LINE)[0]
    say(f"4  Import {largest.name}: settlement {taken.settlement_id}, {taken.lines} lines")
    return taken.settlement_id


def _told(outcome: postings.Outcome, step: str, say) -> postings.Outcome:
    if not outcome.is_done:
        raise click.ClickException(f"{step} failed: {outcome.reason}")
    say(f"{step}: {outcome.outcome.replace('_', ' ')}, {outcome.number}  {outcome.reference}")
    return outcome


def _in_xero(parts: Parts, kind: str, document_id: str) -> dict:
    """The document as Xero has it now, asked for afresh."""
    found = xero_connection.client(parts).get_document(kind, document_id)
    return {
        "document_id": found.id,
        "kind": found.kind,
        "number": found.number,
        "reference": found.reference,
        "status": found.status,
        "contact": found.contact_name,
        "date": found.date,
        "currency": found.currency,
        "total": str(found.total),
        "tax": str(found.total_tax),
        "lines": [
            {
                "description": line.description,
                "account_code": line.account_code,
                "tax_type": line.tax_type,
                "gross": str(line.line_amount),
                "tax": str(line.tax_amount),
            }
            for line in found.lines
        ],
    }


def _print_document(document: dict) -> None:
    click.echo(
        f"\n7  In Xero now: {document['kind']} {document['number']}, {document['status']}, "
        f"{document['contact']}, {document['date']}\n"
    )
    table(
        ["line", "account", "tax rate", "tax", "gross"],
        [
            [line["description"], line["account_code"], line["tax_type"], line["tax"], line["gross"]]
            for line in document["lines"]
        ]
        + [["Total", "", "", document["tax"], document["total"]]],
        right={3, 4},
    )
    click.echo()


COMMANDS = [demo]
