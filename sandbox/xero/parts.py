"""What every part of the sandbox is handed: its store, clock, key and settings."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from sandbox.xero import clock
from sandbox.xero.in_flight import InFlight
from sandbox.xero.oauth.signing import SigningKey
from sandbox.xero.store import Store


@dataclass(frozen=True)
class Parts:
    store: Store
    real_now: Callable[[], datetime]
    signing: SigningKey
    client_id: str = ""  # empty: any app
    client_secret: str = ""
    base_url: str = ""  # empty: as each request says
    sleep: Callable[[float], None] = time.sleep  # real seconds, for slow answers
    in_flight: InFlight = field(default_factory=InFlight)

    def now_ms(self, db: sqlite3.Connection) -> int:
        return clock.milliseconds(db, self.real_now)


def parts() -> Parts:
    """Those of the sandbox that is answering."""
    return current_app.extensions["sandbox"]
