"""Opens the workspace for one command, and prints what it gives: as text, or as one JSON value."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from app import ROOT, assemble
from models import database
from services.config import load_config
from services.parts import Parts

PATIENCE_SECONDS = 75.0  # a script rather waits out Xero's minute than fails; pages answer sooner

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print one JSON value on standard output.")


@contextmanager
def opened() -> Iterator[Parts]:
    """The workspace of this data folder, its database open while the command runs."""
    parts = replace(assemble(load_config(ROOT)), patience_seconds=PATIENCE_SECONDS)
    with database.connection_context():
        yield parts


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def table(header: list[str], rows: list[list[str]], right: set[int] = frozenset()) -> None:
    """Prints columns under their heads; those in ``right`` (figures) are aligned on the right."""
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    for row in [header, ["─" * width for width in widths], *rows]:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        click.echo("  ".join(cells).rstrip())
