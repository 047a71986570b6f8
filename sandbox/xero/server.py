"""Serves the sandbox alone over HTTP; a dropped connection is really closed."""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path

from waitress.channel import ClientDisconnected
from waitress.server import create_server

from sandbox.xero import switches
from sandbox.xero.app import Sandbox, create_sandbox
from sandbox.xero.faults import ConnectionDropped


class NotLoopback(ValueError):
    """The sandbox has no passwords, so it serves nobody but this machine unless told to."""


def serve(
    port: int,
    state: Path,
    host: str = "127.0.0.1",
    allow_other_hosts: bool = False,
    settings: Mapping[str, str] | None = None,
    announce: Callable[[str], None] = print,
    **creation: str,
) -> None:
    """Serves until stopped. Port 0 picks a free one; ``announce`` is called once with the address.

    ``settings`` turns switches before it starts; ``creation`` goes to create_sandbox. Raises
    NotLoopback and UnknownSwitch.
    """
    if not (allow_other_hosts or _is_loopback(host)):
        raise NotLoopback(f"The sandbox listens on this machine only, and {host} is not. Say so if you mean it.")
    sandbox = create_sandbox(Path(state), **creation)  # type: ignore[arg-type]
    with sandbox.parts.store.write() as db:
        for name, value in (settings or {}).items():
            switches.turn(db, name, value)
    server = create_server(Closing(sandbox), host=host, port=port, threads=8, ident="Sandbox Xero")
    announce(f"The sandbox Xero listens on http://{host}:{server.effective_port} (pages: /sandbox/)")
    server.run()


class Closing:
    """Tells waitress that there is nobody to answer: it then closes the connection and sends nothing."""

    def __init__(self, sandbox: Sandbox):
        self.sandbox = sandbox

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        try:
            return self.sandbox(environ, start_response)
        except ConnectionDropped as dropped:
            raise ClientDisconnected from dropped


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
