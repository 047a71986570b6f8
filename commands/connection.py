"""sync, status: the link to Xero and what is known from it."""

import click

from commands.workspace import as_json, opened, print_json, table
from services import overview, reference_data
from services.audit import COMMAND_LINE


@click.command()
@as_json
def sync(json_wanted: bool) -> None:
    """Pulls accounts, tax rates, tracking, currencies, contacts and the organisation from Xero."""
    with opened() as parts:
        result = reference_data.sync(parts, COMMAND_LINE)
    if json_wanted:
        print_json({**result.counts, "calls": result.calls, "seconds": float(result.seconds)})
    else:
        click.echo(f"{result.sentence} ({result.calls} calls to Xero, {result.seconds} seconds)")
        for sentence in result.needs:
            click.echo(f"! {sentence}")


@click.command()
@as_json
def status(json_wanted: bool) -> None:
    """Shows the connection, the last sync and what waits."""
    with opened() as parts:
        facts = overview.status(parts)
    if json_wanted:
        print_json(facts)
        return
    connection, last = facts["connection"], facts["last_sync"]
    rows = [
        ["mode", facts["mode"]],
        ["connection", connection["state"].replace("_", " ")],
        ["organisation", connection["organisation"] or "–"],
        ["calls left today", _count(connection["calls_left_today"])],
        ["calls left this minute", _count(connection["calls_left_this_minute"])],
        ["last sync", f"{last['finished_at']} ({last['outcome']})" if last else "never"],
    ]
    if connection["parked_until"]:
        rows.append(["Xero takes no calls until", connection["parked_until"]])
    rows += [[f"job: {job['name']}", f"{job['outcome']}, next {job['next_run'] or 'at the next start'}"]
             for job in facts["jobs"]]
    rows += [[status.replace("_", " "), str(count)] for status, count in facts["settlements"].items()]
    table(["what", "how it stands"], rows)
    if connection["reason"]:
        click.echo(connection["reason"])


def _count(left: int | None) -> str:
    return "–" if left is None else f"{left:,}"


COMMANDS = [sync, status]
