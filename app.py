"""The one place where the parts are joined: assemble(), create_app(), and the server."""

import threading
from functools import cached_property
from pathlib import Path

import requests

from services.clock import Clock, SystemClock
from services.config import Config, load_config
from services.database import open_database
from services.parts import Parts
from services.workspace import open_workspace

ROOT = Path(__file__).resolve().parent
UPLOAD_LIMIT_BYTES = 200 * 1024 * 1024


class SandboxReach:
    """Sessions that reach the sandbox inside this process; the sandbox is made on first use."""

    def __init__(self, config: Config, clock: Clock):
        self._config, self._clock, self._lock = config, clock, threading.Lock()

    def __call__(self) -> requests.Session:
        from services.xero.transport import WsgiAdapter

        session = requests.Session()
        session.mount(self._config.public_url, WsgiAdapter(self.wsgi_app))
        return session

    @property
    def wsgi_app(self):
        with self._lock:
            return self._made

    @cached_property
    def _made(self):
        from sandbox.xero import create_sandbox

        return create_sandbox(self._config.sandbox_state)


def assemble(config: Config, clock: Clock | None = None) -> Parts:
    """Opens the data folder and joins the parts; raises BadSetting when the folder is of the other mode."""
    clock = clock or SystemClock()
    database = open_database(config.database_path)
    with database.connection_context():
        open_workspace(config, clock)
    return Parts(config, clock, SandboxReach(config, clock) if config.built_in_sandbox else requests.Session)
