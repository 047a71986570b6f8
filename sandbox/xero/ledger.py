"""What an organisation in the sandbox holds: its facts, chart, rates, tracking, currencies and contacts."""

import sqlite3
from functools import cached_property

from sandbox.xero import wire


def organisations(db: sqlite3.Connection) -> list[dict]:
    rows = db.execute("SELECT body FROM records WHERE kind = 'organisation' ORDER BY position")
    return [wire.loads(row["body"]) for row in rows]


class Ledger:
    """One organisation, read as it is needed and held for the length of one request."""

    def __init__(self, db: sqlite3.Connection, tenant_id: str):
        self.db = db
        self.tenant_id = tenant_id

    def records(self, kind: str) -> list[dict]:
        rows = self.db.execute(
            "SELECT body FROM records WHERE tenant_id = ? AND kind = ? ORDER BY position, id", (self.tenant_id, kind)
        )
        return [wire.loads(row["body"]) for row in rows]

    @cached_property
    def organisation(self) -> dict:
        return self.records("organisation")[0]

    @cached_property
    def accounts(self) -> dict[str, dict]:
        """By code."""
        return {account["Code"]: account for account in self.records("account")}

    def account_words(self, line: dict) -> str:
        """``200 – Amazon Sales``: the account of a line as it is called now; empty when it has none."""
        found = next((each for each in self.accounts.values() if each["AccountID"] == line.get("AccountID")), None)
        return f"{found['Code']} – {found['Name']}" if found else line.get("AccountCode", "")

    @cached_property
    def tax_rates(self) -> dict[str, dict]:
        """By TaxType."""
        return {rate["TaxType"]: rate for rate in self.records("tax_rate")}

    @cached_property
    def tracking(self) -> list[dict]:
        return self.records("tracking_category")

    @cached_property
    def currencies(self) -> dict[str, str]:
        """Enabled ones: code → description."""
        return {currency["Code"]: currency["Description"] for currency in self.records("currency")}

    @cached_property
    def contacts(self) -> dict[str, dict]:
        """By ContactID."""
        return {contact["ContactID"]: contact for contact in self.records("contact")}

    def keep_contact(self, contact: dict) -> None:
        self.contacts[contact["ContactID"]] = contact
        self._keep("contact", contact["ContactID"], contact)

    def keep_account(self, account: dict) -> None:
        self._keep("account", account["AccountID"], account)
        self.__dict__.pop("accounts", None)  # read afresh

    def remove(self, kind: str, record_id: str) -> None:
        self.db.execute(
            "DELETE FROM records WHERE tenant_id = ? AND kind = ? AND id = ?", (self.tenant_id, kind, record_id)
        )
        for name in ("accounts", "currencies", "tax_rates"):
            self.__dict__.pop(name, None)

    def keep_currency(self, currency: dict) -> None:
        self._keep("currency", currency["Code"], currency)
        self.__dict__.pop("currencies", None)

    def keep_organisation(self, facts: dict) -> None:
        self.organisation.clear()
        self.organisation.update(facts)
        self._keep("organisation", self.tenant_id, facts)

    def _keep(self, kind: str, record_id: str, body: dict) -> None:
        text = wire.dumps(body)
        self.db.execute(
            "INSERT INTO records (tenant_id, kind, id, position, body) VALUES (?, ?, ?, "
            "(SELECT 1 + max(position) FROM records), ?) "
            "ON CONFLICT (tenant_id, kind, id) DO UPDATE SET body = excluded.body",
            (self.tenant_id, kind, record_id, text),
        )
