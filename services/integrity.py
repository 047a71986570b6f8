"""Xero Integrity Tools: every document of ours held against the settlements here; scan, dry run and repair.

A press is a row; the work is carried on in the background (services/batch_worker.py), one run at a time,
and goes on after a restart. Each run's row keeps its report.
"""

import dataclasses
from collections.abc import Iterable

from models import IntegrityRun, Settlement
from services import integrity_scan, leases, xero_connection
from services.audit import Actor
from services.core.reconciliation import Finding
from services.database import write_txn
from services.errors import AppError, Refused
from services.integrity_repair import Reported, repaired
from services.integrity_scan import Seen
from services.parts import Parts
from services.xero.client import XeroClient

SCAN, DRY_RUN, REPAIR = "scan", "dry_run", "repair"
NAMES = {SCAN: "Scan", DRY_RUN: "Dry run", REPAIR: "Repair"}
LEASE, LEASE_SECONDS = "integrity", 120
LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 75.0  # Xero's minute is waited out; a page does not
MISTAKE = "TrueBooks made a mistake here; the server's log says more. What was repaired until then stays repaired."


# --- the press --------------------------------------------------------------------------------


def begin(parts: Parts, mode: str, actor: Actor) -> IntegrityRun:
    """Writes down what is to be run. Raises NotConnected, and Refused while another run is not over."""
    xero_connection.client(parts)  # not connected is said before anything is written
    with write_txn():
        other = under_way()
        if other:
            raise Refused(
                f"A {NAMES[other.mode].lower()} that {other.started_by} started is not over yet. Wait for its report, "
                "then press again.")
        return IntegrityRun.create(mode=mode, started_at=parts.clock.now(), started_by=actor.name)


def run(parts: Parts, mode: str, actor: Actor) -> IntegrityRun:
    """Scans, and as ``repair`` also repairs, before it returns. Raises NotConnected, Refused, or AppError with why."""
    row = begin(parts, mode, actor)
    work(parts)
    while (row := IntegrityRun.get_by_id(row.id)).finished_at is None:  # a server on the same data was first
        parts.clock.sleep(LOOK_SECONDS)
        work(parts)
    if row.error:
        raise AppError(row.error)
    return row


def under_way() -> IntegrityRun | None:
    """The run that was asked for and is not over yet."""
    return IntegrityRun.get_or_none(IntegrityRun.finished_at.is_null())


def last() -> IntegrityRun | None:
    """The latest run that is over: its report."""
    over = IntegrityRun.select().where(IntegrityRun.finished_at.is_null(False))
    return over.order_by(IntegrityRun.id.desc()).first()


# --- the work ---------------------------------------------------------------------------------


def unfinished() -> bool:
    return under_way() is not None


def work(parts: Parts) -> None:
    """Carries the run that was asked for through; one worker at a time, over all processes.

    A run that a restart interrupted scans again and goes on with what is left to repair.
    """
    parts = dataclasses.replace(parts, patience_seconds=PATIENCE_SECONDS)
    with leases.kept(LEASE, parts.clock, LEASE_SECONDS) as owner:
        row = under_way()
        if owner and row:
            _carry_through(parts, row)


def _carry_through(parts: Parts, row: IntegrityRun) -> None:
    """Whatever ends it is told in the report; only the death of the process leaves it to the next start."""
    error, calls = MISTAKE, row.calls
    try:
        client = xero_connection.client(parts)
        _scan_and_deal(parts, client, row)
        error, calls = "", calls + client.calls
    except AppError as failed:
        error = failed.message
    finally:
        _end(row, finished_at=parts.clock.now(), error=error, calls=calls)


def _scan_and_deal(parts: Parts, client: XeroClient, row: IntegrityRun) -> None:
    before = [each for each in row.findings if each["outcome"] == "repaired"]  # until the process died
    scan = integrity_scan.scan(client, lambda documents: _keep(row, documents=documents))
    told = list(before)
    _keep(row, documents=scan.documents, to_do=len(scan.findings), done=0)
    for number, finding in enumerate(scan.findings, 1):
        told.append(_dealt_with(parts, client, finding, scan.seen, row).as_json())
        if row.mode == REPAIR:
            _keep(row, findings=told, done=number)
    _keep(row, findings=told, done=len(scan.findings))


def _keep(row: IntegrityRun, **fields) -> None:
    with write_txn():
        IntegrityRun.update(**fields).where(IntegrityRun.id == row.id).execute()


def _end(row: IntegrityRun, **fields) -> None:
    _keep(row, **fields)


def _dealt_with(parts: Parts, client: XeroClient, finding: Finding, seen: Seen, row: IntegrityRun) -> Reported:
    if row.mode == SCAN:
        return Reported(finding)
    if row.mode == DRY_RUN:
        return Reported(finding, "planned" if finding.does_something else "reported")
    try:
        return repaired(parts, client, finding, seen, Actor(row.started_by))
    except AppError as error:  # a failure in one leaves the others to be done
        return Reported(finding, "failed", error.message)


def counts(findings: Iterable[dict]) -> dict[str, int]:
    """How many of each kind."""
    told: dict[str, int] = {}
    for each in findings:
        told[each["kind"]] = told.get(each["kind"], 0) + 1
    return told


def settlements_of(findings: Iterable[dict]) -> dict[str, str]:
    """The settlement's id by the finding's reference, whose last word is its key; of those that are here."""
    by_key = {each["reference"].rpartition(" ")[2]: each["reference"] for each in findings}
    rows = Settlement.select(Settlement.key, Settlement.settlement_id).where(Settlement.key.in_(list(by_key)))
    return {by_key[row.key]: row.settlement_id for row in rows}
