"""Counts calls per app and organisation and says how many are left (xero.md 3.1). Nothing is refused yet."""

import sqlite3

SPANS = {  # header → what is counted, for how long, and how many calls there are
    "X-DayLimit-Remaining": ("day", 24 * 3600 * 1000, 5000),
    "X-MinLimit-Remaining": ("minute", 60 * 1000, 600),
    "X-AppMinLimit-Remaining": ("app minute", 60 * 1000, 10000),
}


def count(db: sqlite3.Connection, client_id: str, tenant_id: str, now_ms: int) -> dict[str, str]:
    """Counts this call; gives the headers of its answer."""
    headers = {}
    for header, (span, length_ms, limit) in SPANS.items():
        tenant = "" if span.startswith("app") else tenant_id
        used = _count(db, client_id, tenant, span, now_ms // length_ms)
        headers[header] = str(max(0, limit - used))
    return headers


def _count(db: sqlite3.Connection, client_id: str, tenant_id: str, span: str, started: int) -> int:
    row = db.execute(
        "INSERT INTO calls VALUES (?, ?, ?, ?, 1) ON CONFLICT (client_id, tenant_id, span) DO UPDATE SET "
        "count = CASE WHEN started = excluded.started THEN count + 1 ELSE 1 END, started = excluded.started "
        "RETURNING count",
        (client_id, tenant_id, span, started),
    )
    return row.fetchone()["count"]
