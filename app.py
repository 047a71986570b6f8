"""The one place where the parts are joined: assemble(), create_app(), and the server."""

import hashlib
import os
import sys
import threading
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import requests

from models import database
from services import settlement_sums
from services.clock import Clock, SystemClock
from services.config import Config, load_config
from services.database import open_database
from services.errors import BadSetting
from services.parts import Parts
from services.workspace import open_workspace
from services.xero.transport import in_process_session, network_session

ROOT = Path(__file__).resolve().parent


class SandboxReach:
    """Sessions that reach the sandbox inside this process; the sandbox is made on first use."""

    def __init__(self, config: Config, clock: Clock):
        self._config, self._clock, self._lock = config, clock, threading.Lock()

    def __call__(self) -> requests.Session:
        from sandbox.xero import ConnectionDropped

        return in_process_session(self._config.public_url, self.wsgi_app, ConnectionDropped)

    @property
    def wsgi_app(self):
        with self._lock:
            return self._made

    @cached_property
    def _made(self):
        from sandbox.xero import create_sandbox

        return create_sandbox(self._config.sandbox_state, now=self._clock.now, base_url=self._config.public_url)


def assemble(config: Config, clock: Clock | None = None) -> Parts:
    """Opens the data folder and joins the parts; raises BadSetting when the folder is of the other mode."""
    clock = clock or SystemClock()
    open_database(config.database_path)
    with database.connection_context():
        open_workspace(config, clock)
        settlement_sums.bring_up_to_date()
    return Parts(config, clock, SandboxReach(config, clock) if config.built_in_sandbox else _network(config))


def _network(config: Config):
    """Sessions that reach the three configured hosts and no other."""
    bases = (config.xero_login_url, config.xero_identity_url, config.xero_api_url)
    return lambda: network_session(bases)

def create_app(parts: Parts):
    """The Flask app over ``parts``: pages, sign-in, walls, errors."""
    from flask import Flask
    from flask_compress import Compress
    from htmx_flask import Htmx

    import blueprints
    from blueprints import errors, formats, security, sign_in

    app = Flask(__name__)
    app.config.update(_flask_settings(parts.config))
    app.extensions["parts"] = parts
    app.extensions["sandbox"] = parts.xero_http if isinstance(parts.xero_http, SandboxReach) else None
    Htmx(app)
    Compress(app)
    sign_in.init_app(app)
    security.init_app(app, parts.config)
    errors.init_app(app)
    formats.init_app(app)
    app.after_request(_let_go_where_it_failed)
    blueprints.register_all(app)
    return app


def _let_go_where_it_failed(response):
    """Each of the server's threads keeps its connection: opening one costs more than most pages ask of it.

    What a request that failed had begun to read may still be open, and would show the next one a past state.
    """
    if response.status_code >= 400 and not database.is_closed():
        database.close()
    return response


def _flask_settings(config: Config) -> dict:
    """A cookie name per data folder and port: two workspaces on one machine do not sign each other out."""
    from services.upload_limit import UPLOAD_LIMIT_BYTES

    secure = config.public_url.startswith("https:")
    workspace = hashlib.sha256(f"{config.data}|{config.port}".encode()).hexdigest()[:8]
    return {
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_NAME": f"{'__Host-' if secure else ''}truebooks-{workspace}",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",  # Strict would lose the session on the way back from Xero
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": sorted({urlsplit(config.public_url).hostname, "localhost", "127.0.0.1"}),
        "MAX_CONTENT_LENGTH": UPLOAD_LIMIT_BYTES,
        "SEND_FILE_MAX_AGE_DEFAULT": 31536000,  # assets carry their content's hash
        "COMPRESS_ALGORITHM": ["br", "gzip"],  # the session cookie is SameSite: nobody else can make pages to measure
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "CLIENT_ADDRESS_HEADER": "Fly-Client-IP" if os.environ.get("FLY_APP_NAME") else None,
    }


def main() -> None:
    """Serves the pages and runs the jobs, in one process, until stopped."""
    from services import batch_worker, jobs, logs

    logs.configure()
    try:
        parts = assemble(load_config(ROOT))
        server = _listening(create_app(parts), parts.config)
    except BadSetting as error:
        sys.exit(error.message)
    scheduler = jobs.start(parts)
    worker = batch_worker.Worker(parts).start()
    try:
        _greet(parts)
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        jobs.stop(scheduler)
        worker.stop()


def _listening(app, config: Config):
    """A server that listens already, so that the address printed answers at once."""
    from waitress.channel import HTTPChannel
    from waitress.server import create_server

    from services.upload_limit import ENDLESS, UploadParser

    HTTPChannel.parser_class = UploadParser  # Flask's limit answers in words
    try:
        return create_server(
            app, host=config.host, port=config.port, threads=8, ident=None, max_request_body_size=ENDLESS)
    except OSError as error:
        raise BadSetting(
            f"TrueBooks cannot listen on {config.host}, port {config.port}: {error.strerror}. "
            "Is it running already? Stop the other one, or set PORT to another number.") from error


def _greet(parts: Parts) -> None:
    """Says where the pages are and, until there is an admin, the code that makes one."""
    from services.users import new_setup_code

    lines = [f"TrueBooks is at {parts.config.public_url} ({parts.config.mode})"]
    code = new_setup_code(parts)
    if code:
        lines.append(f"No admin yet. One-time code for the first one (valid 24 hours): {code}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
