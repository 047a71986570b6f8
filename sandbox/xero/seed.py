"""Fills an empty sandbox with its organisations, from the readable files in data/."""

import csv
import sqlite3
import tomllib
import uuid
from functools import cache
from pathlib import Path

from sandbox.xero import wire

DATA = Path(__file__).with_name("data")
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:truebooks:sandbox:xero")
CLASSES = ("assets", "equity", "expenses", "liabilities", "revenue")


def fixed_id(*names: str) -> str:
    """The same id for the same names, so that a reset brings back the same organisations."""
    return str(uuid.uuid5(NAMESPACE, "/".join(names)))


@cache
def organisations() -> list[dict]:
    return tomllib.loads((DATA / "organisations.toml").read_text(encoding="utf-8"))["organisation"]


def tenant_id(key: str) -> str:
    return fixed_id(key, "organisation")


def fill(db: sqlite3.Connection, now_ms: int) -> None:
    """Puts the organisations in; does nothing when they are there."""
    if not db.execute("SELECT 1 FROM records LIMIT 1").fetchone():
        for organisation in organisations():
            _put_in(db, organisation, tenant_id(organisation["key"]), now_ms)


def _put_in(db: sqlite3.Connection, organisation: dict, tenant: str, now_ms: int, salt: str = "") -> None:
    first = 1000 * organisations().index(organisation)
    for position, (kind, record_id, body) in enumerate(_records(organisation, tenant, now_ms, salt), start=first):
        db.execute(
            "INSERT INTO records (tenant_id, kind, id, position, body) VALUES (?, ?, ?, ?, ?)",
            (tenant, kind, record_id, position, wire.dumps(body)),
        )


def reset(db: sqlite3.Connection, now_ms: int) -> None:
    """Back to the beginning: documents, connections, tokens, switches, faults and clock are all gone."""
    tables = [row["name"] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for table in tables:
        db.execute(f"DELETE FROM {table}")  # noqa: S608 the names come from the schema
    fill(db, now_ms)


def reset_organisation(db: sqlite3.Connection, tenant: str, key: str, now_ms: int, keeps_id: bool) -> str:
    """What Xero does to a Demo Company every 28 days: its data and connections are gone; its tenant id now.

    Unless it ``keeps_id`` it is another organisation from then on, whose ids are all new [RAIL, LAB].
    """
    tables = ("records", "documents", "contents", "allocations", "attachments", "changes", "connections")
    for table in tables:
        db.execute(f"DELETE FROM {table} WHERE tenant_id = ?", (tenant,))  # noqa: S608 our own names
    new, salt = (tenant, "") if keeps_id else (str(uuid.uuid4()), uuid.uuid4().hex)
    _put_in(db, next(each for each in organisations() if each["key"] == key), new, now_ms, salt)
    return new


def key_of(facts: dict) -> str:
    """Which of the organisations in data/organisations.toml this one was made from."""
    made = {each["facts"]["Name"]: each["key"] for each in organisations()}
    return facts.get("Key") or made[facts["Name"]]


def _records(organisation: dict, tenant: str, now_ms: int, salt: str):
    key = organisation["key"] + salt
    own = {"OrganisationID": tenant, "CreatedDateUTC": now_ms, "Label": organisation["label"],
           "Key": organisation["key"]}
    yield "organisation", tenant, {**organisation["facts"], **own}
    for code in organisation["currencies"]:
        yield "currency", code, {"Code": code, "Description": currency_names()[code]}
    for row in _rows(organisation["accounts"]):
        yield "account", fixed_id(key, "account", row["code"]), _account(key, row, now_ms)
    for row in _rows(organisation["tax_rates"]):
        yield "tax_rate", row["tax_type"], _tax_rate(row)
    for category in organisation.get("tracking", []):
        yield "tracking_category", fixed_id(key, "tracking", category["Name"]), _tracking(key, category)
    for contact in organisation.get("contacts", []):
        own = {"ContactID": fixed_id(key, "contact", contact["Name"]), "UpdatedDateUTC": now_ms}
        yield "contact", own["ContactID"], {"ContactStatus": "ACTIVE", **contact, **own}


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def currency_names() -> dict[str, str]:
    return {row["code"]: row["description"] for row in _rows("currencies.csv")}


def _account(key: str, row: dict[str, str], now_ms: int) -> dict:
    return {
        "AccountID": fixed_id(key, "account", row["code"]), "Code": row["code"], "Name": row["name"],
        "Status": row["status"], "Type": row["type"], "TaxType": row["tax_type"], "Class": row["class"],
        "SystemAccount": row["system_account"], "EnablePaymentsToAccount": row["payments"] == "true",
        "Description": row["description"], "UpdatedDateUTC": now_ms,
    }


def _tax_rate(row: dict[str, str]) -> dict:
    applies = {f"CanApplyTo{name.title()}": row[name] == "true" for name in CLASSES}
    return {
        "Name": row["name"], "TaxType": row["tax_type"], "ReportTaxType": row["report_tax_type"], **applies,
        "Rate": row["rate"], "DocumentRate": row["document_rate"], "Status": row["status"],
    }


def _tracking(key: str, category: dict) -> dict:
    options = [
        {"TrackingOptionID": fixed_id(key, "option", category["Name"], option), "Name": option, "Status": "ACTIVE"}
        for option in category["options"]
    ]
    return {
        "TrackingCategoryID": fixed_id(key, "tracking", category["Name"]), "Name": category["Name"],
        "Status": "ACTIVE", "Options": options,
    }
