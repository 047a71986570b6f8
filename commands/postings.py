"""preview, post, repost, rollback: one settlement or several, each with its own outcome."""

import sys
from collections.abc import Callable
from functools import partial

import click

from commands.workspace import as_json, opened, print_json, table
from services import batches, postings, settlements
from services.audit import COMMAND_LINE
from services.core.money import format_major, format_money
from services.core.plans import Plan
from services.errors import AppError
from services.postings import Outcome

WORDS = {
    "posted": "Posted",
    "rolled_back": "Rolled back",
    "already_there": "Already there",
    "needs_mapping": "Needs mapping",
    "unsure": "Unsure",
    "failed": "Failed",
}
KINDS = {
    "invoice": "Invoice", "credit_note": "Credit note", "bill": "Bill", "manual_journal": "Manual journal",
    "nothing": "Nothing to post",
}  # fmt: skip


@click.command()
@click.argument("settlement_id", metavar="ID")
@as_json
def preview(settlement_id: str, json_wanted: bool) -> None:
    """Shows the document a settlement would become. Touches nothing in Xero."""
    with opened():
        plan = postings.preview(settlement_id).plan
    if json_wanted:
        print_json(plan.as_json())
    else:
        print_plan(plan)


def print_plan(plan: Plan) -> None:
    """The document line by line, and the proof of its total."""

    def amount(minor: int) -> str:
        return format_major(minor, plan.currency)

    click.echo(f"{KINDS[plan.kind]} {plan.number}   {plan.reference}")
    click.echo(f"{plan.contact}, dated {plan.date}, due {plan.due_date}, {plan.currency}, tax inclusive\n")
    rows = [
        [
            line.description,
            f"{line.account_code or '–'} {line.account_name}".strip(),
            line.tax_type or "–",
            amount(line.net),
            amount(line.tax),
            amount(line.gross),
        ]
        for line in plan.lines
    ]
    total = ["Total", "", "", amount(plan.total - plan.tax), amount(plan.tax), amount(plan.total)]
    table(["line", "account", "tax rate", "net", "tax", "gross"], [*rows, total], right={3, 4, 5})
    _print_proof(plan)
    for problem in plan.problems:
        click.echo(f"! {problem.message}")


def _print_proof(plan: Plan) -> None:
    """In the settlement's own signs: the document's lines beside the transfer that Amazon states."""
    lines = plan.lines_total
    difference = plan.settlement_total - lines
    told = partial(format_money, currency=plan.currency)
    relation = "≠" if difference else "= settlement total " + told(lines) + " ="
    click.echo(
        f"\nProof: lines {told(lines)} {relation} Amazon's stated transfer {told(plan.settlement_total)}, "
        f"difference {format_major(difference, plan.currency)}"
    )


def _each(name: str, act: Callable, summary: str, action: str = "") -> click.Command:
    """A command that does ``act`` to every settlement named and tells each outcome; several go together."""

    @click.command(name, help=summary)
    @click.argument("settlement_ids", metavar="ID...", nargs=-1, required=True)
    @as_json
    def command(settlement_ids: tuple[str, ...], json_wanted: bool) -> None:
        with opened() as parts:
            if action and len(settlement_ids) > 1:
                outcomes = _together(parts, action, settlement_ids)
            else:
                outcomes = [_outcome(act, parts, settlement_id) for settlement_id in settlement_ids]
        if json_wanted:
            print_json([outcome.as_json() for outcome in outcomes])
        for outcome in outcomes:
            _tell(outcome, json_wanted)
        sys.exit(0 if all(outcome.is_done for outcome in outcomes) else 1)

    return command


def _together(parts, action: str, settlement_ids: tuple[str, ...]) -> list[Outcome]:
    """As one batch; a settlement that is not there fails alone."""
    named = [each.strip() for each in settlement_ids]
    known = [each for each in named if settlements.is_here(each)]
    told: dict[str, Outcome] = {}
    if known:
        batch = batches.begin(parts, action, known, COMMAND_LINE)
        batches.see_through(parts, batch)
        told = {outcome.settlement_id: outcome for outcome in batches.outcomes(batch)}
    return [told.get(each) or _missing(each) for each in named]


def _missing(settlement_id: str) -> Outcome:
    reason = f"There is no settlement {settlement_id} here. Check the id, or import its file first."
    return Outcome(settlement_id, "failed", "", "", reason=reason)


def _outcome(act: Callable, parts, settlement_id: str) -> Outcome:
    try:
        return act(parts, settlement_id, COMMAND_LINE)
    except AppError as error:
        return Outcome(settlement_id, "failed", "", "", reason=error.message)


def _tell(outcome: Outcome, json_wanted: bool) -> None:
    text = " ".join(
        filter(
            None,
            (f"{outcome.settlement_id}: {WORDS[outcome.outcome]}", outcome.number, outcome.reference, outcome.reason),
        )
    )
    if not outcome.is_done:
        click.echo(text, err=True)
    elif not json_wanted:
        click.echo(text)


COMMANDS = [
    preview,
    _each("post", postings.post, "Posts settlements to Xero, each as its own document.", batches.POST),
    _each("repost", postings.repost, "Rolls back and posts again, with the mappings as they are now."),
    _each("rollback", postings.roll_back, "Voids documents in Xero; settlements become drafts.", batches.ROLL_BACK),
    _each("settle", postings.settle, "Asks Xero what became of an unsure posting, and carries on from there."),
]
