"""The joined parts of one process, handed to every service."""

from collections.abc import Callable
from dataclasses import dataclass

import requests

from services.clock import Clock
from services.config import Config


@dataclass(frozen=True)
class Parts:
    config: Config
    clock: Clock
    xero_http: Callable[[], requests.Session]  # a session that reaches Xero, or the sandbox in this process
    patience_seconds: float = 1.5  # how long a call may wait for Xero's minute limit; jobs have more than pages
