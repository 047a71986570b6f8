"""Suggested mappings: the organisation's own accounts and rates for each category, found by name. Pure."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from services.core import marketplaces
from services.core.books import AccountFacts, Books, TaxRateFacts
from services.core.tax import types_without_tax

_DATA = Path(__file__).parent / "data" / "suggested_mappings.toml"
_PERCENT = re.compile(r"([\d.]+) %")


@dataclass(frozen=True)
class Suggestion:
    """What a category would be mapped to; ``missing`` says in words why there is nothing to suggest."""

    category: str
    account_code: str = ""
    account_name: str = ""
    tax_type: str = ""
    tax_name: str = ""
    look: str = ""  # where an accountant should look
    missing: str = ""
    marketplace: str = ""  # empty: for every marketplace

    @property
    def is_complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Profile:
    """What the data say of one country. Kinds of tax (sales, purchases …) → Xero's tax types, the preferred first."""

    taxes: dict[str, list[str]]
    looks: dict[str, str]  # by category
    advice: str
    home: frozenset[str]  # the marketplaces of that country
    elsewhere: dict[str, list[str]]  # as taxes, on other countries' marketplaces
    elsewhere_looks: dict[str, str]  # by kind


@cache
def _data() -> dict:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def _categories() -> dict[str, dict]:
    return {entry["id"]: entry for entry in _data()["category"]}


def has_suggestions(country: str) -> bool:
    """Whether there are suggestions for organisations of this country (Xero's code, GB)."""
    return _table(country) is not None


def _table(country: str) -> dict | None:
    countries = _data()["country"]
    return countries["EU"] if country in countries["EU"]["standard_rates"] else countries.get(country)


@cache
def profile(country: str) -> Profile:
    """The country's part of the data; ``has_suggestions`` says whether there is one."""
    table = _table(country)
    rate = table.get("standard_rates", {}).get(country, "")
    taxes = {kind: [code.replace("home", rate) for code in codes] for kind, codes in table["taxes"].items()}
    looks = dict(table.get("look", {}))
    without = table.get("without_branch", {"countries": []})
    if country in without["countries"]:
        taxes["purchases"] = without["purchases"]
        billed = (each for each, entry in _categories().items() if entry["kind"] == "purchases")
        looks |= dict.fromkeys(billed, without["look_purchases"])
    elsewhere = table.get("elsewhere", {})
    return Profile(
        taxes=taxes,
        looks=looks,
        advice=table["advice"],
        home=frozenset(table.get("marketplaces", marketplaces.of_country(country))),
        elsewhere={kind: codes for kind, codes in elsewhere.items() if not kind.startswith("look")},
        elsewhere_looks={kind.removeprefix("look_"): words for kind, words in elsewhere.items() if "look_" in kind},
    )


def suggest(categories: Iterable[str], country: str, pays_tax: bool, books: Books) -> list[Suggestion]:
    """One suggestion for each of ``categories``, in their order."""
    there = profile(country)
    return [_suggestion(category, there, pays_tax, books) for category in categories]


def _suggestion(category: str, there: Profile, pays_tax: bool, books: Books) -> Suggestion:
    entry = _categories().get(category)
    if entry is None:
        return Suggestion(category, missing="There is no usual place for this: choose one yourself.")
    look = there.looks.get(category, entry.get("look", "")) if pays_tax else ""
    account = _account(entry, books)
    if account is None:
        looked = " or ".join(f"“{name}”" for name in entry["accounts"])
        missing = f"No account like {looked} in your chart: add one in Xero and sync, or choose another."
        return Suggestion(category, look=look, missing=missing)
    wanted = there.taxes[entry["kind"] if pays_tax else "none"]
    return _with_rate(Suggestion(category, account.code, account.name, look=look), account, wanted, books)


def suggest_elsewhere(marketplace: str, country: str, books: Books) -> list[Suggestion]:
    """Overrides for a marketplace of another country: the accounts mapped already, with the rates that fit there.

    Only where the mapping for all would put this country's tax, or its return, on what was sold there.
    """
    there = profile(country)
    if marketplace in there.home or not there.elsewhere:
        return []
    suggested = []
    for category, entry in _categories().items():
        mapped, wanted = books.mappings.get((category, "")), there.elsewhere.get(entry["kind"])
        account = books.accounts.get(mapped.account_code) if mapped else None
        if account is None or not wanted or (category, marketplace) in books.mappings:
            continue
        look = there.elsewhere_looks.get(entry["kind"], there.elsewhere_looks.get("sales", ""))
        draft = Suggestion(category, account.code, account.name, look=look, marketplace=marketplace)
        suggestion = _with_rate(draft, account, wanted, books)
        if suggestion.tax_type != mapped.tax_type:
            suggested.append(suggestion)
    return suggested


def _with_rate(draft: Suggestion, account: AccountFacts, wanted: list[str], books: Books) -> Suggestion:
    rate = next(filter(None, (_rate(code, account, books) for code in wanted)), None)
    if rate is None:
        told = " or ".join(wanted)
        missing = f"The tax rate {told} is not available for account {account.code}: choose one yourself."
        return replace(draft, missing=missing)
    return replace(draft, tax_type=rate.tax_type, tax_name=rate.name)


def _rate(wanted: str, account: AccountFacts, books: Books) -> TaxRateFacts | None:
    """The active rate with this tax type, or of this height, that the account's class may use."""
    height = _PERCENT.fullmatch(wanted)
    fitting = [
        rate
        for rate in books.tax_rates.values()
        if rate.status == "ACTIVE"
        and account.class_ in rate.applies_to
        and (_is_of_height(rate, Decimal(height[1])) if height else rate.tax_type == wanted)
    ]
    return min(fitting, key=lambda rate: (len(rate.name), rate.tax_type), default=None)


def _is_of_height(rate: TaxRateFacts, height: Decimal) -> bool:
    return rate.rate == height and rate.tax_type not in types_without_tax()


def _account(entry: dict, books: Books) -> AccountFacts | None:
    candidates = [
        account
        for account in books.accounts.values()
        if account.status == "ACTIVE"
        and account.class_ in entry["classes"]
        and account.type != "BANK"
        and not account.system_account
    ]
    for wanted in entry["accounts"]:
        fitting = [account for account in candidates if _words(wanted) <= _words(account.name)]
        if fitting:  # the plainest name, then the lowest code
            return min(fitting, key=lambda account: (len(_words(account.name)), account.code))
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))
