"""The server as a person starts it: it says where it is, hands out the first admin's code, and answers."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.upload_limit import UPLOAD_LIMIT_BYTES

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def hear_ctrl_c() -> None:
    """A shell's background jobs, and what they start, are deaf to it; a terminal's are not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def started(data: Path, **settings: str):
    """The server as a process of its own, with these settings in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XERO_", "PUBLIC_"))}
    server = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment | {"TRUEBOOKS_DATA": str(data)} | settings, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_ctrl_c)
    try:
        yield server
    finally:
        server.kill()
        server.communicate()


def test_it_says_where_it_is_prints_the_code_and_answers(tmp_path):
    port = free_port()
    with started(tmp_path, PORT=str(port)) as server:
        assert server.stdout.readline() == f"TrueBooks is at http://localhost:{port} (sandbox)\n"
        assert re.fullmatch(r"No admin yet\. .*: ([0-9A-Z]{5}-){4}[0-9A-Z]{5}\n", server.stdout.readline())
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
            assert "waitress" not in (answer.headers["Server"] or "")


@pytest.mark.parametrize("chunked", [False, True])
def test_however_large_an_upload_is_the_answer_is_in_words_and_nothing_of_it_is_kept(chunked, tmp_path, monkeypatch):
    """Parts of it are sent twice the limit long; what a server keeps while it comes lies in its temporary folder."""
    port, temporary = free_port(), tmp_path / "temporary"
    temporary.mkdir()
    with started(tmp_path / "data", PORT=str(port), TMPDIR=str(temporary)) as server:
        server.stdout.readline()
        connection = http.client.HTTPConnection("localhost", port, timeout=60)
        piece, count = b"x" * (1 << 20), 2 * UPLOAD_LIMIT_BYTES >> 20
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if not chunked:
            headers["Content-Length"] = str(count << 20)
        connection.request("POST", "/sign-in", (piece for _ in range(count)), headers, encode_chunked=chunked)
        answer = connection.getresponse()
        assert answer.status == 413
        assert "larger than a page takes at once (200 MB)" in answer.read().decode()
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200


def test_ctrl_c_ends_it_without_a_trace(tmp_path):
    with started(tmp_path, PORT=str(free_port())) as server:
        server.stdout.readline()
        server.stdout.readline()
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
        assert server.returncode == 0
        assert "Traceback" not in errors


def test_a_bad_setting_stops_the_start_and_names_the_variable(tmp_path):
    with started(tmp_path, PORT="70000") as server:
        _, errors = server.communicate(timeout=20)
        assert server.returncode != 0
        assert "PORT is 70000" in errors
        assert "Traceback" not in errors


def test_a_folder_of_the_other_mode_stops_the_start_by_name(tmp_path):
    port = str(free_port())
    with started(tmp_path, PORT=port) as server:
        server.stdout.readline()
    with started(tmp_path, PORT=port, XERO_CLIENT_ID="AB12", XERO_CLIENT_SECRET="secret") as server:
        _, errors = server.communicate(timeout=20)
        assert server.returncode != 0
        assert str(tmp_path) in errors
        assert "belongs to the sandbox" in errors


def test_a_taken_port_is_told_in_words(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with started(tmp_path, PORT=str(other.getsockname()[1])) as server:
            _, errors = server.communicate(timeout=20)
    assert server.returncode != 0
    assert "set PORT to another number" in errors
    assert "Traceback" not in errors
