"""keys: change the key that the Xero tokens are sealed with, without reconnecting."""

import click

from commands.workspace import as_json, opened, print_json
from services import key_rotation
from services.audit import COMMAND_LINE
from services.key_rotation import Rotation


@click.group("keys")
def keys() -> None:
    """The keys that the Xero tokens are sealed with."""


@keys.command()
@as_json
def rotate(json_wanted: bool) -> None:
    """Makes a new key, seals everything with it, and drops the old one. No reconnect, no restart."""
    with opened() as parts:
        _tell(key_rotation.rotate(parts, COMMAND_LINE), json_wanted)


@keys.command()
@as_json
def reseal(json_wanted: bool) -> None:
    """Seals with the newest key what an older one sealed, after TOKEN_KEYS was changed by hand."""
    with opened() as parts:
        _tell(key_rotation.reseal(parts, COMMAND_LINE), json_wanted)


def _tell(rotation: Rotation, json_wanted: bool) -> None:
    if json_wanted:
        print_json({"key": rotation.newest, "resealed": rotation.resealed, "still_needed": list(rotation.kept),
                    "unreadable": rotation.unreadable})
        return
    secrets = "1 secret" if rotation.resealed == 1 else f"{rotation.resealed} secrets"
    click.echo(f"Sealed with key {rotation.newest} now: {secrets} re-sealed.")
    if rotation.kept:
        click.echo(f"Still needed: {', '.join(f'key {number}' for number in rotation.kept)}.")
    else:
        click.echo("Nothing needs an older key any more.")
    if rotation.unreadable:
        click.echo(f"{rotation.unreadable} could not be read: their key is missing. Reconnect Xero to replace them.")


COMMANDS = [keys]
