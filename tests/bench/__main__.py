"""bin/bench import: TrueBooks' whole job beside pandas, polars and csv.DictReader doing a part of it, in one run."""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.bench.files import DIALECTS, SEED, Dialect, large_file

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench"
BENCH_PYTHON = ROOT / "var" / "bench-venv" / "bin" / "python"
RECORD = ROOT / "docs" / "measurements.md"

OURS = "truebooks"
BOUND_FROM_LINES = 1_000_000  # in smaller files starting Python weighs more than reading
# name → (interpreter, what TrueBooks' time must stay below, as a multiple of this one's)
OTHERS = {
    "naive": (sys.executable, "0.75"),
    "pandas_decimal": (BENCH_PYTHON, "1.0"),
    "pandas_cents": (BENCH_PYTHON, "–"),
    "polars_decimal": (BENCH_PYTHON, "5.0"),
}


class Measured(NamedTuple):
    """One contender on one file: seconds from the start of its process to its end, memory in kB."""

    seconds: list[float]
    cpu_seconds: list[float]  # of all its threads, which a busy machine stretches less
    idle_kb: int
    peak_kb: int
    minor: int
    lines: int

    @property
    def middle(self) -> float:
        return statistics.median(self.seconds)


def main() -> None:
    arguments = _arguments()
    tables = [_previews(arguments.runs)] if arguments.what == "preview" else _imports(arguments)
    text = "\n".join(tables)
    print(text)
    if arguments.record:
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"\n{_heading(arguments)}\n\n{text}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("what", choices=["import", "preview"])
    parser.add_argument("--lines", type=int, action="append", help="lines in the file (100000 and 1000000)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the middle one counts")
    parser.add_argument("--record", action="store_true", help="append the result to docs/measurements.md")
    arguments = parser.parse_args()
    arguments.lines = arguments.lines or [100_000, 1_000_000]
    return arguments


def _imports(arguments: argparse.Namespace) -> list[str]:
    return [_table(dialect, lines, arguments.runs) for lines in arguments.lines for dialect in DIALECTS]


def _table(dialect: Dialect, lines: int, runs: int) -> str:
    path = large_file(FOLDER, dialect, lines)
    measured = _measure(path, runs)
    ours = measured[OURS]
    assert len({(each.minor, each.lines) for each in measured.values()}) == 1, "the contenders disagree"
    rows = [
        f"{dialect.name}, {ours.lines:,} lines, {path.stat().st_size / 1e6:.0f} MB: middle of {runs} runs",
        "",
        "| contender | seconds | TrueBooks is × | may be × | CPU seconds | memory above idle, MB |",
        "|---|---|---|---|---|---|",
    ]
    for name, each in measured.items():
        ratio, bound = (f"{ours.middle / each.middle:.2f}", OTHERS[name][1]) if name != OURS else ("", "")
        bound = bound if ours.lines >= BOUND_FROM_LINES else ""
        above = (each.peak_kb - each.idle_kb) / 1024
        cpu = statistics.median(each.cpu_seconds)
        rows.append(f"| {name} | {each.middle:.2f} | {ratio} | {bound} | {cpu:.2f} | {above:.0f} |")
    return "\n".join(rows) + "\n"


def _measure(path: Path, runs: int) -> dict[str, Measured]:
    """Each contender in a fresh process, in turn, so that all see the same machine."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass  # into the page cache, for all alike
    interpreters = {OURS: sys.executable} | {name: str(python) for name, (python, _) in OTHERS.items()}
    found: dict[str, list[tuple[float, dict]]] = {name: [] for name in interpreters}
    for _ in range(runs):
        for name, python in interpreters.items():
            found[name].append(_run(python, name, path))
    return {name: _measured(results) for name, results in found.items()}


def _run(python: str, name: str, path: Path) -> tuple[float, dict]:
    scratch = FOLDER / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    started, cpu_before = time.perf_counter(), _cpu_of_children()
    command = [python, "-m", "tests.bench.contenders", name, str(path), str(scratch)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds, cpu = time.perf_counter() - started, _cpu_of_children() - cpu_before
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    return seconds, json.loads(done.stdout) | {"cpu": cpu}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _measured(results: list[tuple[float, dict]]) -> Measured:
    first = results[0][1]
    return Measured(
        [seconds for seconds, _ in results],
        [result["cpu"] for _, result in results],
        statistics.median_low([result["idle_kb"] for _, result in results]),
        statistics.median_low([result["peak_kb"] for _, result in results]),
        first["minor"],
        first["lines"],
    )


def _previews(runs: int) -> str:
    """Preview works on the sums stored on arrival: the size of the file makes no difference."""
    rows = ["| lines | preview, milliseconds |", "|---|---|"]
    for lines in (1000, 1_000_000):
        results = [_run(sys.executable, "preview", large_file(FOLDER, DIALECTS[0], lines))[1] for _ in range(runs)]
        rows.append(f"| {lines:,} | {statistics.median(result['milliseconds'] for result in results):.1f} |")
    return "\n".join(rows) + "\n"


def _heading(arguments: argparse.Namespace) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    asked = " ".join(f"--lines {lines}" for lines in arguments.lines) if arguments.what == "import" else ""
    command = f"bin/bench {arguments.what} {asked} --runs {arguments.runs}".replace("  ", " ")
    return f"`{command}`, seed {SEED}, commit {commit}, {datetime.now(UTC):%Y-%m-%d}"


main()
