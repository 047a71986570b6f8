"""bin/truebooks: puts the commands together and turns expected errors into words on standard error."""

import sys

import click

from commands import (
    catalogue,
    connection,
    contacts,
    demo,
    evidence,
    go_live,
    integrity,
    jobs,
    keys,
    live_check,
    mappings,
    postings,
    rows,
    sandbox,
    settings,
    settlements,
)
from services.errors import AppError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def truebooks() -> None:
    """TrueBooks: puts Amazon settlements into Xero, to the penny, and can take them back.

    ID is Amazon's settlement id. Every command takes --json.
    """


MODULES = (
    demo,
    settlements,
    rows,
    evidence,
    mappings,
    catalogue,
    settings,
    postings,
    integrity,
    connection,
    keys,
    contacts,
    jobs,
    go_live,
    live_check,
    sandbox,
)
for module in MODULES:
    for command in module.COMMANDS:
        truebooks.add_command(command)


def main() -> None:
    try:
        truebooks(prog_name="truebooks")
    except AppError as error:
        click.echo(error.message, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
