"""The real server in a process of its own, and Debian's Chromium in front of it."""

import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = os.environ.get("TRUEBOOKS_BROWSER_REQUIRED") == "1"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PASSWORD = "correct horse battery staple"


def pytest_collection_modifyitems(items):
    """Loud, so that nobody takes a run without the browser for a whole one."""
    if CHROMIUM or REQUIRED:
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(
                pytest.mark.skip(reason="CHROMIUM IS MISSING: the browser tests did not run (apt-get install chromium)")
            )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Server:
    """A running TrueBooks: its address, and the one-time code it printed."""

    address: str
    code: str
    data: Path
    process: subprocess.Popen

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def start_server(data: Path, has_admin: bool = False) -> Server:
    """Starts ``app.py`` and waits until it says where it is and, without an admin, what the code is."""
    port = free_port()
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("XERO_", "TRUEBOOKS_", "PUBLIC_URL"))
    }
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env=kept | {"PORT": str(port), "TRUEBOOKS_DATA": str(data), "PYTHONUNBUFFERED": "1"})  # fmt: skip
    code = ""
    for line in process.stdout:
        if has_admin and line.startswith("TrueBooks is at"):
            break
        found = re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){4}", line)
        if found:
            code = found[0]
            break
    assert code or has_admin, "the server ended without printing a one-time code"
    return Server(f"http://localhost:{port}", code, data, process)


@pytest.fixture
def server(tmp_path):
    running = start_server(tmp_path / "data")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        pytest.fail("Chromium is required here (TRUEBOOKS_BROWSER_REQUIRED=1) and missing: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Complaints(list):
    """What the browser held against the pages: console errors, CSP violations, requests that left the origin."""

    def watch(self, page, origin: str) -> None:
        page.on("console", lambda message: message.type == "error" and self.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on(
            "request",
            lambda request: (
                not request.url.startswith((origin, "data:", "blob:")) and self.append(f"left: {request.url}")
            ),
        )


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def javascript(request) -> bool:
    return request.param


@pytest.fixture
def page(chromium, server, javascript):
    """A page of a fresh browser; at the end it must have had nothing to complain about."""
    context = chromium.new_context(java_script_enabled=javascript, viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    complaints = Complaints()
    complaints.watch(opened, server.address)
    yield opened
    context.close()
    assert complaints == []
