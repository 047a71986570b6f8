"""The server's log: one JSON object a line on standard error, secrets taken out before anything is written."""

import logging
import re
import sys
from typing import Any, TextIO

import structlog

HIDDEN = "(hidden)"
_SECRET_NAMES = re.compile(
    r"token|secret|password|authorization|cookie|verifier|nonce|^state$|^code$|api_?key", re.IGNORECASE
)
_SECRET_TEXTS = (
    re.compile(r"(?i)(bearer\s+)[\w.~+/=-]+"),
    re.compile(r"\b(eyJ)[\w-]+\.[\w-]+\.[\w-]*"),  # a JWT
    re.compile(r"(?i)((?:access_|refresh_|id_)?token|code|client_secret|code_verifier|password|state)=[^&\s\"']+"),
)


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Sends every logger of this process, the libraries' too, through the same lines."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        take_secrets_out,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, take_secrets_out,
                    structlog.processors.JSONRenderer(ensure_ascii=False)]))  # fmt: skip
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("apscheduler", "urllib3", "authlib", "waitress.queue"):  # Authlib's DEBUG prints the code verifier
        logging.getLogger(noisy).setLevel(logging.WARNING)


def take_secrets_out(_logger: Any, _method: str, event: dict) -> dict:
    """Hides what a name calls secret, and what looks like one inside any text."""
    return {name: HIDDEN if _SECRET_NAMES.search(name) and value else _cleaned(value) for name, value in event.items()}


def _cleaned(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    for secret in _SECRET_TEXTS:
        value = secret.sub(
            lambda found: f"{found[1].rstrip('=')}={HIDDEN}" if "=" in found[0] else found[1] + HIDDEN, value
        )
    return value
