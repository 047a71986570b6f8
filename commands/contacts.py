"""contacts: which contact in Xero each marketplace's documents go to."""

import click

from commands.workspace import as_json, opened, print_json, table
from services import marketplace_contacts
from services.audit import COMMAND_LINE


@click.group("contacts", invoke_without_command=True)
@as_json
@click.pass_context
def contacts_group(context: click.Context, json_wanted: bool) -> None:
    """Shows the contacts picked; `contacts set MARKETPLACE NAME` picks one."""
    if context.invoked_subcommand:
        return
    with opened():
        rows = [(row.marketplace, marketplace_contacts.name_for(row.marketplace), row.contact_id)
                for row in marketplace_contacts.picked().values()]
    if json_wanted:
        print_json([{"marketplace": row[0], "contact": row[1], "contact_id": row[2]} for row in rows])
    elif rows:
        table(["marketplace", "contact", "ContactID"], [list(row) for row in rows])
    else:
        click.echo("None is picked: each marketplace's documents go to the contact of its own name.")


@contacts_group.command("set")
@click.argument("marketplace")
@click.argument("contact", metavar="NAME")
@as_json
def set_contact(marketplace: str, contact: str, json_wanted: bool) -> None:
    """Sends MARKETPLACE's documents to the contact NAME (or ContactID), as last synced from Xero."""
    with opened() as parts:
        row = marketplace_contacts.pick(parts, marketplace, contact, COMMAND_LINE)
        chosen = {"marketplace": row.marketplace, "contact": row.name, "contact_id": row.contact_id}
    if json_wanted:
        print_json(chosen)
    else:
        click.echo(f"{chosen['marketplace']}: {chosen['contact']} ({chosen['contact_id']})")


@contacts_group.command("forget")
@click.argument("marketplace")
def forget(marketplace: str) -> None:
    """Back to the contact that is named like MARKETPLACE."""
    with opened() as parts:
        marketplace_contacts.forget(parts, marketplace, COMMAND_LINE)
    click.echo(f"{marketplace}: {marketplace}")


COMMANDS = [contacts_group]
