"""The help keeps its promises: every message is explained, every command exists, the worked example comes out."""

import ast
import html
import re
import sqlite3
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import get_args

import click
import pytest

from blueprints.help import TOPICS
from commands.__main__ import truebooks
from services import bookkeeping, postings, settings
from services.core.money import tax_within, to_decimal
from services.core.reconciliation import Kind
from services.core.vat_effect import boxes
from services.xero import errors
from tests.xero_world import World, settlement_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pages(ada) -> dict[str, str]:
    return {topic: ada.get(f"/help/{topic}").text for topic in TOPICS}


def ids(page: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', page)


# --- every message is explained ---------------------------------------------------------------


def statuses(app) -> dict[str, tuple]:
    return app.jinja_env.get_template("components/status.html").module.STATUSES


def problem_codes() -> set[str]:
    """Every code that a Problem is made with, anywhere in the program."""
    found = set()
    for path in (ROOT / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                found.add(node.args[0].value)
    return found


def test_every_status_is_explained_under_its_own_anchor(app, pages):
    known = set(statuses(app))
    assert len(known) == 14
    missing = {f"status-{name.replace('_', '-')}" for name in known} - set(ids(pages["troubleshooting"]))
    assert not missing


def test_every_problem_is_explained_under_its_own_anchor(pages):
    codes = problem_codes()
    assert {"needs_category", "account_unusable", "journal_currency"} <= codes
    missing = {f"problem-{code.replace('_', '-')}" for code in codes} - set(ids(pages["troubleshooting"]))
    assert not missing


def test_a_settlement_leads_to_what_is_said_of_its_status_and_its_problem(ada, parts):
    settlement_id = World(parts).settlement()  # nothing is connected or mapped
    page = ada.get(f"/settlements/{settlement_id}").text
    assert "/help/troubleshooting#status-needs-mapping" in page
    assert "/help/troubleshooting#problem-" in page


def test_an_error_page_leads_to_what_is_said_of_it(ada):
    page = ada.get("/settlements/nowhere").text
    link = html.unescape(re.search(r'href="(/help\?q=[^"]+)"', page)[1])
    assert "#nothing-here" in ada.get(link).text


def test_everything_xero_is_known_to_refuse_with_is_quoted(pages):
    told = in_text(pages["troubleshooting"]).lower()
    known = tomllib.loads((ROOT / "services/xero/data/explanations.toml").read_text(encoding="utf-8"))["explanation"]
    assert [each["xero"] for each in known if each["xero"] not in told] == []


def test_every_sentence_about_a_call_that_failed_is_quoted(pages):
    told = in_text(pages["troubleshooting"]).replace("’", "'")
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and "sentence" in vars(kind)}
    kinds -= {errors.XeroError, errors.OrganisationGone}  # never shown as such; told under Reconnect required
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        begun = re.match(r"[^,.(:]+", kind.sentence)[0].strip()
        quoted = begun.removeprefix("Xero gave ").removeprefix("Xero refused because ")
        assert quoted in told, kind.sentence


def in_text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_integrity_finding_is_explained(pages):
    assert {f"finding-{kind.replace('_', '-')}" for kind in get_args(Kind)} <= set(ids(pages["integrity"]))


def test_every_setting_is_explained_where_posting_is(pages):
    for definition in settings.DEFINITIONS.values():
        assert definition.label in html.unescape(pages["posting"])


# --- every promise about the program ----------------------------------------------------------


def test_every_command_in_the_help_exists(pages):
    told = html.unescape(" ".join(pages.values()))
    asked = set(re.findall(r"bin/truebooks ([^<\n.,;)]+)", told))
    assert len(asked) > 15
    for line in asked:
        resolve(line.split())


def resolve(words: list[str]) -> None:
    command: click.Command = truebooks
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    assert command is not truebooks or words[0] in options, words
    assert {word for word in words if word.startswith("--")} <= options, (command.name, words)


def test_every_variable_of_the_machine_is_explained(pages):
    named = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "services/config.py").read_text(encoding="utf-8")))
    assert {"PUBLIC_URL", "TOKEN_KEYS", "TRUEBOOKS_DATA"} <= named
    explained = set(re.findall(r"[A-Z_]{4,}", pages["hosting"].split('id="settings"')[1].split("</dl>")[0]))
    assert named <= explained


def test_the_backup_written_in_the_help_is_whole(parts, pages, tmp_path):
    command = html.unescape(re.search(r'id="backup-command">(.*?)</pre>', pages["hosting"], re.DOTALL)[1])
    line = next(line for line in command.splitlines() if "VACUUM" in line)
    line = line.replace(".venv/bin/python", sys.executable)
    line = line.replace("var/live/truebooks.db", str(parts.config.database_path))
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    copy = sqlite3.connect(tmp_path / "backup.db")
    assert copy.execute("SELECT email FROM user").fetchall() == [("ada@example.com",)]
    copy.close()


def test_settings_of_fly_are_those_told(pages):
    told = (ROOT / "fly.toml").read_text(encoding="utf-8")
    for line in re.findall(r"^#\s+(fly .*)$", told, re.MULTILINE):
        for part in line.split(" && "):
            assert part in html.unescape(pages["hosting"]), part


# --- the worked example -----------------------------------------------------------------------


def table(page: str, name: str) -> list[list[str]]:
    body = re.search(rf'<table[^>]*id="{name}".*?</table>', page, re.DOTALL)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = (re.findall(r"<t[dh].*?</t[dh]>", row) for row in rows)
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]


def plain(figure: str) -> str:
    return figure.replace(",", "")


def test_the_worked_example_comes_out_as_the_help_says(parts, pages):
    world = World(parts)
    world.connect_and_map()
    page = pages["accountants"]
    *rows, total = table(page, "example-rows")[1:]
    lines = [((kind, "Amazon.co.uk", amount_type, words), plain(amount)) for kind, amount_type, words, amount in rows]
    world.take(settlement_text(*lines, settlement_id="26881161592", total=plain(total[-1])))
    plan = postings.preview("26881161592").plan
    assert not plan.problems
    assert plan.reference in page
    assert plan.number in page
    assert (plan.kind, plan.contact) == ("invoice", "Amazon.co.uk")

    def told(*minor: int) -> list[str]:
        return [f"{to_decimal(each, 'GBP'):,f}" for each in minor]

    *expected, last = table(page, "example-lines")[1:]
    assert expected == [
        [it.description, f"{it.account_code} {it.account_name}", it.tax_name, *told(it.net, it.tax, it.gross)]
        for it in plan.lines
    ]
    assert last[1:] == told(plan.total - plan.tax, plan.tax, plan.total)
    on_return = boxes(plan.lines, bookkeeping.gather().ground.books, 1)
    for number, minor in ((1, on_return.tax_on_sales), (4, on_return.tax_on_purchases),
                          (6, on_return.net_sales), (7, on_return.net_purchases)):  # fmt: skip
        assert f'<span id="example-box-{number}">{told(minor)[0]}</span>' in page


def test_the_rounding_told_is_the_one_done(pages):
    told = re.search(r'id="example-tie">(-[\d.]+) at (\d+) % holds (-[\d.]+)<', pages["accountants"])
    gross, rate, tax = told.groups()
    assert tax_within(int(Decimal(gross) * 100), Decimal(rate)) == int(Decimal(tax) * 100)
