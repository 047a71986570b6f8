"""The families of documents, and what Xero calls their parts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    plural: str
    noun: str
    id_field: str
    number_field: str = ""  # empty: these bear no number
    types: tuple[str, str] = ("", "")  # the sales type, whose numbers are unique, and the purchase type
    number_prefix: str = ""
    selection: str = ""  # its section in data/fields.toml
    needs_due_date: bool = False

    @property
    def sales_type(self) -> str:
        return self.types[0]

    @property
    def words(self) -> dict[str, str]:
        return {
            "noun": self.noun, "noun_title": self.noun.title(), "lower": self.noun.lower(),
            "id_field": self.id_field, "number_field": self.number_field,
        }


INVOICES = Family(
    "Invoices", "Invoice", "InvoiceID", "InvoiceNumber", ("ACCREC", "ACCPAY"), "INV-", "invoices", True
)
CREDIT_NOTES = Family(
    "CreditNotes", "Credit note", "CreditNoteID", "CreditNoteNumber", ("ACCRECCREDIT", "ACCPAYCREDIT"), "CN-",
    "credit_notes",
)
JOURNALS = Family("ManualJournals", "Manual journal", "ManualJournalID", selection="manual_journals")
PAYMENTS = Family("Payments", "Payment", "PaymentID", selection="payments")
DOCUMENTS = (INVOICES, CREDIT_NOTES)
FAMILIES = {"invoices": INVOICES, "credit-notes": CREDIT_NOTES, "manual-journals": JOURNALS, "payments": PAYMENTS}
