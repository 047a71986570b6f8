"""Writing the chart of accounts: create, change, archive, delete (xero.md 8.3)."""

import uuid

from sandbox.xero.accounting import reading
from sandbox.xero.accounting.answers import Answer, not_found
from sandbox.xero.accounting.call import Call
from sandbox.xero.accounting.reference_lists import account
from sandbox.xero.accounting.saving import Invalid, save_all
from sandbox.xero.accounting.texts import say

CLASSES = {
    "BANK": "ASSET", "CURRENT": "ASSET", "FIXED": "ASSET", "INVENTORY": "ASSET", "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET", "EQUITY": "EQUITY", "DEPRECIATN": "EXPENSE", "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE", "OVERHEADS": "EXPENSE", "CURRLIAB": "LIABILITY", "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY", "OTHERINCOME": "REVENUE", "REVENUE": "REVENUE", "SALES": "REVENUE",
}
LIMITS = {"Code": 10, "Name": 150, "Description": 4000}


def create(call: Call) -> Answer:
    return save_all(call, "Accounts", "AccountID", lambda given: account(_create(call, given)), _echo)


def update(call: Call, account_id: str) -> Answer:
    kept = _find(call, account_id)
    return save_all(call, "Accounts", "AccountID", lambda given: account(change(call, kept, given)), _echo)


def delete(call: Call, account_id: str) -> Answer:
    """Only what was never used can be deleted; the rest can be archived."""
    kept = _find(call, account_id)
    used = call.db.execute(
        "SELECT 1 FROM contents WHERE tenant_id = ? AND instr(lines || body, ?) LIMIT 1",
        (call.ledger.tenant_id, kept["AccountID"]),
    ).fetchone()

    def _delete(_: dict) -> dict:
        if used or kept["SystemAccount"]:
            raise Invalid(say("account_in_use"))
        call.ledger.remove("account", kept["AccountID"])
        return account({**kept, "Status": "DELETED"})

    return save_all(call, "Accounts", "AccountID", _delete, given=[{}])


def _find(call: Call, account_id: str) -> dict:
    for kept in call.ledger.accounts.values():
        if kept["AccountID"] == account_id.lower():
            return kept
    raise not_found()


def _echo(given: dict) -> dict:
    return {name: given[name] for name in ("Code", "Name", "Type") if isinstance(given.get(name), str)}


def _create(call: Call, given: dict) -> dict:
    kind = str(given.get("Type") or "")
    if kind not in CLASSES:
        raise Invalid(say("account_type_unknown", type=kind))
    new = {
        "AccountID": str(uuid.uuid4()), "Code": "", "Name": "", "Status": "ACTIVE", "Type": kind, "TaxType": "NONE",
        "Class": CLASSES[kind], "SystemAccount": "", "EnablePaymentsToAccount": False, "Description": "",
    }
    return change(call, new, {name: value for name, value in given.items() if name != "Status"})


def change(call: Call, kept: dict, given: dict) -> dict:
    """Takes over the given fields and keeps the account; raises Invalid."""
    new = dict(kept)
    for name, length in LIMITS.items():
        if given.get(name):
            new[name] = reading.text(given, name, length)
    if given.get("TaxType"):
        if str(given["TaxType"]) not in call.ledger.tax_rates:
            raise Invalid(say("tax_type_unknown", tax_type=given["TaxType"]))
        new["TaxType"] = str(given["TaxType"])
    if "EnablePaymentsToAccount" in given:
        new["EnablePaymentsToAccount"] = bool(given["EnablePaymentsToAccount"])
    _take_status(new, given)
    _check_unique(call, new)
    new["UpdatedDateUTC"] = call.now_ms
    call.ledger.keep_account(new)
    return new


def _take_status(new: dict, given: dict) -> None:
    status = given.get("Status") or new["Status"]
    if status not in ("ACTIVE", "ARCHIVED"):
        raise Invalid(say("account_status_unknown", status=status))
    if status == "ARCHIVED" and new["SystemAccount"]:
        raise Invalid(say("account_in_use"))
    new["Status"] = status


def _check_unique(call: Call, new: dict) -> None:
    for name in ("Code", "Name"):
        if not new[name]:
            raise Invalid(say("account_field_missing", field=name))
        for other in call.ledger.accounts.values():
            if other["AccountID"] != new["AccountID"] and other[name].casefold() == new[name].casefold():
                raise Invalid(say("account_not_unique", field=name))
