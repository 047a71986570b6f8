"""live-check: tries on Xero's Demo Company what TrueBooks believes about Xero."""

import click

from commands.workspace import as_json, opened, print_json
from services import live_check as check
from services.live_check import Answer


@click.command("live-check")
@click.option("--on-any-organisation", is_flag=True, help="Also where voided documents would stay in real books.")
@as_json
def live_check(on_any_organisation: bool, json_wanted: bool) -> None:
    """Tries what TrueBooks believes about Xero, and says what it does in either case.

    Connect the Demo Company first (docs/live-check.md). Everything made is taken back.
    """
    told = []
    with opened() as parts:
        for each in check.check(parts, on_any_organisation):
            if isinstance(each, Answer):
                told.append({"belief": each.belief.name, "asks": each.belief.asks, "answer": each.answer,
                             "seen": each.seen, "means": each.means})
                if not json_wanted:
                    _print(len(told), each)
            else:
                click.echo(each, err=json_wanted)
    if json_wanted:
        print_json(told)


def _print(number: int, each: Answer) -> None:
    click.echo(f"{number:2}  {each.belief.asks}")
    click.echo(f"    {each.answer.replace('_', ' ')}{f' ({each.seen})' if each.seen else ''}")
    if each.means:
        click.echo(f"    {each.means}")
    click.echo()


COMMANDS = [live_check]
