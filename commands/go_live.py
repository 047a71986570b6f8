"""go-live: takes users, mappings and rules along from the sandbox's data folder."""

from pathlib import Path

import click

from commands.workspace import as_json, opened, print_json
from services import going_live
from services.audit import COMMAND_LINE


@click.command("go-live")
@click.option(
    "--from", "source", required=True, metavar="FOLDER|FILE", type=click.Path(path_type=Path),
    help="The sandbox's data folder, e.g. var; or its database, where DATABASE_URL named a file elsewhere.",
)  # fmt: skip
@as_json
def go_live(source: Path, json_wanted: bool) -> None:
    """Copies users, mappings and rules from the sandbox into the live data folder.

    Settlements and documents are never copied; what is here already stays as it is.
    """
    with opened() as parts:
        copied = going_live.copy(parts, source, COMMAND_LINE)
    if json_wanted:
        print_json({"users": copied.users, "mappings": copied.mappings, "rules": copied.rules})
    else:
        click.echo(f"Copied: users {copied.users}, mappings {copied.mappings}, rules {copied.rules}. "
                   "Next: connect Xero under Settings → Account, and look at Accounts & Taxes.")


COMMANDS = [go_live]
