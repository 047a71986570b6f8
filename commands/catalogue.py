"""catalogue: what is known of Amazon's line types, how much of a reference list, and the workspace's own rules."""

from pathlib import Path

import click

from commands.workspace import as_json, opened, print_json, table
from services import catalogue_search, line_types
from services.core.catalogue import Entry, standard
from services.core.coverage import Coverage, coverage, read_reference, spread
from services.errors import Refused

_HEAD = ["Amazon's words", "means", "category", "sign"]


@click.group("catalogue")
def catalogue_group() -> None:
    """Every line type TrueBooks knows: `list`, `coverage`, and `export` of your own rules."""


@catalogue_group.command("list")
@click.option("--find", "words", default="", help="Only those that hold these words.")
@click.option("--category", default="", help="Only those of this category, e.g. FBA_FEES.")
@as_json
def list_entries(words: str, category: str, json_wanted: bool) -> None:
    """Lists the line types, with what each means and where it belongs."""
    found = catalogue_search.search(words, category.upper())
    if json_wanted:
        print_json([_as_json(entry) for entry in found])
        return
    table(_HEAD, [[_words(entry), entry.label, entry.category, entry.usual_sign] for entry in found])
    click.echo(f"{len(found)} line types, catalogue of {standard().version}.")


def _words(entry: Entry) -> str:
    kind = entry.line_type
    return f"{kind.transaction_type} / {kind.amount_type} / {kind.amount_description}"


def _as_json(entry: Entry) -> dict:
    kind = entry.line_type
    return {
        "transaction_type": kind.transaction_type,
        "amount_type": kind.amount_type,
        "amount_description": kind.amount_description,
        "label": entry.label,
        "meaning": entry.meaning,
        "category": entry.category,
        "usual_sign": entry.usual_sign,
        "source": entry.source,
    }


@catalogue_group.command("coverage")
@click.argument("reference", required=False, type=click.Path(path_type=Path))
@as_json
def show_coverage(reference: Path | None, json_wanted: bool) -> None:
    """How many line types each category has, and how many of REFERENCE (a CSV of line types) are known."""
    counts = spread(standard())
    found = _coverage_of(reference) if reference else None
    if json_wanted:
        print_json(_coverage_as_json(counts, found))
        return
    labels = standard().categories
    table(["category", "", "line types"], [[key, labels[key].label, str(n)] for key, n in counts.items()], right={2})
    click.echo(f"{sum(counts.values())} line types, catalogue of {standard().version}.")
    if found:
        _tell(reference, found)


def _coverage_of(path: Path) -> Coverage:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return coverage(read_reference(file), standard())
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read as a list of line types: {error}") from error


def _coverage_as_json(counts: dict[str, int], found: Coverage | None) -> dict:
    told = {"version": standard().version, "line_types": sum(counts.values()), "categories": counts}
    if found:
        told["reference"] = {
            "line_types": found.whole,
            "covered": found.covered,
            "same_category": found.same,
            "other_category": [[*_parts(row), row.category, ours] for row, ours in found.other],
            "missing": [[*_parts(row), row.category] for row in found.missing],
        }
    return told


def _parts(row) -> tuple[str, str, str]:
    return row.line_type.transaction_type, row.line_type.amount_type, row.line_type.amount_description


def _tell(reference: Path, found: Coverage) -> None:
    percent = 100 * found.covered // found.whole if found.whole else 0
    click.echo(
        f"{reference.name}: {found.covered} of {found.whole} line types are known ({percent} %), "
        f"{found.same} of them under the same category."
    )
    for row, ours in found.other:
        click.echo(f"  {' / '.join(_parts(row))}: {row.category} there, {ours} here")
    for row in found.missing:
        click.echo(f"  {' / '.join(_parts(row))}: {row.category} there, not known here")


@catalogue_group.command("export")
def export() -> None:
    """Your own rules and unknown line types as CSV for others: no amounts, ids or names are in it."""
    with opened():
        for line in line_types.as_contribution():
            click.echo(line, nl=False)


COMMANDS = [catalogue_group]
