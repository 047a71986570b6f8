"""integrity scan, integrity repair: what in Xero and here does not agree, and putting it right."""

import sys

import click

from commands.workspace import as_json, opened, print_json
from models import IntegrityRun
from services import integrity
from services.audit import COMMAND_LINE


@click.group("integrity")
def group() -> None:
    """Holds every TrueBooks document in Xero against the settlements here."""


@group.command()
@as_json
def scan(json_wanted: bool) -> None:
    """Lists what does not agree. Changes nothing."""
    _run(integrity.SCAN, json_wanted)


@group.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@as_json
def repair(dry_run: bool, json_wanted: bool) -> None:
    """Voids duplicates, deletes stray drafts and brings the records here into line."""
    _run(integrity.DRY_RUN if dry_run else integrity.REPAIR, json_wanted)


def _run(mode: str, json_wanted: bool) -> None:
    with opened() as parts:
        row = integrity.run(parts, mode, COMMAND_LINE)
    if json_wanted:
        print_json(row.findings)
    else:
        _tell(row)
    failed = [each for each in row.findings if each["outcome"] == "failed"]
    for each in failed:
        click.echo(f"{each['reference']}: {each['reason']}", err=True)
    sys.exit(1 if failed else 0)


def _tell(row: IntegrityRun) -> None:
    seconds = (row.finished_at - row.started_at).total_seconds()
    click.echo(f"{row.documents} documents looked at in {row.calls} calls and {seconds:.1f} s; "
               f"{len(row.findings)} findings.")
    for each in row.findings:
        outcome = f" [{each['outcome']}]" if each["outcome"] else ""
        numbers = ", ".join(f"{document['number']} ({document['status']})" for document in each["documents"])
        kind = each["kind"].replace("_", " ")
        click.echo(f"{each['reference']}: {kind}: {numbers or '–'}. {each['repair']}{outcome}")


COMMANDS = [group]
