"""sandbox: serve it alone, connect to it without a browser, turn its faults, clock, switches and limits."""

from pathlib import Path

import click

from commands import consent, sandbox_hand
from commands.workspace import as_json, opened, print_json


@click.group("sandbox")
def sandbox_group() -> None:
    """The small Xero that ships with TrueBooks."""


@sandbox_group.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), required=True, help="The port to listen on (0 picks a free one)."
)
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    default=None,
    help="Where it keeps what is in “Xero” [default: in the data folder].",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--allow-other-hosts", is_flag=True, help="Listen on an address other machines can reach.")
@click.option("--client-id", default="", help="Take only this client id (any, when left out).")
@click.option("--client-secret", default="", envvar="SANDBOX_CLIENT_SECRET", help="And only this secret.")
@click.option("--set", "switches", multiple=True, metavar="NAME=VALUE", help="Set a switch, e.g. voided_numbers=held.")
def serve(
    port: int,
    state: Path | None,
    host: str,
    allow_other_hosts: bool,
    client_id: str,
    client_secret: str,
    switches: tuple[str, ...],
) -> None:
    """Serves the sandbox alone, on Xero's own paths."""
    from sandbox.xero import serve as serve_alone

    chosen = dict(switch.partition("=")[::2] for switch in switches)
    state = state or sandbox_hand.own_state()
    try:
        serve_alone(
            port,
            state,
            host=host,
            allow_other_hosts=allow_other_hosts,
            settings=chosen,
            client_id=client_id,
            client_secret=client_secret,
        )
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error


@sandbox_group.command()
@click.option("--organisation", default="", help="A part of the organisation's name [default: the first offered].")
@as_json
def connect(organisation: str, json_wanted: bool) -> None:
    """Goes through the OAuth flow without a browser."""
    with opened() as parts:
        card = consent.connect(parts, organisation)
    if json_wanted:
        print_json({"state": card.state, "organisation": card.organisation})
    else:
        click.echo(f"Xero connected successfully: {card.organisation} (sandbox)")


for command in sandbox_hand.COMMANDS:
    sandbox_group.add_command(command)

COMMANDS = [sandbox_group]
