"""mappings: what each category is mapped to, suggestions, one set by hand."""

import click

from commands.workspace import as_json, opened, print_json, table
from services import mappings
from services.audit import COMMAND_LINE
from services.core.settlement import LineType


@click.group("mappings", invoke_without_command=True)
@as_json
@click.pass_context
def mappings_group(context: click.Context, json_wanted: bool) -> None:
    """Shows the mappings; `suggest` fills them, `set` sets one, `classify` gives a line type its category."""
    if context.invoked_subcommand:
        return
    with opened():
        rows = [
            _as_json(mapping)
            for row in mappings.rows()
            for mapping in [row.mapping, *(o for o, _ in row.overrides)]
            if mapping
        ]
    if json_wanted:
        print_json(rows)
    elif rows:
        table(
            ["category", "marketplace", "account", "tax rate"],
            [[row["category"], row["marketplace"] or "all", row["account_code"], row["tax_type"]] for row in rows],
        )
    else:
        click.echo("Nothing is mapped yet. See what would fit: bin/truebooks mappings suggest")


def _as_json(mapping) -> dict:
    return {
        "category": mapping.category,
        "marketplace": mapping.marketplace,
        "account_code": mapping.account_code,
        "tax_type": mapping.tax_type,
    }


@mappings_group.command()
@click.option("--apply", "apply_wanted", is_flag=True, help="Fill the empty rows; what is mapped stays.")
@as_json
def suggest(apply_wanted: bool, json_wanted: bool) -> None:
    """Shows suggested mappings for the empty rows, or fills them."""
    with opened() as parts:
        suggestions = mappings.suggested()
        applied = {each.category for each in mappings.apply_suggested(parts, COMMAND_LINE)} if apply_wanted else set()
    if json_wanted:
        print_json(
            [
                {
                    "category": each.category,
                    "account_code": each.account_code or None,
                    "tax_type": each.tax_type or None,
                    "applied": each.category in applied,
                }
                for each in suggestions
            ]
        )
        return
    if not suggestions:
        click.echo("Every category is mapped already.")
        return
    table(
        ["category", "account", "tax rate", "applied" if apply_wanted else "would apply"],
        [
            [
                each.category,
                f"{each.account_code} {each.account_name}".strip(),
                each.tax_type,
                "yes" if each.is_complete else "no",
            ]
            for each in suggestions
        ],
    )
    for each in suggestions:
        if each.missing or each.look:
            click.echo(f"{each.category}: {' '.join(filter(None, (each.missing, each.look)))}")


@mappings_group.command("set")
@click.argument("category")
@click.argument("account")
@click.argument("tax")
@click.option("--marketplace", default="", help="Only for this marketplace, e.g. Amazon.de.")
@as_json
def set_mapping(category: str, account: str, tax: str, marketplace: str, json_wanted: bool) -> None:
    """Maps CATEGORY to ACCOUNT (its code) with the tax type TAX."""
    with opened() as parts:
        mapping = _as_json(mappings.save(parts, category, account, tax, COMMAND_LINE, marketplace))
    if json_wanted:
        print_json(mapping)
    else:
        click.echo(
            f"{mapping['category']} → {mapping['account_code']}, {mapping['tax_type']}"
            + (f" on {mapping['marketplace']}" if mapping["marketplace"] else "")
        )


@mappings_group.command()
@click.argument("transaction_type")
@click.argument("amount_type")
@click.argument("amount_description")
@click.argument("category")
@as_json
def classify(
    transaction_type: str, amount_type: str, amount_description: str, category: str, json_wanted: bool
) -> None:
    """Gives a line type its category, in every settlement."""
    with opened() as parts:
        mappings.classify(parts, LineType(transaction_type, amount_type, amount_description), category, COMMAND_LINE)
    if json_wanted:
        print_json(
            {
                "transaction_type": transaction_type,
                "amount_type": amount_type,
                "amount_description": amount_description,
                "category": category.upper(),
            }
        )
    else:
        click.echo(f"{transaction_type} / {amount_type} / {amount_description} → {category.upper()}")


COMMANDS = [mappings_group]
