"""mappings: what each category is mapped to, suggestions, one set by hand, and the workspace's own line types."""

import click

from commands.workspace import as_json, opened, print_json, table
from services import line_types, mappings, suggested_mappings
from services.audit import COMMAND_LINE
from services.core.money import format_major, format_money
from services.core.settlement import LineType
from services.core.suggestions import Suggestion
from services.errors import NotFound


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
            ["category", "marketplace", "account", "tax rate", "tracking"],
            [
                [each["category"], each["marketplace"] or "all", each["account_code"], each["tax_type"],
                 ", ".join(each.get("tracking", []))]
                for each in rows
            ],
        )  # fmt: skip
    else:
        click.echo("Nothing is mapped yet. See what would fit: bin/truebooks mappings suggest")


def _as_json(mapping) -> dict:
    tracking = mappings.tracking_names(mapping)
    told = {
        "category": mapping.category,
        "marketplace": mapping.marketplace,
        "account_code": mapping.account_code,
        "tax_type": mapping.tax_type,
    }
    return told | ({"tracking": tracking} if tracking else {})


@mappings_group.command()
@click.option("--apply", "apply_wanted", is_flag=True, help="Fill the empty rows; what is mapped stays.")
@click.option("--marketplace", default="", help="Overrides for this marketplace of another country, e.g. Amazon.de.")
@as_json
def suggest(apply_wanted: bool, marketplace: str, json_wanted: bool) -> None:
    """Shows suggested mappings for the empty rows (or overrides for one marketplace), or fills them."""
    with opened() as parts:
        elsewhere = suggested_mappings.suggested_elsewhere()
        suggestions = elsewhere.pop(marketplace, []) if marketplace else suggested_mappings.suggested()
        applied = set()
        if apply_wanted:
            filled = (
                suggested_mappings.apply_elsewhere(parts, marketplace, COMMAND_LINE)
                if marketplace
                else suggested_mappings.apply_suggested(parts, COMMAND_LINE)
            )
            applied = {each.category for each in filled}
    if json_wanted:
        print_json([_suggestion_as_json(each, applied) for each in suggestions])
    else:
        _tell(suggestions, apply_wanted)
        if elsewhere:
            click.echo(
                f"Settlements of {', '.join(elsewhere)} would take the tax rates of your own country; see what is "
                f"suggested for them: bin/truebooks mappings suggest --marketplace {next(iter(elsewhere))}"
            )


def _suggestion_as_json(suggestion: Suggestion, applied: set[str]) -> dict:
    told = {
        "category": suggestion.category,
        "account_code": suggestion.account_code or None,
        "tax_type": suggestion.tax_type or None,
        "applied": suggestion.category in applied,
    }
    return told | ({"marketplace": suggestion.marketplace} if suggestion.marketplace else {})


def _tell(suggestions: list[Suggestion], apply_wanted: bool) -> None:
    if not suggestions:
        click.echo("There is nothing to fill: what would be suggested is mapped already.")
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
@click.option("--tracking", multiple=True, help="An option of a tracking category, e.g. “Region: Europe”; none: “”.")
@as_json
def set_mapping(
    category: str, account: str, tax: str, marketplace: str, tracking: tuple[str, ...], json_wanted: bool
) -> None:
    """Maps CATEGORY to ACCOUNT (its code, or its name) with the tax type TAX."""
    with opened() as parts:
        chosen = [_option(name) for name in tracking if name] if tracking else None
        saved = mappings.save(parts, category, account, tax, COMMAND_LINE, marketplace, chosen)
        mapping, words = _as_json(saved), mappings.in_words(saved)
    if json_wanted:
        print_json(mapping)
    else:
        click.echo(f"{mapping['category']} → {words}" + (f" on {marketplace}" if marketplace else ""))


def _option(name: str) -> tuple[str, str]:
    """(tracking category id, option id) of ``Region: Europe``."""
    there = {
        f"{choice.name}: {option}".casefold(): (choice.id, id_)
        for choice in mappings.tracking_choices()
        for id_, option in choice.options
    }
    if name.strip().casefold() not in there:
        names = ", ".join(f"“{choice.name}: {o}”" for choice in mappings.tracking_choices() for _, o in choice.options)
        raise NotFound(f"There is no tracking option “{name}”. There are: {names or 'none in Xero'}.")
    return there[name.strip().casefold()]


@mappings_group.command()
@click.argument("transaction_type")
@click.argument("amount_type")
@click.argument("amount_description")
@click.argument("category")
@as_json
def classify(
    transaction_type: str, amount_type: str, amount_description: str, category: str, json_wanted: bool
) -> None:
    """Gives a line type its category, in every settlement. A part that ends in * holds for all that begin so."""
    line_type = LineType(transaction_type, amount_type, amount_description)
    with opened() as parts:
        line_types.classify(parts, line_type, category, COMMAND_LINE, line_types.stars_in(line_type))
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


@mappings_group.command()
@as_json
def waiting(json_wanted: bool) -> None:
    """Lists the line types that need a category, with what each is likely to be."""
    with opened():
        found = line_types.unclassified()
    if json_wanted:
        print_json(
            [
                {
                    "transaction_type": each.line_type.transaction_type,
                    "amount_type": each.line_type.amount_type,
                    "amount_description": each.line_type.amount_description,
                    "amounts": {currency: format_major(held, currency) for currency, held in each.held.items()},
                    "lines": each.lines,
                    "settlements": each.settlements,
                    "suggested": each.hint.category if each.hint else None,
                    "reason": each.hint.reason if each.hint else None,
                }
                for each in found
            ]
        )
        return
    for each in found:
        kind = each.line_type
        click.echo(f"{kind.transaction_type} / {kind.amount_type} / {kind.amount_description}")
        amounts = ", ".join(format_money(held, currency) for currency, held in each.held.items())
        count = f"{each.lines} line{'' if each.lines == 1 else 's'}"
        click.echo(f"    {amounts}, {count} in {', '.join(each.settlements[:5])}")
        click.echo(f"    {each.hint.reason}" if each.hint else "    Nothing known is like it.")
    if not found:
        click.echo("Every line type here has its category.")


COMMANDS = [mappings_group]
