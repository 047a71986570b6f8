"""The books of a made-up UK organisation registered for VAT, for tests."""

from decimal import Decimal

from services.core import marketplaces
from services.core.books import AccountFacts, Books, Mapped, TaxRateFacts
from services.core.catalogue import standard
from services.core.classifier import Classifier
from services.core.plans import Plan, PlanSettings, Subject, plan_document
from services.core.settlement import Settlement

_ACCOUNTS = """
200 Amazon Sales|REVENUE|SALES
201 Amazon Refunds|REVENUE|SALES
260 Amazon Reimbursements|REVENUE|OTHERINCOME
400 Advertising|EXPENSE|EXPENSE
401 Amazon Selling Fees|EXPENSE|EXPENSE
402 FBA Fees|EXPENSE|EXPENSE
403 Amazon Storage|EXPENSE|EXPENSE
425 Postage|EXPENSE|EXPENSE
610 Amazon Reserved Balances|ASSET|CURRENT
835 Tax collected and paid by Amazon|LIABILITY|CURRLIAB
836 Amazon Loans|LIABILITY|CURRLIAB
850 Suspense|LIABILITY|CURRLIAB
090 Bank|ASSET|BANK
"""
_RATES = """
OUTPUT2|20% (VAT on Income)|20|REVENUE
INPUT2|20% (VAT on Expenses)|20|EXPENSE
ZERORATEDOUTPUT|Zero Rated Income|0|REVENUE
REVERSECHARGES|Reverse Charge Expenses (20%)|20|EXPENSE
NONE|No VAT|0|REVENUE EXPENSE ASSET LIABILITY
"""
_MAPPINGS = """
SALES 200 OUTPUT2
SALES_SHIPPING 200 OUTPUT2
GIFT_WRAP 200 OUTPUT2
PROMOTIONS 200 OUTPUT2
REFUNDS 201 OUTPUT2
SALES_AMAZON_TAXED 200 ZERORATEDOUTPUT
REFUNDS_AMAZON_TAXED 201 ZERORATEDOUTPUT
SELLER_FEES 401 INPUT2
SUBSCRIPTION 401 INPUT2
PROMO_FEES 401 INPUT2
FBA_FEES 402 INPUT2
INBOUND_FEES 402 INPUT2
REMOVAL_FEES 402 INPUT2
STORAGE_FEES 403 INPUT2
ADVERTISING 400 INPUT2
POSTAGE 425 NONE
REIMBURSEMENTS 260 NONE
LIQUIDATIONS 200 OUTPUT2
RESERVE 610 NONE
BALANCE_MOVEMENT 610 NONE
MF_TAX_WITHHELD 835 NONE
SALES_TAX 835 NONE
LOANS 836 NONE
OTHER 850 NONE
"""


def rows(text: str, separator: str | None = None) -> list[list[str]]:
    return [row.split(separator) for row in text.strip().splitlines()]


ACCOUNTS = {
    name[:3]: AccountFacts(name[:3], name[4:], class_, type_, "ACTIVE") for name, class_, type_ in rows(_ACCOUNTS, "|")
}
RATES = {
    tax_type: TaxRateFacts(tax_type, name, Decimal(rate), "ACTIVE", frozenset(classes.split()))
    for tax_type, name, rate, classes in rows(_RATES, "|")
}
MAPPINGS = {(category, ""): Mapped(account, tax_type) for category, account, tax_type in rows(_MAPPINGS)}
CURRENCIES = frozenset({"GBP", "EUR", "USD", "CAD", "AUD"})


def uk_books(mappings=None, accounts=None, tax_rates=None, currencies=CURRENCIES, lock_date="") -> Books:
    """The usual books with some mappings, accounts or rates replaced or added."""
    return Books(
        MAPPINGS | (mappings or {}), ACCOUNTS | (accounts or {}), RATES | (tax_rates or {}), currencies, lock_date
    )


def subject_of(settlement: Settlement, **changes) -> Subject:
    """The settlement as it arrives: numbered, referenced, with its marketplace's contact."""
    home = marketplaces.of_settlement(settlement)
    facts = {
        "settlement_id": settlement.settlement_id, "number": "AMZ-TB-10001",
        "reference": marketplaces.reference(
            settlement.total, settlement.currency, home.country, settlement.settlement_id
        ),
        "marketplace": home.name, "currency": settlement.currency, "total": settlement.total,
        "deposit_date": settlement.deposit_date, "end_date": settlement.end_date, "contact": home.name,
        "lines_total": settlement.lines_total,
    }  # fmt: skip
    return Subject(**(facts | changes))


def plan_of(settlement: Settlement, books: Books | None = None, rules=None, settings=None, **changes) -> Plan:
    """The plan of a settlement in the usual books."""
    return plan_document(
        subject_of(settlement, **changes),
        settlement.groups,
        Classifier(standard(), rules),
        uk_books() if books is None else books,
        settings or PlanSettings(),
    )
