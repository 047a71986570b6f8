"""Xero's reference data, typed: field for field what the tables of the same names keep."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.xero import answers, errors

_CLASSES = {"Assets": "ASSET", "Equity": "EQUITY", "Expenses": "EXPENSE",
            "Liabilities": "LIABILITY", "Revenue": "REVENUE"}


@dataclass(frozen=True)
class ConnectionFacts:
    """One organisation that this Xero user lets the app into; ``id`` is that of the link itself."""

    id: str
    tenant_id: str
    tenant_name: str
    tenant_type: str  # ORGANISATION, PRACTICE …
    event_id: str = ""  # the consent that was the first to let it in
    updated: datetime | None = None


@dataclass(frozen=True)
class OrganisationFacts:
    """Dates are YYYY-MM-DD, empty where nothing is locked."""

    organisation_id: str
    name: str
    country: str
    base_currency: str
    pays_tax: bool
    short_code: str
    period_lock_date: str
    year_lock_date: str


@dataclass(frozen=True)
class AccountFacts:
    account_id: str
    code: str  # empty on some bank accounts
    name: str
    type: str
    class_: str
    tax_type: str
    status: str
    system_account: str


@dataclass(frozen=True)
class TaxRateFacts:
    """``rate`` is per cent as exact decimal text: "20", "12.5"."""

    tax_type: str
    name: str
    rate: str
    status: str
    applies_to: list[str]


@dataclass(frozen=True)
class TrackingFacts:
    """Options are ``{"id", "name", "status"}``."""

    tracking_category_id: str
    name: str
    status: str
    options: list[dict[str, str]]


@dataclass(frozen=True)
class CurrencyFacts:
    code: str
    description: str


@dataclass(frozen=True)
class ContactFacts:
    contact_id: str
    name: str
    status: str


@dataclass(frozen=True)
class Contacts:
    """``all_read`` is False when Xero's pages did not lead to the end."""

    found: tuple[ContactFacts, ...]
    all_read: bool


def connection(element: dict) -> ConnectionFacts:
    return ConnectionFacts(
        id=_required(element, "id"), tenant_id=_required(element, "tenantId"),
        tenant_name=answers.text(element, "tenantName"), tenant_type=answers.text(element, "tenantType"),
        event_id=answers.text(element, "authEventId"), updated=answers.moment(answers.text(element, "updatedDateUtc")))


def organisation(element: dict) -> OrganisationFacts:
    return OrganisationFacts(
        organisation_id=_required(element, "OrganisationID"), name=answers.text(element, "Name"),
        country=answers.text(element, "CountryCode"), base_currency=answers.text(element, "BaseCurrency"),
        pays_tax=element.get("PaysTax") is True, short_code=answers.text(element, "ShortCode"),
        period_lock_date=answers.day(element, "PeriodLockDate"),
        year_lock_date=answers.day(element, "EndOfYearLockDate"))


def account(element: dict) -> AccountFacts:
    return AccountFacts(
        account_id=_required(element, "AccountID"), code=answers.text(element, "Code"),
        name=answers.text(element, "Name"), type=answers.text(element, "Type"), class_=answers.text(element, "Class"),
        tax_type=answers.text(element, "TaxType"), status=answers.text(element, "Status"),
        system_account=answers.text(element, "SystemAccount"))


def tax_rate(element: dict) -> TaxRateFacts:
    return TaxRateFacts(
        tax_type=_required(element, "TaxType"), name=answers.text(element, "Name"),
        rate=plain(answers.amount(element.get("EffectiveRate"))), status=answers.text(element, "Status"),
        applies_to=[class_ for field, class_ in _CLASSES.items() if element.get(f"CanApplyTo{field}") is True])


def tracking_category(element: dict) -> TrackingFacts:
    options = answers.parts_of(element, "Options")
    return TrackingFacts(
        tracking_category_id=_required(element, "TrackingCategoryID"), name=answers.text(element, "Name"),
        status=answers.text(element, "Status"),
        options=[{"id": _required(option, "TrackingOptionID"), "name": answers.text(option, "Name"),
                  "status": answers.text(option, "Status")} for option in options])


def currency(element: dict) -> CurrencyFacts:
    return CurrencyFacts(code=_required(element, "Code"), description=answers.text(element, "Description"))


def contact(element: dict) -> ContactFacts:
    return ContactFacts(
        contact_id=_required(element, "ContactID"), name=answers.text(element, "Name"),
        status=answers.text(element, "ContactStatus"))


def plain(rate: Decimal) -> str:
    """``20.0000`` → ``20``; ``12.50`` → ``12.5``."""
    digits = f"{rate:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _required(element: dict, name: str) -> str:
    value = answers.text(element, name)
    if not value:
        raise errors.Unreadable(xero_words=f"an element without {name}")
    return value
