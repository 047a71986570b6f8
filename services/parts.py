"""The joined parts of one process, handed to every service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.clock import Clock

if TYPE_CHECKING:  # whoever reads a settlement needs neither the network nor the environment
    import requests

    from services.config import Config


@dataclass(frozen=True)
class Parts:
    config: Config
    clock: Clock
    xero_http: Callable[[], requests.Session]  # a session that reaches Xero, or the sandbox in this process
    patience_seconds: float = 1.5  # how long a call may wait for Xero's minute limit; jobs have more than pages
