"""One contender in one process: ``python -m tests.bench.contenders NAME FILE FOLDER`` prints what it found as JSON.

TrueBooks does its whole job; the others only read the file and sum its amounts by line type, exactly.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

KEYS = ["transaction-type", "amount-type", "amount-description"]


def truebooks(path: Path, folder: Path) -> dict:
    """Reads, checks, classifies, sums, hashes, compresses and stores, as an upload does."""
    from models import Settlement, SettlementFile, database

    parts, idle = _workspace(folder), idle_kb()
    with database.connection_context():
        taken = _take_in(parts, path)
        row = Settlement.get()
        assert SettlementFile.get().size == path.stat().st_size
        assert taken.outcome == "imported" and not taken.problems, taken
        return {"minor": row.lines_total, "lines": row.line_count, "idle_kb": idle}


def preview(path: Path, folder: Path) -> dict:
    """A preview of the settlement, once it is here: the quickest of twenty."""
    import time

    from models import database
    from services import postings

    parts = _workspace(folder)
    with database.connection_context():
        settlement_id = _take_in(parts, path).settlement_id
        taken = []
        for _ in range(20):
            started = time.perf_counter()
            postings.preview(settlement_id)
            taken.append(time.perf_counter() - started)
        return {"milliseconds": min(taken) * 1000}


def _workspace(folder: Path):
    from models import Workspace, database
    from services import settlements  # noqa: F401 – its imports belong to the idle process
    from services.clock import SystemClock
    from services.database import open_database
    from services.parts import Parts

    open_database(folder / "truebooks.db")
    parts = Parts(config=None, clock=SystemClock(), xero_http=None)
    with database.connection_context():
        Workspace.create(id=1, mode="sandbox", created_at=parts.clock.now())
    return parts


def _take_in(parts, path: Path):
    from services.audit import COMMAND_LINE
    from services.settlements import Upload, take_in

    with path.open("rb") as stream:
        (taken,) = take_in(parts, [Upload(path.name, stream)], COMMAND_LINE)
    return taken


def naive(path: Path, _: Path) -> dict:
    """What one would write first: csv.DictReader and Decimal."""
    import csv
    from collections import defaultdict

    idle = idle_kb()
    sums: defaultdict[tuple, Decimal] = defaultdict(Decimal)
    lines = 0
    with path.open(encoding=encoding(path), newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["amount"]:
                sums[tuple(row[key] for key in KEYS)] += Decimal(row["amount"].replace(",", "."))
                lines += 1
    return found(sum(sums.values()), lines, idle)


def pandas_decimal(path: Path, _: Path) -> dict:
    """pandas with Python's decimals, the way its users keep money exact."""
    import pandas

    idle = idle_kb()
    frame = pandas.read_csv(
        path, sep="\t", quoting=3, usecols=[*KEYS, "amount"], dtype=str, keep_default_na=False, encoding=encoding(path)
    )
    frame = frame[frame["amount"] != ""]
    frame["amount"] = [Decimal(text.replace(",", ".")) for text in frame["amount"]]
    sums = frame.groupby(KEYS)["amount"].sum()
    return found(sum(sums), len(frame), idle)


def pandas_cents(path: Path, _: Path) -> dict:
    """pandas with whole cents, for speed; right only where every amount has two decimals, as here."""
    import pandas

    idle = idle_kb()
    frame = pandas.read_csv(
        path, sep="\t", quoting=3, usecols=[*KEYS, "amount"], dtype=str, keep_default_na=False, encoding=encoding(path)
    )
    frame = frame[frame["amount"] != ""]
    frame["amount"] = frame["amount"].str.replace(r"[.,]", "", regex=True).astype("int64")
    sums = frame.groupby(KEYS)["amount"].sum()
    return {"minor": int(sums.sum()), "lines": len(frame), "idle_kb": idle}


def polars_decimal(path: Path, _: Path) -> dict:
    """polars, lazily, with its own exact decimals."""
    import polars

    idle = idle_kb()
    amount = polars.col("amount").str.replace(",", ".", literal=True).cast(polars.Decimal(18, 2))
    sums = (
        polars.scan_csv(path, separator="\t", quote_char=None, infer_schema=False, encoding="utf8-lossy")
        .select([*KEYS, "amount"])
        .filter(polars.col("amount") != "")
        .group_by(KEYS)
        .agg(amount.sum(), polars.len().alias("lines"))
        .collect()
    )
    return found(sum(sums["amount"].to_list()), sum(sums["lines"].to_list()), idle)


def found(total: Decimal, lines: int, idle: int) -> dict:
    return {"minor": int(total * 100), "lines": lines, "idle_kb": idle}


def encoding(path: Path) -> str:
    return "cp1252" if path.name.startswith("de-") else "utf-8"


def idle_kb() -> int:
    """What the process holds now."""
    return _status_kb("VmRSS")


def peak_kb() -> int:
    """The most it has held. (The kernel's ru_maxrss would count what the parent process held, too.)"""
    return _status_kb("VmHWM")


def _status_kb(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])


CONTENDERS = {each.__name__: each for each in (truebooks, preview, naive, pandas_decimal, pandas_cents, polars_decimal)}

if __name__ == "__main__":
    result = CONTENDERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    print(json.dumps(result | {"peak_kb": peak_kb()}))
