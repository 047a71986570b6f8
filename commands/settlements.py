"""import, settlements: files taken in, and the list of what is here."""

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from commands.workspace import as_json, opened, print_json, table
from services import postings, settlement_list, settlements
from services.audit import COMMAND_LINE
from services.core.money import format_major, format_money
from services.settlements import Taken, Upload


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
def import_files(files: tuple[Path, ...], json_wanted: bool) -> None:
    """Takes settlement files in (flat files V2 or V1, as downloaded from Amazon)."""
    with opened() as parts, ExitStack() as open_files:
        uploads, refused = [], []
        for path in files:
            try:
                uploads.append(Upload(str(path), open_files.enter_context(path.open("rb"))))
            except OSError as error:
                reason = f"{path} cannot be read ({error.strerror}). Check the name and try again."
                refused.append(Taken(str(path), "refused", problems=[reason]))
        taken = settlements.take_in(parts, uploads, COMMAND_LINE) + refused
        asked_for = [str(path) for path in files]
        taken.sort(key=lambda each: next((at for at, name in enumerate(asked_for) if each.file.startswith(name)), 0))
        if json_wanted:
            print_json([_taken_as_json(each) for each in taken])
        else:
            _tell(taken)
    for each in taken:
        if each.outcome == "refused":
            click.echo(f"{each.file}: {' '.join(each.problems)}", err=True)
    sys.exit(1 if any(each.outcome == "refused" for each in taken) else 0)


def _taken_as_json(taken: Taken) -> dict:
    total = None if taken.total is None else format_major(taken.total, taken.currency)
    return {
        "file": taken.file,
        "settlement_id": taken.settlement_id,
        "currency": taken.currency,
        "total": total,
        "lines": taken.lines,
        "outcome": taken.outcome,
        "problems": taken.problems,
    }


def _tell(taken: list[Taken]) -> None:
    words = {"imported": "imported", "known": "here already", "corrected": "corrected file"}
    for each in taken:
        if each.outcome == "refused":
            continue
        click.echo(
            f"{each.settlement_id}  {format_money(each.total, each.currency)}  {each.lines} lines  "
            f"{words[each.outcome]}  ({each.file})"
        )
        for problem in each.problems:
            click.echo(f"    {problem}")


@click.command("settlements")
@as_json
def list_settlements(json_wanted: bool) -> None:
    """Lists the settlements, the latest first, each with its status."""
    with opened():
        listed = settlement_list.everything()
    rows = [postings.as_json(row) for row in listed]
    if json_wanted:
        print_json(rows)
        return
    if not rows:
        click.echo("No settlements yet. Take one in: bin/truebooks import FILE")
        return
    table(
        ["settlement", "marketplace", "from", "to", "deposit", "total", "status", "number"],
        [
            [
                row["settlement_id"],
                row["marketplace"],
                row["start"],
                row["end"],
                row["deposit_date"],
                f"{row['currency']} {row['total']}",
                row["status"].replace("_", " "),
                row["number"],
            ]
            for row in rows
        ],
        right={5},
    )
    for row in listed:
        if row.reason:
            click.echo(f"{row.settlement.settlement_id}: {row.reason}")


COMMANDS = [import_files, list_settlements]
