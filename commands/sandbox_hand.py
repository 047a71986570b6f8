"""sandbox fault, clock, switch, limit, reset: a hand in the sandbox, built in or served alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import requests

from app import ROOT
from commands.workspace import as_json, print_json
from services.config import load_config
from services.workspace import folder_belongs_to
from services.xero.transport import in_process_session, network_session

TIMEOUT_SECONDS = (5, 30)
BUILT_IN = "http://localhost"  # the sandbox in this process; nothing listens there

url_option = click.option("--url", default="", help="A sandbox served alone [default: the one of the data folder].")


class Hand:
    """Presses the sandbox's own buttons; raises ClickException in the sandbox's words."""

    def __init__(self, url: str):
        self.base = (url or BUILT_IN).rstrip("/")
        self.http = _network(self.base) if url else _built_in()

    def look(self, page: str) -> Any:
        return self._read(lambda: self.http.get(f"{self.base}/sandbox/{page}", timeout=TIMEOUT_SECONDS))

    def press(self, page: str, **sent: Any) -> Any:
        return self._read(lambda: self.http.post(f"{self.base}/sandbox/{page}", json=sent, timeout=TIMEOUT_SECONDS))

    def _read(self, ask: Callable[[], requests.Response]) -> Any:
        try:
            answer = ask()
            said = answer.json()
        except requests.RequestException as error:
            raise click.ClickException(f"No sandbox answers at {self.base}. Is it being served there?") from error
        if not answer.ok:
            raise click.ClickException(said.get("error", "The sandbox refused."))
        return said


def _network(base: str) -> requests.Session:
    try:
        return network_session([base])
    except ValueError as error:
        raise click.ClickException(f"{error}. Give an address like http://127.0.0.1:8090") from error


def _built_in() -> requests.Session:
    from sandbox.xero import ConnectionDropped, create_sandbox

    return in_process_session(BUILT_IN, create_sandbox(own_state()), ConnectionDropped)


def own_state() -> Path:
    """Where the data folder's sandbox is kept. A folder of live Xero gets none: it would be the sandbox's for life."""
    config = load_config(ROOT)
    if "live" in (config.mode, folder_belongs_to(config)):
        raise click.ClickException(
            f"The data folder {config.data} is for live Xero, so it holds no sandbox. Name another folder with "
            "TRUEBOOKS_DATA and leave XERO_CLIENT_ID out, or a sandbox served alone (--url; for serve: --state).")
    return config.sandbox_state


@click.command()
@click.argument("order", nargs=-1, metavar="[METHOD PATH KIND]")
@click.option("--times", default=1, show_default=True, help="How often; 0 until it is cancelled.")
@click.option("--seconds", default=0, help="How late, how slow, or when to come back [default: the fault's own].")
@click.option("--percent", default=100, show_default=True, help="How many of the requests that fit are struck.")
@click.option("--seed", default="", help="Makes the dice fall the same every time.")
@click.option("--clear", is_flag=True, help="Cancels all that are ordered.")
@url_option
@as_json
def fault(order: tuple[str, ...], clear: bool, url: str, json_wanted: bool, **wanted: Any) -> None:
    """Makes requests to come fail, e.g. PUT '/api.xro/2.0/Invoices' drop_after; alone, lists what is ordered.

    METHOD may be * for any, PATH may hold * for anything. KIND: see /sandbox/faults.
    """
    if order and (clear or len(order) != 3):
        raise click.ClickException("Name a method, a path and a fault: PUT '/api.xro/2.0/Invoices' drop_after")
    hand = Hand(url)
    if clear:
        orders = hand.press("faults/clearing")
    elif order:
        method, path, kind = order
        orders = hand.press("faults", method=method, path=path, fault=kind, **wanted)
    else:
        orders = hand.look("faults")
    _tell_faults(orders, json_wanted)


@click.command(context_settings={"ignore_unknown_options": True})  # -60 is a number here
@click.argument("seconds", type=int, required=False)
@url_option
@as_json
def clock(seconds: int | None, url: str, json_wanted: bool) -> None:
    """Moves the sandbox's time on by SECONDS; without them, tells it."""
    hand = Hand(url)
    time = hand.look("clock") if seconds is None else hand.press("clock", advance_seconds=seconds)
    _tell(time, json_wanted, [f"It is {time['now']} in the sandbox, {time['offset_seconds']} seconds off."])


@click.command()
@click.argument("name", required=False)
@click.argument("value", required=False)
@url_option
@as_json
def switch(name: str | None, value: str | None, url: str, json_wanted: bool) -> None:
    """Turns the switch NAME to VALUE; without them, lists all."""
    _tell_settings(Hand(url), "switches", name, value, json_wanted)


@click.command()
@click.argument("name", required=False)
@click.argument("most", required=False)
@url_option
@as_json
def limit(name: str | None, most: str | None, url: str, json_wanted: bool) -> None:
    """Sets the limit NAME to MOST calls; without them, lists all."""
    _tell_settings(Hand(url), "limits", name, most, json_wanted)


@click.command()
@click.option("--tenant", default="", help="Only the organisation with this tenant id, as a Demo Company is reset.")
@url_option
@as_json
def reset(tenant: str, url: str, json_wanted: bool) -> None:
    """Takes everything that was put into the sandbox away."""
    done = Hand(url).press(f"{tenant}/reset" if tenant else "reset")
    _tell(done, json_wanted, ["The organisation was reset." if tenant else "The sandbox was reset."])


def _tell_settings(hand: Hand, path: str, name: str | None, value: str | None, json_wanted: bool) -> None:
    if name is not None and value is None:
        raise click.ClickException(f"Say what “{name}” is to be; without a name all are listed.")
    settings = hand.look(path) if name is None else hand.press(path, **{name: value})
    _tell(settings, json_wanted, [f"{each} = {settings[each]}" for each in settings])


def _tell_faults(orders: list[dict], json_wanted: bool) -> None:
    lines = [
        f"{each['fault']} for {each['method']} {each['path']}, "
        + (f"{each['times']} more" if each["times"] else "until cancelled")
        + (f", {each['percent']} %" if each["percent"] < 100 else "")
        for each in orders
    ]
    _tell(orders, json_wanted, lines or ["Nothing is ordered."])


def _tell(value: Any, json_wanted: bool, lines: list[str]) -> None:
    if json_wanted:
        print_json(value)
    else:
        click.echo("\n".join(lines))


COMMANDS = [fault, clock, switch, limit, reset]
