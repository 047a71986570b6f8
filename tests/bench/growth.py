"""bin/bench growth: how the pages' server time grows from a hundred settlements to ten thousand, eight asked at a time.

The real server (waitress) in a process of its own, eight signed-in clients on the loopback, each page asked by all.
"""

import argparse
import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench" / "growth"
CLIENTS = 8
MAY_GROW, AIM_MS = 2.0, 60
TICKS = os.sysconf("SC_CLK_TCK")
PAGES = {
    "home": "/",
    "list": "/settlements",
    "list, needs mapping": "/settlements?status=needs_mapping",
    "list, amount looked for": "/settlements?q=1%2C275.20",
    "list, by total, page 2": "/settlements?sort=total&page=2",
    "preview": "/settlements/{settlement}/preview",
    "own page": "/settlements/{settlement}",
}


class Measured(NamedTuple):
    """One page: milliseconds from request to answer, and of the server's CPU for each request."""

    middle: float
    p95: float
    cpu: float


def main(arguments: list[str]) -> str:
    """The table."""
    parser = argparse.ArgumentParser(prog="bin/bench growth", description=__doc__)
    parser.add_argument("--settlements", type=int, nargs=2, default=[100, 10_000], metavar=("FEW", "MANY"))
    parser.add_argument("--requests", type=int, default=400, help="of each page, over all clients")
    asked = parser.parse_args(arguments)
    few, many = (_measured(count, asked.requests) for count in asked.settlements)
    return _table(asked.settlements, few, many)


def _table(counts: list[int], few: dict[str, Measured], many: dict[str, Measured]) -> str:
    head = f"p50 / p95 in ms, CPU ms a request; {CLIENTS} at a time"
    rows = [head, "", f"| page | {counts[0]:,} | {counts[1]:,} | p95 grows × | may × | p95 aim, ms | CPU grows × |",
            "|---|---|---|---|---|---|---|"]  # fmt: skip
    for page in PAGES:
        a, b = few[page], many[page]
        rows.append(
            f"| {page} | {_told(a)} | {_told(b)} | {b.p95 / a.p95:.2f} | {MAY_GROW} | {AIM_MS} | {b.cpu / a.cpu:.2f} |")
    return "\n".join(rows) + "\n"


def _told(measured: Measured) -> str:
    return f"{measured.middle:.0f} / {measured.p95:.0f}, CPU {measured.cpu:.1f}"


def _measured(count: int, requests: int) -> dict[str, Measured]:
    data, port = FOLDER / str(count), _free_port()
    shutil.rmtree(data, ignore_errors=True)
    started = time.perf_counter()
    furnishing = "from tests.bench.many_settlements import furnish; import sys; from pathlib import Path; "
    furnishing += "furnish(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
    data.mkdir(parents=True)
    with (data / "furnishing.log").open("w") as log:
        command = [sys.executable, "-c", furnishing, str(data), str(count), str(port)]
        subprocess.run(command, cwd=ROOT, check=True, stderr=log)
    sys.stderr.write(f"{count:,} settlements written in {time.perf_counter() - started:.0f} s\n")
    with _server(data, port) as process:
        cookie = _sign_in(port)
        settlement = _settle(port, cookie)
        return {
            name: _ask(port, cookie, page.format(settlement=settlement), requests, process.pid)
            for name, page in PAGES.items()
        }


@contextmanager
def _server(data: Path, port: int) -> Iterator[subprocess.Popen]:
    environment = os.environ | {"TRUEBOOKS_DATA": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    with (data / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log,
            text=True)  # fmt: skip
        try:
            process.stdout.readline()  # where it is
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def _sign_in(port: int) -> str:
    """The cookie of a session."""
    from tests.bench.many_settlements import EMAIL, PASSWORD

    status, headers, page = _request(port, "GET", "/sign-in", "")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    cookie = headers["Set-Cookie"].split(";")[0]
    form = urlencode({"csrf_token": token, "email": EMAIL, "password": PASSWORD})
    status, headers, page = _request(port, "POST", "/sign-in", cookie, form)
    assert status == 303, page
    return headers["Set-Cookie"].split(";")[0]


def _settle(port: int, cookie: str) -> str:
    """Waits until every status is worked out; the id of a settlement that is ready."""
    started = time.perf_counter()
    while "is being worked out again" in (page := _request(port, "GET", "/settlements?status=ready", cookie)[2]):
        time.sleep(0.05)
    sys.stderr.write(f"every status worked out in {time.perf_counter() - started:.1f} s\n")
    return re.search(r'name="settlement" value="(\d+)"', page)[1]


def _request(port: int, method: str, path: str, cookie: str, form: str = "", htmx: bool = False):
    connection = http.client.HTTPConnection("localhost", port, timeout=60)
    headers = {"Cookie": cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
    connection.request(method, path, form or None, headers | ({"HX-Request": "true"} if htmx else {}))
    answer = connection.getresponse()
    told = answer.status, dict(answer.getheaders()), answer.read().decode()
    connection.close()
    return told


def _ask(port: int, cookie: str, path: str, requests: int, server: int) -> Measured:
    htmx = path.endswith("/preview")
    for _ in range(3):
        assert _request(port, "GET", path, cookie, htmx=htmx)[0] == 200, path
    times: list[float] = []
    before = _cpu_seconds(server)
    clients = [
        threading.Thread(target=_client, args=(port, cookie, path, requests // CLIENTS, htmx, times))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    cpu = (_cpu_seconds(server) - before) / len(times) * 1000
    ordered = sorted(times)
    return Measured(statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000, cpu)


def _client(port: int, cookie: str, path: str, requests: int, htmx: bool, times: list[float]) -> None:
    for _ in range(requests):
        started = time.perf_counter()
        status, _, _ = _request(port, "GET", path, cookie, htmx=htmx)
        times.append(time.perf_counter() - started)
        assert status == 200, (path, status)


def _cpu_seconds(process: int) -> float:
    """What the process has used so far, of every core."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    print(main(sys.argv[1:]))
