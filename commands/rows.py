"""rows: Amazon's own rows behind a line of a settlement's preview."""

from itertools import islice

import click

from commands.workspace import as_json, opened, print_json, table
from services import rows_behind
from services.core.amazon_rows import AmazonRow
from services.core.money import format_major, format_money

SHOWN = 50


@click.command("rows")
@click.argument("settlement_id", metavar="ID")
@click.option(
    "--line", "name", required=True, help="The preview's line: its description (“Commission”) or its place there."
)
@click.option("--find", "words", default="", help="Only rows that hold these words.")
@click.option("--csv", "csv_wanted", is_flag=True, help="All of them as CSV on standard output.")
@as_json
def show_rows(settlement_id: str, name: str, words: str, csv_wanted: bool, json_wanted: bool) -> None:
    """Shows the rows of Amazon's file behind one line of the preview of ID."""
    with opened():
        figure = rows_behind.named(settlement_id, name)
        if csv_wanted:
            for line in rows_behind.as_csv(figure, words):
                click.echo(line, nl=False)
        elif json_wanted:
            currency = figure.settlement.currency
            print_json([_as_json(row, currency) for row in rows_behind.rows(figure, words)])
        else:
            _tell(figure, list(islice(rows_behind.rows(figure, words), SHOWN + 1)))


def _as_json(row: AmazonRow, currency: str) -> dict:
    kind = row.line_type
    return {
        "line": row.line,
        "posted": row.posted,
        "order_id": row.order_id,
        "sku": row.sku,
        "quantity": row.quantity,
        "marketplace": row.marketplace,
        "transaction_type": kind.transaction_type,
        "amount_type": kind.amount_type,
        "amount_description": kind.amount_description,
        "amount": format_major(row.amount, currency),
    }


def _tell(figure: rows_behind.Figure, rows: list[AmazonRow]) -> None:
    currency = figure.settlement.currency
    table(
        ["line", "posted", "order", "sku", "Amazon's words", "amount"],
        [
            [
                str(row.line),
                row.posted,
                row.order_id,
                row.sku,
                row.line_type.amount_description,
                format_major(row.amount, currency),
            ]
            for row in rows[:SHOWN]
        ],
        right={0, 5},
    )
    whole = format_money(figure.amount, currency)
    make = "1 row makes" if figure.line.lines == 1 else f"{figure.line.lines:,} rows make"
    click.echo(f"{figure.line.description}: {make} {whole}.")
    if len(rows) > SHOWN:
        click.echo(f"The first {SHOWN} are shown; all of them: bin/truebooks rows ID --line … --csv")


COMMANDS = [show_rows]
