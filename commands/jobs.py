"""jobs: what TrueBooks does by itself, and running one of them now."""

import sys

import click

from commands.workspace import as_json, opened, print_json, table
from services import jobs, overview
from services.audit import COMMAND_LINE


@click.group("jobs", invoke_without_command=True)
@as_json
@click.pass_context
def jobs_group(context: click.Context, json_wanted: bool) -> None:
    """Shows the jobs; `jobs run NAME` runs one now."""
    if context.invoked_subcommand:
        return
    with opened() as parts:
        told = overview.jobs_as_json(parts)
    if json_wanted:
        print_json(told)
    else:
        table(["job", "last run", "outcome", "next run"],
              [[job["name"], job["started_at"] or "never", job["outcome"], job["next_run"] or "–"] for job in told])


@jobs_group.command("run")
@click.argument("name")
@as_json
def run(name: str, json_wanted: bool) -> None:
    """Runs the job NAME now, due or not."""
    with opened() as parts:
        status = jobs.run_now(parts, name, COMMAND_LINE)
        told = overview.job_as_json(status)
    if json_wanted:
        print_json(told)
    else:
        click.echo(f"{name}: {status.outcome}. {status.words}".rstrip())
    sys.exit(0 if status.outcome == "done" else 1)


COMMANDS = [jobs_group]
