"""GET /Organisation/Actions: what the user who connected the app may do there (xero.md 8.2)."""

from sandbox.xero.accounting import roles
from sandbox.xero.accounting.answers import Answer
from sandbox.xero.accounting.call import Call

INVOICES, JOURNALS, PAYMENTS = "accounting.invoices", "accounting.manualjournals", "accounting.payments"
ACTIONS = {  # name → the scope that stands for it; OAS, MNV
    "CreateApprovedInvoice": INVOICES, "CreateDraftPurchaseOrder": INVOICES, "CreateApprovedBill": INVOICES,
    "AttachFilesIntoInvoice": INVOICES, "UseMulticurrency": "", "CreateDraftInvoice": INVOICES,
    "CreateRepeatingInvoice": INVOICES, "CreateRepeatingBill": INVOICES, "CreateSentQuote": INVOICES,
    "CreateInvoicePayment": PAYMENTS, "CreateApprovedPurchaseOrder": INVOICES, "CreateDraftQuote": INVOICES,
    "CreateDraftBill": INVOICES, "CreateManualJournal": JOURNALS, "ApproveTransactionsBeforePeriodLockDate": "",
}


def listing(call: Call) -> Answer:
    allowed = {name: roles.may(call.db, scope, writing=True) for name, scope in ACTIONS.items() if scope}
    allowed["UseMulticurrency"] = len(call.ledger.currencies) > 1
    allowed["ApproveTransactionsBeforePeriodLockDate"] = roles.passes_period_lock(call.db)
    return call.answer("Actions", [
        {"Name": name, "Status": "ALLOWED" if allowed[name] else "NOT-ALLOWED"} for name in ACTIONS
    ])
