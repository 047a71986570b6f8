"""A workspace connected to the built-in sandbox, and a hand in the sandbox to turn things there."""

import io
import re
from contextlib import contextmanager
from itertools import count

from werkzeug.test import Client

from commands import consent
from models import Posting, Settlement, XeroConnection
from services import reference_data, settlement_list, settlements, suggested_mappings, xero_connection
from services.audit import Actor
from services.settlements import Taken, Upload

ANN = Actor("ann@example.com")
HEADER = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type "
    "amount-description amount fulfillment-id posted-date posted-date-time order-item-code "
    "merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased promotion-id"
).split()
SALE = ("Order", "Amazon.co.uk", "ItemPrice", "Principal")
FEE = ("Order", "Amazon.co.uk", "ItemFees", "Commission")
ADS = ("ServiceFee", "", "Cost of Advertising", "TransactionTotalAmount")


def settlement_text(
    *lines: tuple[tuple[str, str, str, str], str], settlement_id="26000000001", total=None, currency="GBP"
) -> str:
    """A V2 file with these (line type, amount) lines; its total is their sum unless another is stated."""
    from decimal import Decimal

    stated = total if total is not None else str(sum((Decimal(amount) for _, amount in lines), Decimal("0.00")))
    head = {
        "settlement-id": settlement_id,
        "settlement-start-date": "01.05.2026 00:00:00 UTC",
        "settlement-end-date": "15.05.2026 00:00:00 UTC",
        "deposit-date": "17.05.2026 00:00:00 UTC",
        "total-amount": stated,
        "currency": currency,
    }
    rows = [head]
    for number, ((transaction, marketplace, amount_type, description), amount) in enumerate(lines, 1):
        rows.append(
            {
                "settlement-id": settlement_id,
                "transaction-type": transaction,
                "order-id": f"206-{number:07}",
                "marketplace-name": marketplace,
                "amount-type": amount_type,
                "amount-description": description,
                "amount": amount,
                "posted-date-time": "05.05.2026 10:00:00 UTC",
                "order-item-code": f"5{number:010}",
            }
        )
    table = [HEADER, *([row.get(name, "") for name in HEADER] for row in rows)]
    return "".join("\t".join(cells) + "\n" for cells in table)


class World:
    """The workspace under test; ``parts`` reach the sandbox in this process."""

    def __init__(self, parts):
        self.parts = parts
        self._hand = Client(parts.xero_http.wsgi_app)
        self._ids = count(26_000_000_001)

    def connect(self, organisation: str = "") -> None:
        consent.connect(self.parts, organisation)
        reference_data.sync(self.parts, ANN)

    def connect_and_map(self) -> None:
        self.connect()
        suggested_mappings.apply_suggested(self.parts, ANN)

    def take(self, text: str) -> Taken:
        return settlements.take_in(self.parts, [Upload("settlement.txt", io.BytesIO(text.encode()))], ANN)[0]

    @staticmethod
    def take_many(parts, many: list[tuple], first: int = 28_000_000_001) -> None:
        """Settlements with these lines each, taken in together."""
        uploads = [
            Upload(f"{number}.txt", io.BytesIO(settlement_text(*lines, settlement_id=str(number)).encode()))
            for number, lines in enumerate(many, first)]
        settlements.take_in(parts, uploads, ANN)

    def settlement(self, *lines, **facts) -> str:
        """A settlement with these lines (one sale of 120.00 when left out); its id."""
        facts.setdefault("settlement_id", str(next(self._ids)))
        taken = self.take(settlement_text(*(lines or ((SALE, "120.00"), (FEE, "-18.00"))), **facts))
        assert taken.outcome == "imported", taken
        return taken.settlement_id

    def status(self, settlement_id: str) -> str:
        rows = {row.settlement.settlement_id: row.status for row in settlement_list.everything()}
        return rows[settlement_id]

    def stored(self, settlement_id: str) -> Settlement:
        return Settlement.get(Settlement.settlement_id == settlement_id)

    def forget(self, settlement_id: str) -> None:
        """As if the database had been lost after posting."""
        row = self.stored(settlement_id)
        Posting.delete().where(Posting.settlement == row).execute()
        Settlement.update(state="in_hand", state_reason="").where(Settlement.id == row.id).execute()

    # --- the hand in the sandbox ----------------------------------------------------------

    def switch(self, **to: str) -> None:
        assert self._hand.post("/sandbox/switches", json=to).status_code == 200

    def limits(self, **most: int) -> None:
        """How many calls the sandbox takes: ``limits(minute=1000)``."""
        assert self._hand.post("/sandbox/limits", json=most).status_code == 200

    def fault(self, method: str, path: str, fault: str, times: int = 1) -> None:
        order = {"method": method, "path": f"/api.xro/2.0/{path}", "fault": fault, "times": times}
        assert self._hand.post("/sandbox/faults", json=order).status_code == 200

    def no_faults(self) -> None:
        assert self._hand.delete("/sandbox/faults").status_code in (200, 204)

    def client(self):
        return xero_connection.client(self.parts)

    def documents(self, settlement_id: str, kind: str = "invoice") -> list:
        """The active documents in Xero that carry the settlement's key."""
        return self.client().find_documents(kind, self.stored(settlement_id).key)

    @contextmanager
    def counted(self, monkeypatch):
        """Collects (method, path) of every call to the Accounting API while the block runs."""
        calls: list[tuple[str, str]] = []
        sandbox = self.parts.xero_http.wsgi_app
        inner = type(sandbox).__call__

        def counting(this, environ, start_response):
            if environ["PATH_INFO"].startswith("/api.xro/"):
                calls.append((environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/api.xro/2.0/")))
            return inner(this, environ, start_response)

        with monkeypatch.context() as patch:
            patch.setattr(type(sandbox), "__call__", counting)
            yield calls

    def pay(self, document_id: str) -> None:
        """Pays the invoice in full, as somebody in Xero does."""
        tenant = XeroConnection.get_by_id(1).tenant_id
        answer = self._hand.post(f"/sandbox/{tenant}/invoices/{document_id}/payment")
        assert answer.status_code < 400, answer.text

    def unpay(self, document_id: str) -> None:
        """Removes its payments again."""
        tenant = XeroConnection.get_by_id(1).tenant_id
        page = f"/sandbox/{tenant}/invoices/{document_id}"
        for payment in re.findall(r"/payments/([0-9a-f-]{36})/removal", self._hand.get(page).text):
            assert self._hand.post(f"{page}/payments/{payment}/removal").status_code < 400

    def edit(self, document_id: str, **fields) -> None:
        """Changes an invoice in Xero by hand."""
        self.client().write("POST", f"Invoices/{document_id}", {"Invoices": [{"InvoiceID": document_id, **fields}]})

    def lock(self, until: str) -> None:
        """Locks the organisation's period up to this day (empty: unlocks it), behind TrueBooks' back."""
        tenant = XeroConnection.get_by_id(1).tenant_id
        answer = self._hand.post(f"/sandbox/{tenant}/organisation", json={"PeriodLockDate": until})
        assert answer.status_code == 200, answer.text
