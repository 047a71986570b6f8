"""elsewhere, difference, corrected, remove: what the evidence part of a settlement's page offers."""

import click

from commands.workspace import as_json, opened, print_json
from services import booked_elsewhere, corrections, difference_lines, removal, settlements
from services.audit import COMMAND_LINE
from services.core.money import format_major, format_money


@click.command()
@click.argument("settlement_id", metavar="ID")
@click.option("--reason", default="", help="Where it was booked.")
@click.option("--undo", is_flag=True, help="It is not booked elsewhere after all.")
def elsewhere(settlement_id: str, reason: str, undo: bool) -> None:
    """Marks ID as booked elsewhere (by hand, by another tool): it is never posted from here."""
    with opened() as parts:
        if undo:
            booked_elsewhere.take_back(parts, settlement_id, COMMAND_LINE)
        else:
            booked_elsewhere.mark(parts, settlement_id, reason, COMMAND_LINE)
    click.echo(f"{settlement_id}: {'can be posted from here again' if undo else 'booked elsewhere'}.")


@click.command()
@click.argument("settlement_id", metavar="ID")
@click.argument("account", required=False)
@click.argument("reason", required=False)
@click.option("--undo", is_flag=True, help="Take the difference line back.")
def difference(settlement_id: str, account: str | None, reason: str | None, undo: bool) -> None:
    """Adds the difference to the stated total of ID as a line of its own on ACCOUNT, without tax, for REASON."""
    with opened() as parts:
        if undo:
            difference_lines.remove(parts, settlement_id, COMMAND_LINE)
            click.echo(f"{settlement_id}: the difference line is taken back.")
            return
        line = difference_lines.add(parts, settlement_id, account or "", reason or "", COMMAND_LINE)
        amount = format_money(line.amount, line.settlement.currency)
    click.echo(f"{settlement_id}: {amount} on account {line.account_code}: {line.reason}")


@click.command()
@click.argument("settlement_id", metavar="ID")
@click.option("--use", "version", help="Use this file (as it is called in the list) from now on.")
@as_json
def corrected(settlement_id: str, version: str | None, json_wanted: bool) -> None:
    """Shows the other files of ID and what they say otherwise, or uses one of them."""
    with opened() as parts:
        if version is not None:
            used = corrections.use(parts, settlement_id, version, COMMAND_LINE)
            click.echo("This file counts now." if used.is_new else "This file counts already.", err=True)
        settlement = settlements.find(settlement_id)
        others = corrections.of(settlement)
        told = [_as_json(each, settlement) for each in others]
    if json_wanted:
        print_json(told)
        return
    for each in told:
        click.echo(f"{each['version']}: {each['file']}, total {each['total']} instead of {each['total_in_use']}")
        for fact in each["facts"]:
            click.echo(f"    {fact['fact']}: {fact['in_use'] or 'none'} → {fact['there'] or 'none'}")
        for line in each["lines"]:
            click.echo(f"    {line['line_type']}: {line['in_use']} → {line['there']}{_counts(line)}")
        if not each["facts"] and not each["lines"]:
            click.echo("    Every sum is the same; single rows are not: their orders, items or dates differ.")
    if not told:
        click.echo(f"There is no other file of {settlement_id}.")


def _counts(line: dict) -> str:
    in_use, there = line["lines_in_use"], line["lines_there"]
    return "" if in_use == there else f" ({in_use} → {there} lines)"


def _as_json(other: corrections.Correction, settlement) -> dict:
    return {
        "version": other.version,
        "file": other.file_name,
        "total": format_major(other.row.total, other.row.currency),
        "total_in_use": format_major(settlement.total, settlement.currency),
        "facts": [{"fact": what, "in_use": in_use, "there": there} for what, in_use, there in other.facts],
        "lines": [
            {
                "line_type": words,
                "in_use": format_major(line.before, settlement.currency),
                "there": format_major(line.after, other.row.currency),
                "lines_in_use": line.lines_before,
                "lines_there": line.lines_after,
            }
            for words, line in other.lines
        ],
    }


@click.command()
@click.argument("settlement_id", metavar="ID")
def remove(settlement_id: str) -> None:
    """Removes ID, a wrong upload, as long as nothing of it was posted. Its number is not given again."""
    with opened() as parts:
        number = removal.remove(parts, settlement_id, COMMAND_LINE)
    click.echo(f"{settlement_id} is removed; number {number} is retired.")


COMMANDS = [elsewhere, difference, corrected, remove]
