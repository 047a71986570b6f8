"""settings: the workspace's choices, shown and set."""

import click

from commands.workspace import as_json, opened, print_json, table
from services import settings
from services.audit import COMMAND_LINE


@click.group("settings", invoke_without_command=True)
@as_json
@click.pass_context
def settings_group(context: click.Context, json_wanted: bool) -> None:
    """Shows the settings; `settings set NAME VALUE` sets one."""
    if context.invoked_subcommand:
        return
    with opened():
        values = settings.values()
    if json_wanted:
        print_json(values)
    else:
        table(["setting", "value"], [[name, value or "–"] for name, value in values.items()])


@settings_group.command("set")
@click.argument("name")
@click.argument("value")
@as_json
def set_setting(name: str, value: str, json_wanted: bool) -> None:
    """Sets NAME to VALUE."""
    with opened() as parts:
        value = settings.change(parts, name, value, COMMAND_LINE)
    if json_wanted:
        print_json({name: value})
    else:
        click.echo(f"{name} = {value}")


COMMANDS = [settings_group]
