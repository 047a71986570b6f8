"""Two processes of two threads each press *Post* on the same settlement together, as often as is wanted.

``bin/simulate posting_threads --times 50``: one document each time. The sandbox stands alone.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from app import assemble
from models import Settlement, database
from services import postings, xero_connection
from services.config import load_config
from services.errors import AppError
from tests.sandbox.served import served
from tests.simulations.posting_kills import ACTOR, ROOT, workspace

PROCESSES, THREADS = 2, 2
AHEAD_SECONDS = 0.3  # so that everybody has heard before the moment comes


def pressing() -> None:
    """One process: for each line read, "settlement moment", all its threads press at that moment."""
    parts = assemble(load_config(ROOT))
    for line in sys.stdin:
        settlement_id, moment = line.split()
        told: list[str] = []
        threads = [threading.Thread(target=press, args=(parts, settlement_id, moment, told)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(json.dumps(told), flush=True)


def press(parts, settlement_id: str, moment: str, told: list[str]) -> None:
    time.sleep(max(0.0, float(moment) - time.time()))
    with database.connection_context():
        try:
            told.append(postings.post(parts, settlement_id, ACTOR).outcome)
        except AppError as error:
            told.append(error.message)


def simulate(times: int, say=print) -> list[str]:
    found = []
    with (tempfile.TemporaryDirectory(prefix="truebooks-") as folder, served(Path(folder) / "sandbox") as sandbox,
          workspace(Path(folder), sandbox) as parts):
        processes = [
            subprocess.Popen([sys.executable, "-m", "tests.simulations.posting_threads", "--press"], cwd=ROOT,
                             text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
        ids = [row.settlement_id for row in Settlement.select()]
        for number in range(times):
            settlement_id = ids[number % len(ids)]
            if number >= len(ids):
                postings.roll_back(parts, settlement_id, ACTOR)
            wrong = together(parts, processes, settlement_id)
            found += [f"press {number + 1}: {wrong}"] if wrong else []
            say(f"press {number + 1:3}: {wrong or 'one document'}")
        for process in processes:
            process.stdin.close()
            process.wait()
    return found


def together(parts, processes: list[subprocess.Popen], settlement_id: str) -> str:
    moment = time.time() + AHEAD_SECONDS
    for process in processes:
        process.stdin.write(f"{settlement_id} {moment}\n")
        process.stdin.flush()
    told = [outcome for process in processes for outcome in json.loads(process.stdout.readline())]
    row = Settlement.get(Settlement.settlement_id == settlement_id)
    there = [each.status for each in xero_connection.client(parts).find_documents("invoice", row.key)]
    if there != ["AUTHORISED"] or told.count("posted") != 1 or not set(told) <= {"posted", "already_there"}:
        return f"{there} in Xero; told {told}"
    return ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/simulate posting_threads", description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--press", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.press:
        pressing()
        return 0
    found = simulate(asked.times, say=lambda words: print(words, flush=True))
    print(f"{asked.times} times, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
